"""A small world behind the ports: metrics that are told what to answer, and a clock that is set by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ai_runtime_intelligent.contract import metrics, promql, totals
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.errors import UpstreamError
from airuntime_backend.ports import Sample, Series

CACHE = Subject("shop", "answers", "cache")
RETRY = Subject("shop", "calls", "retry")
TTL = "answers.ttl_seconds"
COLD = {"cache_expired_ratio": 0.6, "cache_hit_ratio": 0.2, "cache_reuse_seconds_p90": 12.0, "error_ratio": 0.0}
P95, P99 = 2.0, 4.0
"""Seconds that 95 and 99 of a hundred calls do not exceed."""
WARM = {"cache_expired_ratio": 0.02, "cache_hit_ratio": 0.75, "cache_reuse_seconds_p90": 12.0, "error_ratio": 0.0}
_PINNED = re.compile(r'histogram_quantile\(0\.9\d?, .*primitive=~"[^.]')
"""The percentiles of one primitive, as a rollout pins them at its start."""
_WINDOW = re.compile(r"\[\d+s\]")
_MATCHERS = re.compile(r'service=~"[^"]*",primitive=~"[^"]*"|service=~"[^"]*"')


def shape(query: str) -> str:
    """The query without its window and its scope: what it asks, not of whom."""
    return _WINDOW.sub("[w]", _MATCHERS.sub("scope", query))


_SUMS: dict[str, tuple[totals.Total, ...]] = {
    shape(totals.query(group, "1s")): group for group in (*totals.GROUPS, totals.PAST)
}
_SUMS[shape(totals.query(totals.ALL, "1s", totals.of_services(("shop",))))] = totals.ALL
_READY: dict[str, tuple[str, ...]] = {shape(totals.ready(names, "1s")): names for names in totals.READY}
_READY[shape(totals.ready(totals.ASIDE, "1s", totals.scope_of(("shop",))))] = totals.ASIDE
_VALUES = {shape(one.value(promql.EVERYTHING, "1s")): one.name for one in promql.MEASURES}
_COUNTS = {shape(one.count(promql.EVERYTHING, "1s")) for one in promql.MEASURES}


def raw(values: Mapping[str, float], n: float) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Sample, labels and growth, from which the flow makes these measures again."""
    failed, seconds = values.get("error_ratio", 0.0), values.get("seconds_mean", 0.0)
    yield metrics.EXECUTIONS.name, ("ok",), n * (1 - failed)
    yield metrics.EXECUTIONS.name, ("error",), n * failed
    if seconds:
        yield f"{metrics.DURATION.name}_sum", (), n * seconds
        yield f"{metrics.DURATION.name}_count", (), n
    if "self_share" in values:
        yield f"{metrics.SELF.name}_sum", (), values["self_share"]
    if "service_usd_per_call" in values:
        yield metrics.COST.name, ("m", "fast", ""), n * values["service_usd_per_call"]
    if "cache_hit_ratio" in values:
        hits = values["cache_hit_ratio"]
        yield metrics.CACHE_REQUESTS.name, ("hit",), n * hits
        yield metrics.CACHE_REQUESTS.name, ("miss",), n * (1 - hits)
    if "cache_expired_ratio" in values:
        yield metrics.CACHE_EVICTIONS.name, ("expired",), n * values["cache_expired_ratio"]
    if "retry_attempts_per_call" in values:
        attempts = n * values["retry_attempts_per_call"]
        bad = values.get("retry_failed_ratio", 0.0)
        yield metrics.RETRY_ATTEMPTS.name, ("ok", ""), attempts * (1 - bad)
        yield metrics.RETRY_ATTEMPTS.name, ("retried", "E"), attempts * bad
    if "router_premium_ratio" in values:
        premium = values["router_premium_ratio"]
        yield metrics.ROUTER_DECISIONS.name, ("premium", "score_above_threshold"), n * premium
        yield metrics.ROUTER_DECISIONS.name, ("fast", "score_below_threshold"), n * (1 - premium)


