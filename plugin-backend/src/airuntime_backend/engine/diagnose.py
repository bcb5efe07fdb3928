"""Diagnose: from the signals of a window to what is wrong, seen in parts of it as well, with where it began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ai_runtime_intelligent.contract import totals
from ai_runtime_intelligent.flow.baseline import Past
from ai_runtime_intelligent.flow.diagnosis import Diagnosis, Finding
from ai_runtime_intelligent.flow.finding import Limits, find, for_part
from ai_runtime_intelligent.flow.graph import Graph
from ai_runtime_intelligent.flow.signal import Signal, Subject
from ai_runtime_intelligent.flow.totals import Totals, Values
from ai_runtime_intelligent.flow.warming import without_warming

from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Metrics

from .blame import blame
from .graph import attempts_of, derived, graph_of
from .history import History
from .outlook import Outlook
from .seldom import QUERIES, TIMES, for_its_parts, for_longer, joined, only, suspects
from .signals import Closer, Look, SignalReader

_QUERIES: Final = 30
"""What one pass may ask of Prometheus at most."""
_WEIGHING: Final = ("wall_share", "seconds_mean", "usd_per_call", *totals.ASIDE)
"""Signals that every finding carries beside its own: what it is worth to mend it."""
_HALF, _QUARTER = 0.5, 0.25
_PARTS: Final = (_HALF, _QUARTER)
"""Last parts of the window that must show what is found, beside its first half: nothing short is in all of them."""


@dataclass(frozen=True)
class Seen:
    """What was diagnosed, what could not be read, and how many queries that took."""

    diagnosis: Diagnosis
    problems: tuple[str, ...] = ()
    queries: int = 0


class Pasts:
    """What is known of earlier windows, looked up for what is asked about; those with ``few`` calls count on demand."""

    def __init__(self, history: History, end: float, *, few: bool = False) -> None:
        self._history = history
        self._end = end
        self._few = few

    def of(self, subject: Subject, measure: str) -> Past:
        """The past of one number."""
        return self._history.past(subject, measure, self._end, few=self._few)


@dataclass(frozen=True)
class _Known:
    """What is known beside the window: who calls whom, how often each retry tries at most, the past, the limits."""

    graph: Graph
    attempts: Values
    pasts: Pasts
    limits: Limits
    """Those for a whole window, of which parts have their share."""

    def derived(self, look: Look, sums: Totals | None = None) -> tuple[Signal, ...]:
        """The signals that only the services' own words can give, of a look or of a part of it that has these sums."""
        return derived(self.graph, self.attempts, sums or look.sums, look.window, look.troubled)

    def of_services(self, services: set[str]) -> _Known:
        """What is known of these services alone."""
        return replace(self, graph={one: to for one, to in self.graph.items() if one.service in services})


