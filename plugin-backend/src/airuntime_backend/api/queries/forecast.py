"""Query type ``forecast``: where numbers are going, how wide the band is, and how wrong such forecasts have been."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.forecast import MIN_POINTS, Forecast

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import Handler, QuerySpec, Span
from airuntime_backend.ports import Ledger

from .numbers import labels_of, numbers
from .table import Column, concerns, number, table, wanted

_YOUNG: Final = f"nothing is foretold yet: {MIN_POINTS} windows of its past are needed"


class Forecasts:
    """The forecasts of the latest analysis, coming breaches first."""

    _COLUMNS: Final = (
        Column("time", "time"),
        Column("service"),
        Column("primitive"),
        Column("measure"),
        Column("unit"),
        number("now"),
        Column("at", "time"),
        number("low"),
        number("middle"),
        number("high"),
        number("past_error"),
        number("trials"),
        number("limit"),
        number("breach_in", "s"),
        Column("told"),
    )

    def __init__(self, ledger: Ledger, hindsight: Handler) -> None:
        self._ledger = ledger
        self._hindsight = hindsight

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each forecast; ``now`` is the last whole window, whose end is ``time``.

        As ``series`` it is what was foretold over the span in place of the latest.
        """
        if spec.format == "series":
            return self._hindsight(spec, span)
        latest = self._ledger.diagnosis()
        ahead = () if latest is None else latest[0].forecasts
        asked = [one for one in ahead if _asked(spec, one)]
        if spec.format == "numbers" and latest is not None:
            return _breaches(asked, latest[2])
        asked.sort(key=lambda one: (one.breach_seconds is None, one.breach_seconds or 0.0))
        young = self._young(spec, {one.subject.service for one in ahead}, latest[2]) if latest else []
        return (table("forecast", self._COLUMNS, [*map(_row, asked), *young]),)

    def _young(self, spec: QuerySpec, foretold: set[str], at: float) -> list[tuple[object, ...]]:
        """A row for each service of which nothing is foretold yet, that says so."""
        names = (manifest.service for manifest in self._ledger.manifests())
        empty = [None] * (len(self._COLUMNS) - 3)
        return [
            (round(at * 1000), name, *empty, _YOUNG)
            for name in names
            if name not in foretold and wanted(spec.service, name)
        ]


def _breaches(asked: list[Forecast], at: float) -> tuple[Frame, ...]:
    """Seconds until each coming breach."""
    coming = ((one, one.breach_seconds) for one in asked if one.breach_seconds is not None)
    values = ((labels_of(one.subject) | {"measure": one.measure}, seconds) for one, seconds in coming)
    return numbers("breach_in", "s", round(at * 1000), values)


def _asked(spec: QuerySpec, one: Forecast) -> bool:
    if one.subject.kind == "service":
        return wanted(spec.service, one.subject.service)
    return concerns(spec, one.subject.service, one.subject.primitive)


def _row(one: Forecast) -> tuple[object, ...]:
    subject = one.subject
    when = (round(one.since * 1000), subject.service, subject.primitive, one.measure, one.unit, one.now)
    band = (round(one.at * 1000), one.low, one.middle, one.high, one.error, float(one.trials))
    return (*when, *band, one.limit, one.breach_seconds, one.told)