def _named(found: Mapping[Subject, Mapping[str, float]], name: str) -> tuple[Sample, ...]:
    return tuple(Sample(vars(subject), values[name]) for subject, values in found.items() if name in values)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: float = 10_000.0
    steadily: float | None = None

    def now(self) -> float:
        """Unix seconds."""
        return self.at

    def steady(self) -> float:
        """The same: it never jumps unless a test lets it."""
        return self.at if self.steadily is None else self.steadily


@dataclass
class World:
    """Answers the contract's queries about one shop; ``obeyed`` is what its replicas report of each tunable."""

    measures: Callable[[float], Mapping[Subject, Mapping[str, float]]] = lambda _: {CACHE: COLD}
    n: float = 500.0
    obeyed: dict[str, list[float]] = field(default_factory=lambda: {TTL: [2.0]})
    down: bool = False
    asked: list[str] = field(default_factory=list, repr=False)
    told: dict[str, tuple[Series, ...]] = field(default_factory=dict, repr=False)
    """Answers to further queries, by their shape."""

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """One value for each subject that has the measure."""
        self._ask(query)
        asks = shape(query)
        if asks in self.told:
            return tuple(Sample(series.labels, series.points[-1][1]) for series in self.told[asks])
        if asks == shape(promql.tunable_values()):
            return tuple(self._tunables())
        found = self.measures(at or 0.0)
        if asks in _SUMS:
            return tuple(self._sums(found, {total.name: total for total in _SUMS[asks]}))
        if asks in _READY:
            return tuple(
                Sample({**vars(subject), totals.TOTAL: name}, values[name])
                for subject, values in found.items()
                for name in _READY[asks]
                if name in values
            )
        if asks in _COUNTS or _PINNED.match(query):
            value = self.n if asks in _COUNTS else P95 if "(0.95" in query else P99
            return tuple(Sample(vars(subject), value) for subject in found)
        return _named(found, _VALUES.get(asks, ""))

    def _sums(
        self, found: Mapping[Subject, Mapping[str, float]], wanted: Mapping[str, totals.Total]
    ) -> Iterator[Sample]:
        """Raw sums of which the measures come out as they were told."""
        for subject, values in found.items():
            for name, labels, value in raw(values, self.n):
                if name in wanted:
                    more = dict(zip(wanted[name].by, labels, strict=True))
                    yield Sample({**vars(subject), **more, totals.TOTAL: name}, value)

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """The measure at every step, with a little noise that is always the same."""
        self._ask(query)
        if shape(query) in self.told:
            return self.told[shape(query)]
        name = _VALUES.get(shape(query), "")
        times = [start + index * step for index in range(int((end - start) / step) + 1)]
        return tuple(
            Series(
                vars(subject),
                tuple((at, self.measures(at)[subject][name] * (1 + 0.01 * (round(at) % 3))) for at in times),
            )
            for subject, values in self.measures(end).items()
            if name in values
        )

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:  # noqa: ARG002 - there are none
        """Nothing was scraped here."""
        self._ask(selector)
        return ()

    def tell(self, query: str, *series: Series) -> None:
        """Answer this query so from now on, in whatever scope and window it is asked."""
        self.told[shape(query)] = series

    def _ask(self, query: str) -> None:
        self.asked.append(query)
        if self.down:
            raise UpstreamError("Prometheus cannot be reached: check that it runs")

    def _tunables(self) -> list[Sample]:
        return [
            Sample({"service": "shop", "tunable": tunable, "obeyed": f"{value:g}"}, float(values.count(value)))
            for tunable, values in self.obeyed.items()
            for value in sorted(set(values))
        ]


def manifest(file: str = "") -> dict[str, object]:
    """What the shop says of itself."""
    return {
        "service": "shop",
        "version": "1",
        "primitives": [
            {
                "name": "answers",
                "kind": "cache",
                "file": file,
                "line": 2,
                "end_line": 3,
                "function": "build",
                "doc": "Answers.",
                "libraries": [{"name": "cachetools", "version": "7.1.0"}],
            }
        ],
        "tunables": [
            {
                "name": TTL,
                "primitive": "answers",
                "type": "float",
                "value": 2.0,
                "default": 2.0,
                "minimum": 1.0,
                "maximum": 86400.0,
                "unit": "s",
                "description": "How long answers live.",
                "scope": "key",
            }
        ],
    }
