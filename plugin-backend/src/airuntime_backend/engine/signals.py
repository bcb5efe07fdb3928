"""Reading all signals: a handful of queries for every service and primitive, over a window that was wholly scraped."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from ai_runtime_intelligent.contract import promql, totals
from ai_runtime_intelligent.flow.measures import COUNTS, MEASURES
from ai_runtime_intelligent.flow.signal import Reading, Signal, State, Subject, Window, read
from ai_runtime_intelligent.flow.totals import Totals

from airuntime_backend.errors import BackendError
from airuntime_backend.ports import Metrics, Sample, Series

from .asking import ask_all
from .sums import Subjects, by_subject, named_values, subject_of, sums_of

__all__ = ["Look", "SignalReader", "by_subject"]

_FRESH: Final = 3.0
"""Scrapes that a target may miss before it counts as gone."""
_PAST: Final = 0.1
"""Share of the time for a pass that may go to the past, beyond its first window: there is a next pass."""
_AT_ONCE: Final = 2
"""Windows that have passed that are asked for side by side, once the first has shown how long one takes."""
_GAP: Final = 0.2
"""Share of the time in sight that a service may be out of sight."""


@dataclass(frozen=True)
class Look:
    """What one pass read: the sums and ready measures of a window, in which state, and what could not be read."""

    window: Window
    sums: Totals
    ready: Mapping[str, Mapping[Subject, float]]
    troubled: Mapping[Subject, State]
    problems: tuple[str, ...]
    queries: int

    def signals(self, sums: Totals | None = None) -> tuple[Signal, ...]:
        """The signals of the window, or of a part of it that has these sums."""
        return read(tuple(self._readings(sums or self.sums)), self.window, self.troubled)

    def _readings(self, sums: Totals) -> Iterator[Reading]:
        span = span_of(self.window)
        for name, (values, counts) in MEASURES.items():
            yield _reading(name, span, values(sums), counts(sums))
        yield from self.of_ready(self.ready, sums)

    def of_ready(self, ready: Mapping[str, Mapping[Subject, float]], sums: Totals | None = None) -> Iterator[Reading]:
        """The readings of measures that came ready from Prometheus."""
        for name, found in ready.items():
            if name in COUNTS:
                yield _reading(name, span_of(self.window), found, COUNTS[name](sums or self.sums))


@dataclass(frozen=True)
class Closer:
    """A closer look at some services: the sums of the window's last parts (none where one could not be read)."""

    parts: tuple[Totals, ...]
    aside: tuple[Signal, ...]
    problems: tuple[str, ...]
    queries: int


def span_of(window: Window) -> str:
    """The window's length as PromQL has it."""
    return f"{max(1, round(window.seconds))}s"


def _reading(name: str, span: str, values: Mapping[Subject, float], counts: Mapping[Subject, float]) -> Reading:
    measure = promql.MEASURE[name]
    query = measure.value(promql.EVERYTHING, span)
    return Reading(name, measure.unit, query, values, counts, of_everybody=name in _EVERYBODYS)


_EVERYBODYS: Final = ("error_ratio", "cache_hit_ratio", "router_premium_ratio", "retry_attempts_per_call")
"""Measures of which also the lack is told."""


