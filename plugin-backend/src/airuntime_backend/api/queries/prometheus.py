"""Query type ``promql``: Prometheus' own series as frames."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from ai_runtime_intelligent.contract import colours, promql

from airuntime_backend.api.frames import Field, Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.engine.signals import by_subject
from airuntime_backend.errors import BadRequestError
from airuntime_backend.ports import Metrics, Series

from .table import scope_of

_LABEL: Final = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_MAX_POINTS: Final = 11_000  # Prometheus' own limit
_RECENT_SECONDS: Final = 60.0


class PromQL:
    """Range queries give one frame for each series; instant ones a value for each."""

    def __init__(self, metrics: Metrics, scrape_seconds: float) -> None:
        self._metrics = metrics
        self._scrape_seconds = scrape_seconds

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """Ask Prometheus."""
        if not spec.expr.strip():
            raise BadRequestError("expr is empty: give a PromQL expression", field="expr")
        # Between two scrapes there is nothing new.
        step = max(span.step, math.ceil(span.seconds / _MAX_POINTS), float(math.ceil(self._scrape_seconds)))
        picked = self._picked(spec, span)
        expr = self._resolve(picked or spec.expr, span, step)
        found = self._ask(expr, spec, span, step)
        meta: dict[str, object] = {"executedQueryString": expr}
        if picked:
            meta["notices"] = [_told(f"the {spec.limit} primitives with the greatest values are shown")]
        elif 0 < spec.limit < len(found):
            meta["notices"] = [_told(f"the greatest {spec.limit} of {len(found):,} series are shown")]
            found = tuple(sorted(found, key=_size, reverse=True)[: spec.limit])
        drawn = _drawn(spec, found) if spec.pick or spec.distinct else {}
        return tuple(_frame(spec, series, meta, drawn.get(at, {})) for at, series in enumerate(found))

    def _picked(self, spec: QuerySpec, span: Span) -> str | None:
        """The question about the greatest alone; None where there are few, or no rule records them."""
        if not spec.pick or not spec.limit:
            return None
        if spec.pick not in promql.PICKED:
            known = ", ".join(promql.PICKED)
            raise BadRequestError(f"nothing can be picked by {spec.pick!r}: {known} can", field="pick")
        found = self._metrics.instant(promql.recorded_top(spec.pick, scope_of(spec), spec.limit + 1), span.end)
        if len(found) <= spec.limit:
            return None
        first = by_subject(found[: spec.limit])
        scope = promql.Scope(promql.any_of(one.service for one in first), promql.any_of(one.primitive for one in first))
        return promql.MEASURE[spec.pick].value(scope, promql.RATE_INTERVAL)

    def _ask(self, expr: str, spec: QuerySpec, span: Span, step: float) -> tuple[Series, ...]:
        if spec.instant:
            samples = self._metrics.instant(expr, span.end)
            return tuple(Series(sample.labels, ((span.end, sample.value),)) for sample in samples)
        return self._metrics.range(expr, span.start, span.end, step)

    def _resolve(self, expr: str, span: Span, step: float) -> str:
        """Replace Grafana's interval macros and our own; a rate needs at least four scrapes."""
        least = 4 * self._scrape_seconds
        replaced = {
            promql.RATE_INTERVAL: f"{math.ceil(max(step + self._scrape_seconds, least))}s",
            promql.RECENT_INTERVAL: f"{math.ceil(max(_RECENT_SECONDS, least))}s",
            "$__interval": f"{math.ceil(step)}s",
            "$__range": f"{math.ceil(span.seconds)}s",
        }
        for macro, value in replaced.items():
            expr = expr.replace(macro, value)
        return expr


def _told(text: str) -> dict[str, str]:
    """Grafana shows it at the panel."""
    return {"severity": "info", "text": f"{text}: select a service or a primitive to see the others"}


def _size(series: Series) -> float:
    """The mean of what it is, gaps left out."""
    values = [value for _, value in series.points if math.isfinite(value)]
    return math.fsum(values) / len(values) if values else -math.inf


def _drawn(spec: QuerySpec, found: Sequence[Series]) -> dict[int, dict[str, object]]:
    """How each line is drawn, by the order of their names: lines of one colour differ in their dashes."""
    order = sorted(range(len(found)), key=lambda at: legend(spec.legend, found[at].labels))
    return {at: _line(place) for place, at in enumerate(order)}


def _line(place: int) -> dict[str, object]:
    colour = {"mode": "fixed", "fixedColor": colours.LINES[place % len(colours.LINES)]}
    turn = place // len(colours.LINES)
    dashes = {"custom": {"lineStyle": {"fill": "dash", "dash": [8 // turn, 4]}}} if turn else {}
    return {"color": colour, **dashes}


def _frame(spec: QuerySpec, series: Series, meta: Mapping[str, object], drawn: Mapping[str, object]) -> Frame:
    name = legend(spec.legend, series.labels)
    config: dict[str, object] = {"displayNameFromDS": name, **drawn}
    if spec.unit:
        config["unit"] = spec.unit
    plain = {key: value for key, value in series.labels.items() if key != "__name__"}
    times = tuple([round(at * 1000) for at, _ in series.points])
    values = tuple([value for _, value in series.points])
    return Frame(name, (Field("time", "time", times), Field("value", "number", values, plain, config)), meta)


def legend(template: str, labels: Mapping[str, str]) -> str:
    """Fill a legend such as ``{{service}}``; without one, the labels as Prometheus writes them."""
    if template:
        return _LABEL.sub(lambda match: labels.get(match.group(1), ""), template)
    pairs = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__")
    return f"{labels.get('__name__', '')}{{{pairs}}}" if pairs else labels.get("__name__", "value")
