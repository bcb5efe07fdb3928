"""What one pass costs with many primitives: queries, seconds, and whether the cost grows in step with the series."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.flow.finding import Limits
from airuntime_backend.adapters.advisor_rules import RulesAdvisor
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.adapters.source import SourceFolders
from airuntime_backend.engine.propose import Analyser
from airuntime_backend.ports import Sample, Series

from .blocks import fill, serving
from .trial import BASE, Clock, NoDocs

SERVICES: Final = 20
SCRAPE: Final = 60.0
WINDOW: Final = 600.0
QUERIES: Final = 30
SECONDS: Final = 10.0
KINDS: Final = ("function", "function", "function", "llm", "function", "cache", "function", "retry", "router", "limit")


@dataclass(frozen=True)
class Row:
    """One size: primitives of each of the services, series, and what the first pass and a later one took."""

    primitives: int
    series: int
    queries: int
    first_seconds: float
    seconds: float

    @property
    def met(self) -> bool:
        """Whether it is within the bar."""
        return self.queries <= QUERIES and self.seconds <= SECONDS

    @property
    def told(self) -> str:
        """In words."""
        return f"{self.primitives} x {SERVICES}: {self.queries} queries, {self.seconds:.1f} s"


class _Counting:
    """Prometheus, with the number of queries."""

    def __init__(self, url: str) -> None:
        self._inner = Prometheus(url, 60.0)
        self.asked = 0

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate a query at one moment."""
        self.asked += 1
        return self._inner.instant(query, at)

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate a query from start to end."""
        self.asked += 1
        return self._inner.range(query, start, end, step)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """Read the samples themselves."""
        self.asked += 1
        return self._inner.samples(selector, start, end)


def measure(primitives: int) -> Row:
    """Fill a Prometheus with that many primitives of twenty services, and analyse twice."""
    names = list(_series(primitives))
    end = BASE + 7200.0 - SCRAPE
    with tempfile.TemporaryDirectory(prefix="scale-") as held:
        folder = Path(held)

        def lines(start: float, stop: float) -> Iterator[str]:
            times = [at for at in _times(end) if start <= at < stop]
            for index, (name, pace) in enumerate(names):
                yield "".join(
                    [f"{name} {pace * (1000 + turn) + index % 7} {at:.0f}\n" for turn, at in enumerate(times)]
                )

        fill(folder, [(end - WINDOW - SCRAPE, end)], lines, workers=1)
        with serving(folder) as url:
            metrics_ = _Counting(url)
            first, _ = _pass(metrics_, folder, end)
            metrics_.asked = 0
            seconds, queries = _pass(metrics_, folder, end, again=True)
    return Row(primitives, len(names), queries, first, seconds)


def _times(end: float) -> list[float]:
    return [end - back * SCRAPE for back in range(round(WINDOW / SCRAPE), -1, -1)]


def _pass(metrics_: _Counting, folder: Path, end: float, *, again: bool = False) -> tuple[float, int]:
    ledger = SqlLedger(f"sqlite:///{folder / ('again' if again else 'first')}.db")
    analyser = Analyser(
        metrics=metrics_,
        ledger=ledger,
        docs=NoDocs(),
        code=SourceFolders(()),
        advisor=RulesAdvisor(),
        clock=Clock(end),
        window_seconds=WINDOW,
        limits=Limits(),
        scrape_seconds=SCRAPE,
        within_seconds=120.0,
    )
    began = time.perf_counter()
    analyser.analyse()
    seconds = time.perf_counter() - began
    ledger.close()
    return seconds, metrics_.asked


def _series(primitives: int) -> Iterator[tuple[str, float]]:
    for service in range(SERVICES):
        for index in range(primitives):
            kind = KINDS[index % len(KINDS)]
            labels = f'service="svc{service}",primitive="p{index}",kind="{kind}",instance="svc{service}:1",job="bench"'
            yield from _of_every(labels)
            yield from _of_kind(kind, labels)


def _of_every(labels: str) -> Iterator[tuple[str, float]]:
    yield f'{metrics.EXECUTIONS.name}{{{labels},status="ok"}}', 60.0
    yield f'{metrics.EXECUTIONS.name}{{{labels},status="error"}}', 0.1
    for metric in (metrics.DURATION, metrics.SELF):
        yield f"{metric.name}_sum{{{labels}}}", 6.0
        yield f"{metric.name}_count{{{labels}}}", 60.0
        for place, edge in enumerate((*metrics.SECONDS_BUCKETS, float("inf"))):
            told = "+Inf" if edge == float("inf") else repr(edge)
            yield f'{metric.name}_bucket{{{labels},le="{told}"}}', min(60.0, 8.0 * place)
    yield f"{metrics.INFLIGHT.name}{{{labels}}}", 0.001


def _of_kind(kind: str, labels: str) -> Iterator[tuple[str, float]]:
    if kind == "llm":
        yield f'{metrics.COST.name}{{{labels},model="m",route="m",router=""}}', 0.01
    elif kind == "cache":
        for result, pace in (("hit", 40.0), ("miss", 20.0)):
            yield f'{metrics.CACHE_REQUESTS.name}{{{labels},result="{result}"}}', pace
        yield f'{metrics.CACHE_EVICTIONS.name}{{{labels},reason="expired"}}', 2.0
        for edge in ("60.0", "600.0", "+Inf"):
            yield f'{metrics.CACHE_REUSE.name}_bucket{{{labels},le="{edge}"}}', 40.0
    elif kind == "retry":
        yield f'{metrics.RETRY_ATTEMPTS.name}{{{labels},outcome="ok",error_class=""}}', 60.0
    elif kind == "router":
        yield f'{metrics.ROUTER_DECISIONS.name}{{{labels},route="fast",reason="score_below_threshold"}}', 60.0
        yield f'{metrics.ROUTER_SCORE.name}_bucket{{{labels},le="0.5"}}', 40.0
        yield f"{metrics.ROUTER_SCORE.name}_count{{{labels}}}", 60.0
    elif kind == "limit":
        yield f"{metrics.QUEUE.name}_sum{{{labels}}}", 0.1
        yield f"{metrics.QUEUE.name}_count{{{labels}}}", 60.0


def show_scale(rows: Sequence[Row]) -> None:
    """Print the table."""
    print(f"\n  One pass over {SERVICES} services (bar: {QUERIES} queries, {SECONDS:g} s)")
    print(f"  {'primitives each':>15}{'series':>10}{'queries':>9}{'first pass':>12}{'later':>9}{'us a series':>13}")
    for row in rows:
        a_series = row.seconds / row.series * 1e6
        print(
            f"  {row.primitives:>15}{row.series:>10,}{row.queries:>9}{row.first_seconds:>10.1f} s{row.seconds:>7.1f} s"
            f"{a_series:>13.1f}"
        )
