"""Query type ``evidence``: what a suggestion was based on, as it went before and since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.ports import Ledger

from .prometheus import PromQL

_UNITS: Final = {"s": "s", "USD": "currencyUSD", "1/s": "reqps", "{token}": "short"}
"""Grafana's unit of each of ours; a plain number is a share when its name says so."""


class Evidence:
    """The measures behind one suggestion over the span: one series for each, of its own primitive only."""

    def __init__(self, ledger: Ledger, promql_: PromQL) -> None:
        self._ledger = ledger
        self._promql = promql_

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """Frames named by their measure; none when no suggestion is named. Raises ``NotFoundError``."""
        if not spec.suggestion:
            return ()
        suggestion = self._ledger.suggestion(spec.suggestion).suggestion
        asked = [self._promql(one, span)[:1] for one in _queries(suggestion)]
        return tuple(frame for frames in asked for frame in frames)


def _queries(suggestion: Suggestion) -> Iterator[QuerySpec]:
    """One for each measure that can be asked again, the claim's first; what is derived from a graph cannot."""
    subject = suggestion.subject
    scope = promql.Scope(promql.literal(subject.service), promql.literal(subject.primitive))
    named = (suggestion.expected.measure, *(signal.measure for signal in suggestion.evidence.signals))
    for name in dict.fromkeys(named):
        if measure := promql.MEASURE.get(name):
            expr = measure.value(scope, promql.RATE_INTERVAL)
            yield QuerySpec(refId=name, type="promql", expr=expr, legend=name, unit=_unit(measure))


def _unit(measure: promql.Measure) -> str:
    return _UNITS.get(measure.unit, "percentunit" if measure.name.endswith(("_ratio", "_share")) else "short")
