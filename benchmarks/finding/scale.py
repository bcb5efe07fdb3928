"""What one pass costs with many primitives: queries, seconds, whose, and whether it grows in step with the series.

The windows before are there to be read as well, every service declares its call graph, and one of them has a fault:
so a pass asks for all that it may ever ask for.
"""

from __future__ import annotations

import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.flow.finding import Limits
from airuntime_backend.adapters.advisor_rules import RulesAdvisor
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.adapters.source import SourceFolders
from airuntime_backend.engine.propose import Analyser
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Sample, Series
from airuntime_backend.server import collect_seldom

from .blocks import Served, fill, serving
from .trial import BASE, Clock, NoDocs

SERVICES: Final = 20
SCRAPE: Final = 60.0
WINDOW: Final = 600.0
PAST: Final = 6 * WINDOW
"""How far back the windows that have passed go."""
EVERY: Final = 60.0
PASSES: Final = 3
"""Passes of one analyser: the first knows nothing of the past, and Prometheus nothing of the queries."""
COLD: Final = 5
"""The primitive, a cache, of the first service that has a fault."""
QUERIES: Final = 30
SECONDS: Final = 10.0
KINDS: Final = ("function", "function", "function", "llm", "function", "cache", "function", "retry", "router", "limit")
END: Final = BASE + 4 * 7200.0 - SCRAPE

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Pass:
    """One pass: its queries, its seconds, those in which Prometheus worked, and our process' own CPU time."""

    queries: int
    seconds: float
    waiting: float
    """Seconds in which at least one query was under way: Prometheus', and reading its answers."""
    cpu: float
    prometheus_cpu: float
    findings: int
    problems: int


@dataclass(frozen=True)
class Row:
    """One size: primitives of each of the services, series, and what the passes took."""

    primitives: int
    series: int
    passes: tuple[Pass, ...]
    megabytes: float
    """The most memory that our process ever held."""

    @property
    def met(self) -> bool:
        """Whether every pass is within the bar."""
        return all(one.queries <= QUERIES and one.seconds <= SECONDS for one in self.passes)

    @property
    def told(self) -> str:
        """In words."""
        worst = max(self.passes, key=lambda one: one.seconds)
        return f"{self.primitives} x {SERVICES}: {worst.queries} queries, {worst.seconds:.1f} s"


