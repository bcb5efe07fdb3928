"""The one implementation of queries: HTTP, gRPC and the preview all answer from here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ai_runtime_intelligent.contract.names import QUERY_TYPES
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from airuntime_backend.errors import BackendError, BadRequestError

from .frames import Frame

_log = logging.getLogger(__name__)


class QueryRequest(BaseModel):
    """Queries over one span of time, in epoch milliseconds."""

    queries: list[dict[str, JsonValue]]
    start_ms: int
    end_ms: int
    interval_ms: int = 15_000
    max_data_points: int = 1_000


@dataclass(frozen=True)
class QueryResult:
    """What one query came to: frames, or an error with its HTTP status and whose fault it is."""

    frames: tuple[Frame, ...] = ()
    error: str | None = None
    status: int = 200
    source: Literal["plugin", "downstream"] = "plugin"


class QuerySpec(BaseModel):
    """One query. ``service`` and ``primitive`` are names joined by ``|``; empty, or ``.*``, is all of them.

    With ``format`` ``numbers``, the types ``findings`` and ``forecast`` give a number with labels for each finding
    (its score, 0..1) and each coming breach (seconds until then) in place of a table: what an alert rule needs. With
    ``format`` ``series``, ``forecast`` gives what was foretold of the cache hit rate over the span, with its band.
    ``status`` are those of the suggestions that are asked for, joined by ``|``; empty is all that wait or count;
    ``changes`` leaves of them those that change a ``value`` of a running service, or those for the ``code`` alone.
    ``limit`` is how many series, or rows of a table, are given at most, the greatest first; 0 is all of them.
    ``pick`` names the measure of ``expr``: of many primitives, those with the greatest values are picked by the
    recording rules first, and ``expr`` is asked about those alone. Lines of these, and with ``distinct`` of any
    ``expr``, have colours and dashes that everybody can tell apart.
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    ref_id: str = Field("A", alias="refId")
    type: str
    service: str = ""
    primitive: str = ""
    model: str = ""
    expr: str = ""
    legend: str = ""
    unit: str = ""
    instant: bool = False
    suggestion: str = ""
    status: str = ""
    changes: Literal["", "value", "code"] = ""
    limit: int = Field(0, ge=0)
    pick: str = ""
    distinct: bool = False
    format: Literal["table", "numbers", "series"] = "table"
    hide: bool = False


@dataclass(frozen=True)
class Span:
    """The time that is asked about: Unix seconds, and the step between two points in seconds."""

    start: float
    end: float
    step: float

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.end - self.start


Handler = Callable[[QuerySpec, Span], tuple[Frame, ...]]


class QueryEngine:
    """Answers queries by type; an error belongs to its query and leaves the others alone."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        missing = set(QUERY_TYPES) ^ handlers.keys()
        if missing:
            raise ValueError(f"query types without a handler, or handlers without a type: {sorted(missing)}")
        self._handlers = handlers

    def answer(self, request: QueryRequest) -> dict[str, QueryResult]:
        """The result of each query, by refId; hidden ones are left out."""
        span = _span(request)
        results: dict[str, QueryResult] = {}
        for index, raw in enumerate(request.queries):
            ref_id = str(raw.get("refId", f"query {index}"))
            if raw.get("hide") is not True:
                results[ref_id] = self._one(raw, index, span)
        return results

    def _one(self, raw: dict[str, JsonValue], index: int, span: Span) -> QueryResult:
        try:
            spec = _parse(raw, index)
            frames = self._handlers[spec.type](spec, span)
            return QueryResult(tuple(frame.first(spec.limit) for frame in frames if not frame.says_nothing))
        except BackendError as error:
            return QueryResult(error=error.message, status=error.status, source=error.source)
        except Exception as error:  # noqa: BLE001 - one broken query must not take the others with it
            _log.exception("query %s failed", raw.get("type"))
            return QueryResult(error=f"the query failed unexpectedly ({type(error).__name__}): see the log", status=500)


def _parse(raw: dict[str, JsonValue], index: int) -> QuerySpec:
    try:
        spec = QuerySpec.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = f"queries.{index}.{'.'.join(str(part) for part in first['loc'])}"
        raise BadRequestError(f"{field}: {first['msg']}", field=field) from error
    if spec.type not in QUERY_TYPES:
        known = ", ".join(QUERY_TYPES)
        raise BadRequestError(
            f"queries.{index}.type: {spec.type!r} is not a query type, expected one of {known}",
            field=f"queries.{index}.type",
            value=spec.type,
            expected=known,
        )
    return spec


def _span(request: QueryRequest) -> Span:
    start, end = request.start_ms / 1000, request.end_ms / 1000
    if not start < end:
        raise BadRequestError(
            f"range: from ({request.start_ms}) must be before to ({request.end_ms})", field="range.from"
        )
    step = max(request.interval_ms / 1000, (end - start) / request.max_data_points, 1.0)
    return Span(start, end, float(round(step)))
