"""Query types ``primitives``, ``routing`` and ``cache``: how primitives do over the span, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.graph import critical
from ai_runtime_intelligent.flow.signal import Subject

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.engine.graph import graph_of
from airuntime_backend.engine.signals import by_subject
from airuntime_backend.manifest import Primitive
from airuntime_backend.ports import Ledger, Metrics, Sample

from .table import Column, concerns, number, scope_of, table

_Values = Mapping[Subject, float]


def _window(span: Span) -> str:
    return f"{max(1, round(span.seconds))}s"


def _values(
    metrics: Metrics, query: Callable[[promql.Scope, str], str], span: Span, scope: promql.Scope = promql.EVERYTHING
) -> _Values:
    return by_subject(metrics.instant(query(scope, _window(span)), span.end))


@dataclass(frozen=True)
class _Shown:
    """Which rows a table has: ``top`` alone, or all; ``around`` are the services that they belong to."""

    rows: promql.Scope = promql.EVERYTHING
    around: promql.Scope = promql.EVERYTHING
    top: frozenset[Subject] | None = None

    def has(self, subject: Subject) -> bool:
        """Whether there is a row for it."""
        return self.top is None or subject in self.top

    @classmethod
    def only(cls, top: Iterable[Subject]) -> _Shown:
        """Those rows alone: of the others nothing needs to be read, except for the critical path of their services."""
        found = frozenset(top)
        services = promql.any_of(one.service for one in found)
        return cls(promql.Scope(services, promql.any_of(one.primitive for one in found)), promql.Scope(services), found)


class Primitives:
    """The catalogue with present numbers, those with the largest share of own time first."""

    _COLUMNS: Final = (
        Column("service"),
        Column("primitive"),
        Column("kind"),
        number("calls_per_second", "reqps"),
        number("seconds_mean", "s"),
        number("seconds_p95", "s"),
        number("self_share", "percentunit"),
        number("error_ratio", "percentunit"),
        Column("file"),
        Column("libraries"),
        number("critical_share", "percentunit"),
        number("calls"),
    )

    def __init__(self, metrics: Metrics, ledger: Ledger) -> None:
        self._metrics = metrics
        self._ledger = ledger

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each primitive that was called in the span."""
        shown = self._shown(spec, span)
        near, of_rows = (partial(_values, self._metrics, span=span, scope=one) for one in (shown.around, shown.rows))
        rate, mean, own = map(near, (promql.calls_per_second, promql.seconds_mean, promql.self_seconds_per_second))
        p95, shares, errors = map(of_rows, (promql.seconds_p95, promql.self_share, promql.error_ratio))
        manifests = self._ledger.manifests()
        places = {(one.service, p.name): p for one in manifests for p in one.primitives}
        wall = {subject: rate[subject] * mean[subject] for subject in rate.keys() & mean.keys()}
        path = critical(graph_of(manifests), own, wall)
        rows = [
            (
                *_names(subject),
                *(of.get(subject) for of in (rate, mean, p95, shares, errors)),
                *_place(places, subject),
                path.get(subject),
                rate[subject] * span.seconds,
            )
            for subject in sorted(rate, key=lambda one: (-shares.get(one, 0.0), one))
            if shown.has(subject) and concerns(spec, subject.service, subject.primitive)
        ]
        return (table("primitives", self._COLUMNS, rows),)

    def _shown(self, spec: QuerySpec, span: Span) -> _Shown:
        """The rows with the greatest shares where there is a limit, and more than that."""
        if not spec.limit:
            return _Shown()
        asked = scope_of(spec)
        found = self._metrics.instant(promql.recorded_top("self_share", asked, spec.limit), span.end)
        if not found:
            found = self._metrics.instant(promql.self_share_top(asked, _window(span), spec.limit), span.end)
        top = by_subject(found)
        return _Shown() if len(top) < spec.limit else _Shown.only(top)


def _names(subject: Subject) -> tuple[str, str, str]:
    return subject.service, subject.primitive, subject.kind


def _place(places: Mapping[tuple[str, str], Primitive], subject: Subject) -> tuple[str, str]:
    primitive = places.get((subject.service, subject.primitive))
    if primitive is None:
        return "", ""
    libraries = ", ".join(f"{library.name} {library.version}" for library in primitive.libraries)
    file = primitive.file.rsplit("/", 1)[-1]
    return (f"{file}:{primitive.line}" if file else ""), libraries


class Routing:
    """Decisions of routers by route and reason, with their share of the router's decisions."""

    _COLUMNS: Final = (
        Column("service"),
        Column("primitive"),
        Column("route"),
        Column("reason"),
        number("per_second", "reqps"),
        number("share", "percentunit"),
    )

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each router, route and reason."""
        query = promql.routing_decisions_per_second(promql.EVERYTHING, _window(span))
        samples = [
            sample
            for sample in sorted(self._metrics.instant(query, span.end), key=_router)
            if concerns(spec, *_router(sample))
        ]
        rows = [row for _, group in groupby(samples, key=_router) for row in _shares(list(group))]
        return (table("routing", self._COLUMNS, rows),)


def _router(sample: Sample) -> tuple[str, str]:
    return sample.labels.get("service", ""), sample.labels.get("primitive", "")


def _shares(samples: list[Sample]) -> list[tuple[object, ...]]:
    total = sum(sample.value for sample in samples)
    return [
        (
            *_router(sample),
            sample.labels.get("route", ""),
            sample.labels.get("reason", ""),
            sample.value,
            sample.value / total if total else None,
        )
        for sample in sorted(samples, key=lambda one: -one.value)
    ]


class Cache:
    """Caches: what they answered, what they hold, and how soon they are asked again."""

    _COLUMNS: Final = (
        Column("service"),
        Column("primitive"),
        number("hit_ratio", "percentunit"),
        number("expired_ratio", "percentunit"),
        number("entries"),
        number("ttl_seconds", "s"),
        number("reuse_seconds_p90", "s"),
    )

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each cache, those that answer least first."""
        ask = partial(_values, self._metrics, span=span)
        hits, expired = ask(promql.cache_hit_ratio), ask(promql.cache_expired_ratio)
        entries, reuse = self._entries(span), ask(promql.cache_reuse_seconds_p90)
        ttl = self._ttl(span)
        rows = [
            (one.service, one.primitive, *(values.get(one) for values in (hits, expired, entries, ttl, reuse)))
            for one in sorted(hits, key=lambda one: (hits[one], one))
            if concerns(spec, one.service, one.primitive)
        ]
        return (table("cache", self._COLUMNS, rows),)

    def _entries(self, span: Span) -> _Values:
        return by_subject(self._metrics.instant(promql.cache_entries(promql.EVERYTHING), span.end))

    def _ttl(self, span: Span) -> _Values:
        query = promql.tunable_value(promql.EVERYTHING, ".+[.]ttl_seconds")
        return by_subject(self._metrics.instant(query, span.end))