@dataclass
class _Watched:
    """Prometheus, with the number of queries and the time in which at least one is under way."""

    inner: Prometheus
    asked: int = 0
    waited: float = 0.0
    _running: int = 0
    _since: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate a query at one moment."""
        self._begin()
        try:
            return self.inner.instant(query, at)
        finally:
            self._end()

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate a query from start to end."""
        self._begin()
        try:
            return self.inner.range(query, start, end, step)
        finally:
            self._end()

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples as they were scraped."""
        self.asked += 1
        return self.inner.samples(selector, start, end)

    def _begin(self) -> None:
        with self._lock:
            self.asked += 1
            if not self._running:
                self._since = time.perf_counter()
            self._running += 1

    def _end(self) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                self.waited += time.perf_counter() - self._since


def measure(primitives: int, progress: Progress) -> Row:
    """Fill a Prometheus with that many primitives of twenty services, and analyse some times."""
    collect_seldom()  # as in the server, where passes are made
    with tempfile.TemporaryDirectory(prefix="scale-") as held:
        folder = Path(held)
        series = plant(folder, primitives)
        progress(f"scale: {primitives} primitives of {SERVICES} services are in Prometheus, {series:,} series")
        with serving(folder) as served:
            passes = tuple(analyse(served, folder, primitives))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Row(primitives, series, passes, megabytes)


def plant(folder: Path, primitives: int) -> int:
    """The blocks; returns how many series there are in the window that is looked at."""
    names = list(_series(primitives))
    start = END - WINDOW - PASSES * EVERY - SCRAPE

    def lines(first: float, last: float) -> Iterator[str]:
        for name, pace, remembered in names:
            since = max(first, END - PAST if remembered else start)
            yield _samples(name, pace, since, min(last, END + SCRAPE))

    fill(folder, [(END - PAST, END)], lines)
    return len(names)


def _samples(name: str, pace: float, first: float, last: float) -> str:
    turns = range(int(-(-(first - BASE) // SCRAPE)), int(-(-(last - BASE) // SCRAPE)))
    return "".join([f"{name} {pace * turn} {BASE + turn * SCRAPE:.0f}\n" for turn in turns])


def analyse(served: Served, folder: Path, primitives: int) -> Iterator[Pass]:
    """The passes, one after the other."""
    watched, clock = _Watched(Prometheus(served.url, 60.0)), Clock(END - (PASSES - 1) * EVERY)
    ledger = SqlLedger(f"sqlite:///{folder / 'state.db'}")
    for service in range(SERVICES):
        ledger.put_manifest(_manifest(service, primitives), clock.at)
    analyser = Analyser(
        metrics=watched,
        ledger=ledger,
        docs=NoDocs(),
        code=SourceFolders(()),
        advisor=RulesAdvisor(),
        clock=clock,
        window_seconds=WINDOW,
        limits=Limits(),
        scrape_seconds=SCRAPE,
    )
    for _ in range(PASSES):
        yield _pass(analyser, watched, served)
        clock.at += EVERY
    ledger.close()


def _pass(analyser: Analyser, watched: _Watched, served: Served) -> Pass:
    asked, waited = watched.asked, watched.waited
    began, cpu, theirs = time.perf_counter(), time.process_time(), served.cpu_seconds()
    analysis = analyser.analyse()
    return Pass(
        watched.asked - asked,
        time.perf_counter() - began,
        watched.waited - waited,
        time.process_time() - cpu,
        served.cpu_seconds() - theirs,
        len(analysis.diagnosis.findings),
        len(analysis.problems),
    )


def _manifest(service: int, primitives: int) -> Manifest:
    """Each calls ten others, as a tree."""
    told = [
        {"name": f"p{at}", "kind": _kind(at), "callees": [f"p{to}" for to in range(10 * at + 1, 10 * at + 11)]}
        for at in range(primitives)
    ]
    return Manifest.model_validate({"service": f"svc{service}", "version": "1", "primitives": told, "tunables": []})


def _kind(at: int) -> str:
    return KINDS[at % len(KINDS)]


def _series(primitives: int) -> Iterator[tuple[str, float, bool]]:
    """Name, growth between two scrapes, and whether it is read of windows that have passed."""
    for service in range(SERVICES):
        for index in range(primitives):
            kind = _kind(index)
            labels = f'service="svc{service}",primitive="p{index}",kind="{kind}",instance="svc{service}:1",job="bench"'
            yield from _of_every(labels)
            yield from _of_kind(kind, labels, cold=service == 0 and index == COLD)


def _of_every(labels: str) -> Iterator[tuple[str, float, bool]]:
    for status, pace in (("ok", 60.0), ("error", 0.1), ("timeout", 0.0), ("cancelled", 0.0)):
        yield f'{metrics.EXECUTIONS.name}{{{labels},status="{status}"}}', pace, True
    for metric in (metrics.DURATION, metrics.SELF):
        yield f"{metric.name}_sum{{{labels}}}", 6.0, metric is metrics.DURATION
        yield f"{metric.name}_count{{{labels}}}", 60.1, metric is metrics.DURATION
        edges = (*metrics.SECONDS_BUCKETS, float("inf")) if metric is metrics.DURATION else ()  # of SELF none is read
        for place, edge in enumerate(edges):
            told = "+Inf" if edge == float("inf") else repr(edge)
            yield f'{metric.name}_bucket{{{labels},le="{told}"}}', min(60.1, 8.0 * place), False
    yield f"{metrics.INFLIGHT.name}{{{labels}}}", 0.001, False


def _of_kind(kind: str, labels: str, *, cold: bool) -> Iterator[tuple[str, float, bool]]:
    if kind == "llm":
        yield f'{metrics.COST.name}{{{labels},model="m",route="m",router=""}}', 0.01, True
    elif kind == "cache":
        for result, pace in (("hit", 20.0 if cold else 40.0), ("miss", 40.0 if cold else 20.0)):
            yield f'{metrics.CACHE_REQUESTS.name}{{{labels},result="{result}"}}', pace, True
        yield f'{metrics.CACHE_EVICTIONS.name}{{{labels},reason="expired"}}', 30.0 if cold else 2.0, False
        for edge in ("60.0", "600.0", "+Inf"):
            yield f'{metrics.CACHE_REUSE.name}_bucket{{{labels},le="{edge}"}}', 40.0, False
    elif kind == "retry":
        yield f'{metrics.RETRY_ATTEMPTS.name}{{{labels},outcome="ok",error_class=""}}', 60.1, False
    elif kind == "router":
        yield f'{metrics.ROUTER_DECISIONS.name}{{{labels},route="fast",reason="score_below_threshold"}}', 60.1, False
        yield f'{metrics.ROUTER_SCORE.name}_bucket{{{labels},le="0.5"}}', 40.0, False
        yield f"{metrics.ROUTER_SCORE.name}_count{{{labels}}}", 60.1, False
    elif kind == "limit":
        yield f"{metrics.QUEUE.name}_sum{{{labels}}}", 0.1, False
        yield f"{metrics.QUEUE.name}_count{{{labels}}}", 60.1, False


def show_scale(rows: Sequence[Row]) -> None:
    """Print the table: seconds of each pass, and the ratio to what the row above would make of so many series."""
    print(
        f"\n  Passes over {SERVICES} services (bar: {QUERIES} queries, {SECONDS:g} s; {EVERY:g} s between two passes)"
    )
    print(
        f"  {'primitives':>10}{'series':>10}{'pass':>6}{'queries':>9}{'seconds':>9}{'asking':>9}{'our CPU':>9}"
        f"{'its CPU':>9}{'us/series':>11}{'ratio':>7}{'findings':>10}{'MB':>7}"
    )
    before: Row | None = None
    for row in rows:
        for turn, one in enumerate(row.passes):
            ratio = "-"
            if before is not None:
                ratio = f"{one.seconds / row.series / (before.passes[turn].seconds / before.series):.2f}"
            print(
                f"  {row.primitives:>10}{row.series:>10,}{turn + 1:>6}{one.queries:>9}{one.seconds:>9.1f}"
                f"{one.waiting:>9.1f}{one.cpu:>9.1f}{one.prometheus_cpu:>9.1f}"
                f"{one.seconds / row.series * 1e6:>11.1f}{ratio:>7}"
                f"{one.findings:>10}{row.megabytes:>7.0f}"
            )
        before = row
