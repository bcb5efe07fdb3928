"""Queries, annotations and variables: what dashboards ask."""

from __future__ import annotations

from ai_runtime_intelligent.contract import metrics as table
from ai_runtime_intelligent.contract.names import VARIABLES
from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from airuntime_backend.errors import BadRequestError, NotFoundError

from .auth import requires
from .document import ERRORS, GUARDED
from .frames import to_json
from .queries.changes import marks
from .queries.table import wanted
from .query import QueryRequest, QueryResult
from .schemas import (
    Annotation,
    Annotations,
    AnnotationsBody,
    Options,
    QueryAnswer,
    QueryBody,
    TimeRange,
    VariablePath,
    VariableQuery,
)
from .services import services
from .times import milliseconds

bp = APIBlueprint(
    "data",
    __name__,
    url_prefix="/api",
    abp_tags=[Tag(name="data", description="What dashboards ask")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)


@bp.post("/query", summary="Answer queries in data frames", responses={200: QueryAnswer})
@requires("viewer")
def query(body: QueryBody) -> dict[str, object]:
    """Frames, or an error, for each refId; one that fails leaves the others alone."""
    start, end = _range(body.range)
    request = QueryRequest(
        queries=body.queries,
        start_ms=start,
        end_ms=end,
        interval_ms=body.intervalMs,
        max_data_points=body.maxDataPoints,
    )
    results = services().queries.answer(request)
    return {"results": {ref_id: _result(ref_id, result) for ref_id, result in results.items()}}


def _result(ref_id: str, result: QueryResult) -> dict[str, object]:
    if result.error is not None:
        return {"error": result.error, "status": result.status, "errorSource": result.source}
    return {"frames": [to_json(frame, ref_id) for frame in result.frames]}


@bp.post("/annotations", summary="List what was applied, kept and rolled back", responses={200: Annotations})
@requires("viewer")
def get_annotations(body: AnnotationsBody) -> Response:
    """Marks on the time axis."""
    start, end = _range(body.range)
    found = [
        Annotation(
            id=f"{suggestion.id}-{round(entry.at * 1000)}",
            time=round(entry.at * 1000),
            timeEnd=round(entry.at * 1000),
            title=f"{entry.after}: {suggestion.target}",
            text=entry.why,
            tags=[entry.after, suggestion.subject.service, suggestion.subject.primitive],
        ).model_dump()
        for entry, suggestion in marks(services().ledger, body.service, start / 1000, end / 1000)
    ]
    return jsonify(found)


@bp.get("/variables/<name>", summary="List the values of a dashboard variable", responses={200: Options})
@requires("viewer")
def variables(path: VariablePath, query: VariableQuery) -> Response:
    """Services and primitives from the manifests, models from the metrics."""
    if path.name not in VARIABLES:
        known = ", ".join(VARIABLES)
        raise NotFoundError(f"there is no variable {path.name!r}: the variables are {known}", expected=known)
    return jsonify([{"text": name, "value": name} for name in sorted(_names(path.name, query.service))])


def _names(variable: str, service: str) -> set[str]:
    manifests = [one for one in services().ledger.manifests() if wanted(service, one.service)]
    if variable == "services":
        return {one.service for one in manifests}
    if variable == "primitives":
        return {primitive.name for one in manifests for primitive in one.primitives}
    samples = services().metrics.instant(f"group by (service, model) ({table.COST.name})")
    named = [sample.labels for sample in samples if "model" in sample.labels]
    return {labels["model"] for labels in named if wanted(service, labels.get("service", ""))}


def _range(given: TimeRange) -> tuple[int, int]:
    start, end = milliseconds(given.from_, "range.from"), milliseconds(given.to, "range.to")
    if not start < end:
        raise BadRequestError(
            f"range: from ({given.from_}) must be before to ({given.to})", field="range.from", value=given.from_
        )
    return start, end