class SignalReader:
    """Reads the signals of the last window.

    Args:
        metrics: who is asked.
        window_seconds: the length of a window.
        scrape_seconds: how often targets are scraped.
        within_seconds: how long all queries of a pass may take together.
    """

    def __init__(self, metrics: Metrics, window_seconds: float, scrape_seconds: float, within_seconds: float) -> None:
        self._metrics = metrics
        self._seconds = window_seconds
        self._scrape = scrape_seconds
        self._within = within_seconds
        self._known: Subjects = {}

    def read(self, now: float) -> Look:
        """Read the window that ends when the last complete scrape did, or now when nobody can tell when that was."""
        self._known = {}
        scrapes, problems = ask_all({"": partial(self._metrics.instant, totals.last_scrapes(), now)}, self._within)
        end = _complete(scrapes.get("", ()), now, _FRESH * self._scrape)
        window = Window(end - self._seconds, end)
        questions = self._questions(window)
        answers, more = ask_all(questions, self._within)
        presence, worse = self._presence(window)
        sums = sums_of((answers[name] for name in _SUMS if name in answers), self._known)
        ready = named_values((sample for name in _READY if name in answers for sample in answers[name]), self._known)
        return Look(
            window,
            sums,
            ready,
            self._troubled(window, sums, answers, presence),
            tuple(dict.fromkeys((*problems, *more, *worse))),
            len(questions) + 2,
        )

    def latest(self, look: Look, shares: Iterable[float], services: Iterable[str]) -> Closer:
        """Look closer at these services: at the last parts, shares of its length, of the window, a query each.

        One more query asks for what only their findings show.
        """
        services, shares = tuple(services), tuple(shares)
        matcher = totals.of_services(services)
        spans = [span_of(Window(0, share * look.window.seconds)) for share in shares]
        queries = {span: totals.query(totals.ALL, span, matcher) for span in spans}
        queries[_ASIDE] = totals.ready(totals.ASIDE, span_of(look.window), totals.scope_of(services))
        asked = {name: partial(self._metrics.instant, query, look.window.end) for name, query in queries.items()}
        answers, problems = ask_all(asked, self._within)
        aside = named_values(answers.get(_ASIDE, ()), self._known)
        whole = all(span in answers for span in spans)
        parts = tuple(sums_of((answers[span],), self._known) for span in spans) if whole else ()
        measured = parts[shares.index(1.0)] if whole and 1.0 in shares else look.sums
        signals = read(tuple(look.of_ready(aside, measured)), look.window, look.troubled)
        return Closer(parts, signals, problems, len(asked))

    def longer(self, look: Look, times: int, shares: Iterable[float], services: Iterable[str]) -> tuple[Look, Closer]:
        """Look at these services over a window so many times as long, and at its last parts; a query each."""
        window = Window(look.window.end - times * look.window.seconds, look.window.end)
        closer = self.latest(replace(look, window=window, sums=Totals({}), ready={}), (1.0, *shares), services)
        whole, *parts = closer.parts or (Totals({}),)
        return replace(look, window=window, sums=whole, ready={}), replace(closer, parts=tuple(parts))

    def past(self, ends: Sequence[float]) -> Iterator[tuple[dict[float, Totals], tuple[str, ...]]]:
        """The sums of windows that have passed, by their ends, some at a time; no more of them when it is late."""
        query = totals.query(totals.PAST, span_of(Window(0, self._seconds)))
        late = time.monotonic() + _PAST * self._within
        for some in (ends[:1], *(ends[first : first + _AT_ONCE] for first in range(1, len(ends), _AT_ONCE))):
            began = time.monotonic()
            answers, problems = ask_all({end: partial(self._metrics.instant, query, end) for end in some}, self._within)
            yield {end: sums_of((answer,), self._known) for end, answer in answers.items()}, problems
            now = time.monotonic()
            if problems or now + (now - began) > late:
                return

    def _questions(self, window: Window) -> dict[str, partial[tuple[Sample, ...]]]:
        span = span_of(window)
        queries = {name: totals.ready(measures, span) for name, measures in _READY.items()}
        queries |= {_SEEN: totals.last_seen(), _RESTARTS: totals.restarts(span)}
        asked = {name: partial(self._metrics.instant, query, window.end) for name, query in queries.items()}
        return asked | self._groups(window)

    def _groups(self, window: Window) -> dict[str, partial[tuple[Sample, ...]]]:
        span = span_of(window)
        return {
            name: partial(self._metrics.instant, totals.query(group, span), window.end) for name, group in _SUMS.items()
        }

    def _presence(self, window: Window) -> tuple[tuple[Series, ...], tuple[str, ...]]:
        step = max(1.0, 2 * self._scrape)
        try:
            return self._metrics.range(totals.presence(f"{round(step)}s"), window.start + step, window.end, step), ()
        except BackendError as error:
            return (), (error.message,)

    def _troubled(
        self,
        window: Window,
        sums: Totals,
        answers: Mapping[str, tuple[Sample, ...]],
        presence: Iterable[Series],
    ) -> dict[Subject, State]:
        """The state of those whose numbers are not simply measured; the worst counts."""
        gone = _gaps(presence, window, max(1.0, 2 * self._scrape))
        seen = by_subject(answers.get(_SEEN, ()), self._known)
        restarted = by_subject(answers.get(_RESTARTS, ()), self._known)
        renewed = {
            sample.labels.get("service")
            for sample in answers.get(_RESTARTS, ())
            if not subject_of(sample.labels, self._known)
        }
        states: dict[Subject, State] = {}
        oldest = window.end - _FRESH * self._scrape
        for subject, _, _ in sums.rows(totals.CALLS[0].name):
            if seen and seen.get(subject, 0.0) < oldest:
                states[subject] = "stale"
            elif subject.service in gone:
                states[subject] = "gap"
            elif subject in restarted or subject.service in renewed:
                states[subject] = "reset"
        return states


_SUMS: Final = {group[0].name: group for group in totals.GROUPS}
_READY: Final = {measures[0]: measures for measures in totals.READY}
_SEEN, _RESTARTS, _ASIDE = "seen", "restarts", "aside"


def _complete(scrapes: Iterable[Sample], now: float, fresh_seconds: float) -> float:
    """When every target that still answers had been scraped."""
    times = [sample.value for sample in scrapes]
    newest = max(times, default=now)
    return min(now, min((one for one in times if one >= newest - fresh_seconds), default=now))


def _gaps(presence: Iterable[Series], window: Window, step: float) -> set[str]:
    """Services that were out of sight in the middle of the window for too large a part of it."""
    found = set()
    for series in presence:
        times = [at for at, _ in series.points]
        if times and "service" in series.labels:
            expected = (times[-1] - times[0]) / step + 1
            late = (window.end - times[-1]) / step
            if 1 - len(times) / (expected + late) > _GAP:
                found.add(series.labels["service"])
    return found
