"""One trial: workloads into Prometheus, the real analysis over them with a clock that is moved, what it said."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
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
from .service import STEP, Service, manifest
from .workloads import HOUR, Workload

BASE: Final = 1_767_571_200.0
"""Midnight of the day that is looked at, 2026-01-05 in UTC."""
DAY: Final = 86_400.0
WINDOW: Final = 600.0
EVERY: Final = 300.0
"""Seconds between two analyses."""


@dataclass
class Said:
    """What was said of one service: each finding once, with the moment of its first time."""

    workload: Workload
    first: dict[tuple[str, str], float] = field(default_factory=dict)
    top: tuple[str, str] | None = None
    """The best finding in the first pass that named the fault."""
    found_at: float | None = None
    suggestions: int = 0

    def hear(self, findings: Sequence[Finding], at: float) -> None:
        """Take in what one pass said."""
        for one in findings:
            self.first.setdefault((one.subject.primitive, one.name), at)
        right = [one for one in findings if self.right(one.subject.primitive, one.name)]
        if right and self.found_at is None and not self.workload.healthy and at >= self.workload.since:
            self.found_at = at
            self.top = (findings[0].subject.primitive, findings[0].name)

    def right(self, primitive: str, name: str) -> bool:
        """Whether a finding names what is planted."""
        planted = primitive == self.workload.primitive and name in self.workload.findings
        return planted or (primitive, name) in self.workload.also

    def wrong(self) -> list[tuple[str, str]]:
        """The findings that name something else."""
        return [one for one in self.first if not self.right(*one)]


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


def run(workloads: Sequence[Workload], start: float, end: float, days: int = 3) -> tuple[list[Said], int]:
    """Analyse from ``start`` to ``end``, seconds of the day; returns what was said and how many samples there were."""
    names = [f"s{index:03d}" for index in range(len(workloads))]
    spans = [(start - 5 * HOUR, end + STEP)]
    spans += [(start - WINDOW - day * DAY - STEP, end - day * DAY + STEP) for day in range(1, days + 1)]
    services = [Service(name, one.plan, _times(spans)) for name, one in zip(names, workloads, strict=True)]
    said = {name: Said(one) for name, one in zip(names, workloads, strict=True)}
    with tempfile.TemporaryDirectory(prefix="findings-") as held:
        folder = Path(held)
        count = fill(folder, [(BASE + one, BASE + two) for one, two in spans], _Lines(services))
        services.clear()
        with serving(folder) as url:
            _analyse(url, folder, said, start, end)
    return list(said.values()), count


def _times(spans: Iterable[tuple[float, float]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.unique(np.concatenate([np.arange(start // STEP * STEP, end, STEP) for start, end in spans]))


class _Lines:
    """The lines of all services within a span."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._held = [
            (series, one.times + BASE, values, one.seen()) for one in services for series, values in one.counters()
        ]

    def __call__(self, start: float, end: float) -> Iterator[str]:
        for series, times, values, seen in self._held:
            inside = (times >= start) & (times < end) & seen
            pairs = zip(values[inside].tolist(), times[inside].tolist(), strict=True)
            yield "".join([f"{series} {value!r} {at:.0f}\n" for value, at in pairs])


def _analyse(url: str, folder: Path, said: dict[str, Said], start: float, end: float) -> None:
    clock, ledger = Clock(BASE + start), SqlLedger(f"sqlite:///{folder / 'state.db'}")
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
    for name, one in said.items():
        ledger.put_manifest(Manifest.model_validate(manifest(name, one.workload.plan.attempts)), clock.at)
    while clock.at <= BASE + end:
        analysis = analyser.analyse()
        for name, one in said.items():
            mine = [finding for finding in analysis.diagnosis.findings if finding.subject.service == name]
            one.hear(mine, clock.at - BASE)
        clock.at += EVERY
    for record in ledger.suggestions():
        said[record.suggestion.subject.service].suggestions += 1
    ledger.close()
