"""Numbers from Prometheus, or anything with its HTTP API."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ReadTimeoutError

from airuntime_backend.errors import BadRequestError, UpstreamError
from airuntime_backend.ports import Sample, Series

from .urls import shown

_log = logging.getLogger(__name__)
_CONNECT_SECONDS: Final = 3.0
_REFUSED: Final = (400, 422)
_HISTOGRAMS: Final = frozenset({"histogram", "histograms"})


class Prometheus:
    """Client of Prometheus' HTTP API with pooled connections and a limit on every wait."""

    def __init__(self, url: str, timeout_seconds: float = 10.0, pool: int = 16) -> None:
        self._url = url.rstrip("/")
        self._shown = shown(self._url)
        self._timeout = timeout_seconds
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=pool, pool_maxsize=pool))

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate a query at one moment (Unix seconds; now without one).

        Raises:
            BadRequestError: Prometheus refused the query.
            UpstreamError: it is down, slow, or does not answer as Prometheus does.
        """
        data = self._ask("query", {"query": query} | ({} if at is None else {"time": repr(at)}))
        with self._reading():
            if data["resultType"] == "scalar":
                return (Sample({}, float(data["result"][1])),)
            return tuple(Sample(row["metric"], float(row["value"][1])) for row in _rows(data, "vector", query))

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate a query from start to end (Unix seconds) at every step (seconds). Raises as ``instant`` does."""
        asked = {"query": query, "start": repr(start), "end": repr(end), "step": repr(step)}
        return self._series(self._ask("query_range", asked), query)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples themselves after start, up to end (Unix seconds). Raises as ``instant`` does."""
        query = f"{selector}[{max(1, round(1000 * (end - start)))}ms]"
        return self._series(self._ask("query", {"query": query, "time": repr(end)}), query)

    def _series(self, data: Any, query: str) -> tuple[Series, ...]:
        with self._reading():
            return tuple(
                Series(row["metric"], tuple([(float(at), float(value)) for at, value in row["values"]]))
                for row in _rows(data, "matrix", query)
            )

    def ready(self) -> str:
        """Prometheus' own version, which shows that it answers. Raises ``UpstreamError``."""
        answer = self._get("status/buildinfo", {})
        with self._reading():
            return str(answer["data"].get("version", "unknown"))

    def _ask(self, path: str, params: dict[str, str]) -> Any:
        data = self._get(path, params | {"timeout": f"{round(self._timeout * 1000)}ms"}).get("data")
        if not isinstance(data, dict) or "resultType" not in data:
            raise UpstreamError(f"{self._shown} answered without a result: is it Prometheus?")
        return data

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What does not have Prometheus' form is told as that."""
        try:
            yield
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise UpstreamError(
                f"{self._shown} answered in another form than Prometheus': is it Prometheus?"
            ) from error

    def _get(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        url = f"{self._url}/api/v1/{path}"
        try:
            response = (
                self._session.post(url, data=params, timeout=(_CONNECT_SECONDS, self._timeout))
                if params
                else (self._session.get(url, timeout=(_CONNECT_SECONDS, self._timeout)))
            )
        except requests.RequestException as error:
            raise UpstreamError(f"Prometheus at {self._shown} {self._failure(error, asked=bool(params))}") from error
        return _decode(response, self._shown, params.get("query"))

    def _failure(self, error: requests.RequestException, *, asked: bool) -> str:
        if isinstance(error, requests.ConnectTimeout):
            return f"cannot be reached within {_CONNECT_SECONDS:g} s: check that it runs"
        # An answer that stops halfway is a ConnectionError to requests.
        if isinstance(error, requests.Timeout) or any(isinstance(cause, ReadTimeoutError) for cause in error.args):
            next_step = "narrow the query or the range" if asked else "check what keeps it busy"
            return f"did not answer within {self._timeout:g} s: {next_step}"
        return f"cannot be reached ({type(error).__name__}): check that it runs"


def _decode(response: requests.Response, url: str, query: str | None) -> dict[str, Any]:
    try:
        answer = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict) or "status" not in answer:
        raise UpstreamError(f"{url} answered {response.status_code} without Prometheus' JSON: is it Prometheus?")
    if answer["status"] == "success":
        for warning in answer.get("warnings") or ():
            _log.warning("Prometheus at %s warns of %r: %s", url, query, warning)
        return answer
    told = str(answer.get("error", "no reason given"))[:500]
    if response.status_code in _REFUSED:
        raise BadRequestError(f"Prometheus refused the query: {told}", field="expr", value=query)
    raise UpstreamError(f"Prometheus at {url} answered {response.status_code}: {told}")


def _rows(data: Any, wanted: str, query: str) -> Iterable[Any]:
    if data["resultType"] != wanted:
        raise BadRequestError(f"the query gives a {data['resultType']}, not a {wanted}", field="expr", value=query)
    rows: list[Any] = data["result"]
    if any(_HISTOGRAMS & row.keys() for row in rows):
        raise BadRequestError(
            "the query gives native histograms, not numbers: ask for histogram_quantile() or histogram_count() of them",
            field="expr",
            value=query,
        )
    return rows
