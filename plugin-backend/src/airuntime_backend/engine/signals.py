"""Reading all signals: a handful of queries for every service and primitive at once."""

from __future__ import annotations

from collections.abc import Iterable

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Reading, Signal, Subject, Window, read

from airuntime_backend.errors import BackendError
from airuntime_backend.ports import Metrics, Sample


def by_subject(samples: Iterable[Sample]) -> dict[Subject, float]:
    """The samples that name a service, a primitive and a kind."""
    return {
        Subject(one.labels["service"], one.labels["primitive"], one.labels["kind"]): one.value
        for one in samples
        if {"service", "primitive", "kind"} <= one.labels.keys()
    }


def read_signals(metrics: Metrics, window: Window) -> tuple[tuple[Signal, ...], tuple[str, ...]]:
    """Ask every measure over the window.

    Returns:
        The signals, and what could not be read and why: one failed query does not take the others with it.
    """
    span = f"{max(1, round(window.seconds))}s"
    asker = _Asker(metrics, window.end)
    readings = [
        Reading(measure.name, measure.unit, query, asker.ask(query), asker.ask(measure.count(promql.EVERYTHING, span)))
        for measure in promql.MEASURES
        for query in (measure.value(promql.EVERYTHING, span),)
    ]
    return read(readings, window), tuple(asker.problems)


class _Asker:
    """Asks each query once and remembers what failed."""

    def __init__(self, metrics: Metrics, at: float) -> None:
        self._metrics = metrics
        self._at = at
        self._answers: dict[str, dict[Subject, float]] = {}
        self.problems: list[str] = []

    def ask(self, query: str) -> dict[Subject, float]:
        if query not in self._answers:
            self._answers[query] = self._answer(query)
        return self._answers[query]

    def _answer(self, query: str) -> dict[Subject, float]:
        try:
            return by_subject(self._metrics.instant(query, self._at))
        except BackendError as error:
            self.problems.append(error.message)
            return {}
