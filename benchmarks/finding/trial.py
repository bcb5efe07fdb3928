"""One trial: workloads into Prometheus, the real analysis over them with a clock that is moved, what it said."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from ai_runtime_intelligent.flow.evidence import DocSnippet
from ai_runtime_intelligent.flow.finding import Finding, Limits
from airuntime_backend.adapters.advisor_rules import RulesAdvisor
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.adapters.source import SourceFolders
from airuntime_backend.engine.propose import Analyser
from airuntime_backend.manifest import Manifest

from .blocks import fill, serving
from .outcome import Named, Outcome
from .service import STEP, Numbers, Service, manifest
from .workloads import HOUR, Workload

BASE: Final = 1_767_571_200.0
"""Midnight of the day that is looked at, Monday 2026-01-05 in UTC."""
DAY: Final = 86_400.0
WINDOW: Final = 600.0
EVERY: Final = 300.0
"""Seconds between two analyses."""
EVERY_OF_DAY: Final = 600.0
"""The same of a whole day: every window is looked at once."""
SYMPTOMS: Final = ("latency_regression", "error_regression", "coming_breach")
"""Findings that may name another primitive as where it began."""

Told = Callable[[str], None]


@dataclass
class _Heard:
    """What was said of one service: each finding once, with the moment of its first time."""

    workload: Workload
    named: dict[tuple[str, str], Named] = field(default_factory=dict)
    top: str = ""
    found_at: float | None = None
    suggestions: list[tuple[str, str]] = field(default_factory=list)

    def hear(self, findings: Sequence[Finding], at: float) -> None:
        """Take in what one pass said."""
        named = [self._named(one, at) for one in findings]
        for one in named:
            self.named.setdefault((one.primitive, one.finding), one)
        found = any(one.right for one in named) and at >= self.workload.since
        if found and self.found_at is None and not self.workload.healthy:
            self.found_at, self.top = at, named[0].cause

    def _named(self, one: Finding, at: float) -> Named:
        primitive = one.subject.primitive
        cause = one.causes[0] if one.causes and one.name in SYMPTOMS else primitive
        right = self._right(primitive, one.name) or (one.name in SYMPTOMS and cause in self.workload.origins)
        return Named(primitive, one.name, cause, (at - self.workload.since) / 60, right)

    def _right(self, primitive: str, name: str) -> bool:
        planted = primitive == self.workload.primitive and name in self.workload.findings
        return planted or (primitive, name) in self.workload.also

    def outcome(self, hours: float) -> Outcome:
        """What it came to."""
        one = self.workload
        minutes = None if self.found_at is None else (self.found_at - one.since) / 60
        false = [told for told in self.suggestions if one.healthy or not self._right(*told)]
        named = tuple(self.named.values())
        return Outcome(one.name, one.healthy, hours, minutes, self.top, self.top in one.origins, named, len(false))


class NoDocs:
    """Documentation that has nothing to say."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:  # noqa: ARG002 - the port's form
        """No snippets."""
        return ()


@dataclass
class Clock:
    """A clock that is set."""

    at: float = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return self.at

    def steady(self) -> float:
        """The same: it does not jump."""
        return self.at


def run(
    workloads: Sequence[Workload], start: float, end: float, told: Told, *, every: float = EVERY, days: int = 3
) -> tuple[list[Outcome], int]:
    """Analyse from ``start`` to ``end``, seconds of the day; returns what was said and how many samples there were."""
    names = [f"s{index:03d}" for index in range(len(workloads))]
    spans = [(start - 5 * HOUR, end + STEP)]
    spans += [(start - WINDOW - day * DAY - STEP, end - day * DAY + STEP) for day in range(1, days + 1)]
    services = [Service(name, one.plan, _times(spans)) for name, one in zip(names, workloads, strict=True)]
    heard = {name: _Heard(one) for name, one in zip(names, workloads, strict=True)}
    with tempfile.TemporaryDirectory(prefix="findings-") as held:
        folder = Path(held)
        lines = _Lines(services)
        services.clear()
        count = fill(folder, [(BASE + one, BASE + two) for one, two in spans], lines)
        told(f"{count:,} samples are in Prometheus")
        with serving(folder) as served:
            _analyse(served.url, folder, heard, _Hours(start, end, every), told)
    return [one.outcome((end - start) / HOUR) for one in heard.values()], count


def _times(spans: Iterable[tuple[float, float]]) -> Numbers:
    return np.unique(np.concatenate([np.arange(start // STEP * STEP, end, STEP) for start, end in spans]))


class _Lines:
    """The lines of all services within a span."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._held = [(series, times + BASE, values) for one in services for series, times, values in one.counters()]

    def __call__(self, start: float, end: float) -> Iterator[str]:
        for series, times, values in self._held:
            first, last = np.searchsorted(times, (start, end))
            pairs = zip(values[first:last].tolist(), times[first:last].tolist(), strict=True)
            yield "".join([f"{series} {value!r} {at:.0f}\n" for value, at in pairs])


@dataclass(frozen=True)
class _Hours:
    """From when to when is analysed, and how often; seconds of the day."""

    start: float
    end: float
    every: float


def _analyse(url: str, folder: Path, heard: dict[str, _Heard], hours: _Hours, told: Told) -> None:
    clock, ledger = Clock(BASE + hours.start), SqlLedger(f"sqlite:///{folder / 'state.db'}")
    analyser = Analyser(
        metrics=Prometheus(url, 30.0),
        ledger=ledger,
        docs=NoDocs(),
        code=SourceFolders(()),
        advisor=RulesAdvisor(),
        clock=clock,
        window_seconds=WINDOW,
        limits=Limits(),
        scrape_seconds=STEP,
        within_seconds=60.0,
    )
    for name, one in heard.items():
        ledger.put_manifest(Manifest.model_validate(manifest(name, one.workload.plan.attempts)), clock.at)
    while clock.at <= BASE + hours.end:
        analysis = analyser.analyse()
        for name, one in heard.items():
            mine = [finding for finding in analysis.diagnosis.findings if finding.subject.service == name]
            one.hear(mine, clock.at - BASE)
        clock.at += hours.every
        passed, whole = clock.at - BASE - hours.start, hours.end - hours.start
        if passed % HOUR < hours.every:
            told(f"{passed / HOUR:.0f} of {whole / HOUR:.1f} hours are analysed")
    for record in ledger.suggestions():
        suggestion = record.suggestion
        heard[suggestion.subject.service].suggestions.append((suggestion.subject.primitive, suggestion.rule))
    ledger.close()