class Diagnoser:
    """Reads what Prometheus says and tells what is wrong.

    Args:
        metrics: who is asked.
        limits: where normal ends.
        window_seconds: the length of a window.
        scrape_seconds: how often targets are scraped.
        within_seconds: how long all queries of a pass may take together.
    """

    def __init__(
        self,
        metrics: Metrics,
        limits: Limits,
        *,
        window_seconds: float,
        scrape_seconds: float,
        within_seconds: float,
    ) -> None:
        self._limits = limits
        self._reader = SignalReader(metrics, window_seconds, scrape_seconds, within_seconds)
        self._history = History(window_seconds, max(1, limits.min_calls // 2))
        self._outlook = Outlook(self._history, window_seconds, limits)

    def diagnose(self, now: float, manifests: Iterable[Manifest]) -> Seen:
        """One pass; what cannot be read is told, never a reason to stop."""
        look = self._reader.read(now)
        known = _Known(graph_of(manifests), attempts_of(manifests), Pasts(self._history, look.window.end), self._limits)
        signals = (*look.signals(), *known.derived(look))
        remembered, asked = self._remember(look) if signals else ((), 0)
        forecasts = self._outlook.ahead(signals, look.window.end)
        first = find(signals, self._limits, known.pasts, forecasts)
        seen, more = self._lasting(look, first, signals, known), self._seldom(look, first, signals, known)
        return Seen(
            joined(seen.diagnosis, more.diagnosis),
            (*look.problems, *remembered, *seen.problems, *more.problems),
            look.queries + asked + seen.queries + more.queries,
        )

    def _lasting(self, look: Look, diagnosis: Diagnosis, signals: tuple[Signal, ...], known: _Known) -> Seen:
        """What parts of the window show too."""
        if not diagnosis.findings:
            return Seen(diagnosis)
        closer = self._reader.latest(look, _PARTS, sorted({one.subject.service for one in diagnosis.findings}))
        return Seen(self._closer(look, closer, diagnosis, signals, known), closer.problems, closer.queries)

    def _seldom(self, look: Look, diagnosis: Diagnosis, signals: tuple[Signal, ...], known: _Known) -> Seen:
        """What a longer window shows of those that are called too seldom for this one."""
        pasts = Pasts(self._history, look.window.end, few=True)
        known = replace(known, pasts=pasts, limits=for_its_parts(self._limits))
        wanted = suspects(signals, diagnosis, self._limits, known.pasts)
        if not wanted:
            return Seen(Diagnosis((), ()))
        services = sorted({subject.service for subject, _ in wanted})
        longer, closer = self._reader.longer(look, TIMES, _PARTS, services)
        known = known.of_services(set(services))
        measured = (*longer.signals(), *known.derived(longer))
        found = only(find(measured, for_longer(self._limits), known.pasts), wanted)
        if found.findings:
            found = self._closer(longer, closer, found, measured, known)
        return Seen(found, closer.problems, closer.queries)

    def _closer(
        self, look: Look, closer: Closer, diagnosis: Diagnosis, signals: Iterable[Signal], known: _Known
    ) -> Diagnosis:
        """Keep what the parts show too, each with where it began and what it is worth to mend it."""
        if closer.parts:
            whole = diagnosis.findings
            parts = self._parts(look, closer.parts, {one.subject.service for one in whole}, known)
            about = {finding.subject for finding in whole}
            judged = [
                find([one for one in seen if one.subject in about], for_part(known.limits, share), known.pasts)
                for seen, share in parts
            ]
            halves = [seen for seen, share in parts if share == _HALF]
            lasting = without_warming(diagnosis.lasting(judged), parts[0][0], parts[-1][0], known.pasts)
            diagnosis = blame(lasting, whole, known.graph, known.pasts, halves)
        return replace(diagnosis, findings=tuple(_weighed(diagnosis.findings, (*signals, *closer.aside))))

    def _parts(
        self, look: Look, latest: tuple[Totals, ...], services: set[str], known: _Known
    ) -> list[tuple[tuple[Signal, ...], float]]:
        """The signals of the window's first half and of its last parts, each with how large a share it is."""
        whole, theirs = look.sums.of_services(services), known.of_services(services)
        sums = ((whole.less(latest[0]), _HALF), *zip(latest, _PARTS, strict=True))
        return [((*look.signals(part), *theirs.derived(look, part)), share) for part, share in sums]

    def _remember(self, look: Look) -> tuple[tuple[str, ...], int]:
        """Read some more of the past, as far as the pass may still ask; what fails is asked again in the next."""
        left = _QUERIES - look.queries - len(_PARTS) - 2 - QUERIES
        wanted = self._history.wanted(look.window.end)[:left]
        if not wanted or look.problems:
            return (), 0
        problems: tuple[str, ...] = ()
        asked = 0
        for past, failed in self._reader.past(wanted):
            asked += len(past)
            problems = (*problems, *failed)
            for end, sums in past.items():
                self._history.put(end, sums)
        self._history.forget(look.window.end)
        return problems, asked


def _weighed(findings: Iterable[Finding], signals: Iterable[Signal]) -> Iterator[Finding]:
    """The findings with what it is worth to mend them."""
    about = {finding.subject for finding in findings}
    more: dict[Subject, list[Signal]] = {}
    for signal in signals:
        if signal.subject in about and signal.measure in _WEIGHING:
            more.setdefault(signal.subject, []).append(signal)
    for finding in findings:
        own = {signal.measure for signal in finding.signals}
        extra = (signal for signal in more.get(finding.subject, ()) if signal.measure not in own)
        yield replace(finding, signals=(*finding.signals, *extra))
