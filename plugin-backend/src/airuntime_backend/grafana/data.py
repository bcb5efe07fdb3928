"""``QueryData``: Grafana's queries, answered by the one query implementation, in Arrow frames."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic import JsonValue
from pydantic_core import from_json

from airuntime_backend.api.frames import to_arrow
from airuntime_backend.api.query import QueryRequest, QueryResult
from airuntime_backend.errors import BackendError

from . import pluginv2_pb2 as pb

Answer = Callable[[QueryRequest], dict[str, QueryResult]]
"""The query implementation: the result of each query, by refId."""

_log = logging.getLogger(__name__)

_INTERVAL_MS: Final = 15_000
_MAX_DATA_POINTS: Final = 1_000
_TOO_FAR: Final = "a time cannot be told in nanoseconds since 1970: choose a span between the years 1678 and 2261"

_Span = tuple[int, int, int, int]
"""from and to in epoch milliseconds, interval in milliseconds, data points at most"""


class DataService:
    """The service ``Data`` of Grafana's protocol."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def QueryData(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """One response for each query; an error belongs to its query and leaves the others alone."""
        del context
        results: dict[str, QueryResult] = {}
        groups: dict[_Span, list[dict[str, JsonValue]]] = {}
        for query in request.queries:
            try:
                groups.setdefault(_span(query), []).append(_merged(query))
            except ValueError as error:
                results[query.refId] = QueryResult(error=f"the query is not a JSON object: {error}", status=400)
        for span, queries in groups.items():
            results |= self._answered(span, queries)
        return pb.QueryDataResponse(responses={ref_id: _response(ref_id, one) for ref_id, one in results.items()})

    def _answered(self, span: _Span, queries: list[dict[str, JsonValue]]) -> dict[str, QueryResult]:
        start, end, interval, points = span
        request = QueryRequest(
            queries=queries, start_ms=start, end_ms=end, interval_ms=interval, max_data_points=points
        )
        try:
            return self._answer(request)
        except BackendError as error:
            failed = QueryResult(error=error.message, status=error.status, source=error.source)
        except Exception as error:  # noqa: BLE001 - whatever it is, Grafana gets an answer for each query
            _log.exception("%d queries failed", len(queries))
            failed = QueryResult(
                error=f"the query failed unexpectedly ({type(error).__name__}): see the log", status=500
            )
        return dict.fromkeys(_ref_ids(queries), failed)


def _span(query: Any) -> _Span:
    """Queries over one span are answered together; alert rules may ask over several at once."""
    return (
        query.timeRange.fromEpochMS,
        query.timeRange.toEpochMS,
        query.intervalMS if query.intervalMS > 0 else _INTERVAL_MS,
        query.maxDataPoints if query.maxDataPoints > 0 else _MAX_DATA_POINTS,
    )


def _merged(query: Any) -> dict[str, JsonValue]:
    """The query as the panel wrote it; Grafana's own fields win. Raises ValueError when it is no JSON object."""
    written = from_json(query.json or b"{}")
    if not isinstance(written, dict):
        raise ValueError(f"it is a {type(written).__name__}")  # noqa: TRY004 - bad input, as a broken JSON is
    return {
        **written,
        "refId": query.refId,
        "intervalMs": query.intervalMS,
        "maxDataPoints": query.maxDataPoints,
        "timeRange": {"from": query.timeRange.fromEpochMS, "to": query.timeRange.toEpochMS},
    }


def _ref_ids(queries: Iterable[dict[str, JsonValue]]) -> list[str]:
    return [str(query["refId"]) for query in queries]


def _response(ref_id: str, result: QueryResult) -> Any:
    if result.error is not None:
        return pb.DataResponse(error=result.error, status=result.status, errorSource=result.source)
    try:
        frames = [to_arrow(frame, ref_id) for frame in result.frames]
    except OverflowError:
        return _response(ref_id, QueryResult(error=_TOO_FAR, status=400))
    return pb.DataResponse(frames=frames, status=result.status)
