"""The bookkeeper: books what each change saved, period by period, once, before Prometheus forgets it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isclose
from typing import Final

from ai_runtime_intelligent.flow.booking import (
    UNKNOWN,
    Amounts,
    Booking,
    Rate,
    Sides,
    calls_per_root,
    rate_of_bookings,
    rate_of_verdict,
)
from ai_runtime_intelligent.flow.graph import Graph, callers
from ai_runtime_intelligent.flow.settling import Claim, overlap, settle
from ai_runtime_intelligent.flow.signal import Subject, Window

from airuntime_backend.errors import BackendError
from airuntime_backend.ports import Arms, Books, Clock, Entry, Ledger, Metrics, Pricing

from .graph import graph_of
from .lives import Life, lives, pieces
from .meter import Meter, Metered

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 48
"""Windows of a service that one pass books; more wait for the next pass."""

_SAME: Final = 1e-6
"""Share by which a number may differ when it is read again, before it counts as late data."""


@dataclass(frozen=True)
class Terms:
    """How books are kept: in periods of ``seconds``, each booked ``grace_seconds`` after its end."""

    seconds: float
    grace_seconds: float


@dataclass(frozen=True)
class _Case:
    """One window of one service: what was metered in it, who calls whom, and what was booked before."""

    window: Window
    active: tuple[Life, ...]
    metered: Metered
    graph: Graph
    past: tuple[Booking, ...]

    def root(self) -> Subject:
        """The outermost primitive around the first change."""
        return outermost(self.graph, self.active[0].subject)

    def behind(self, life: Life) -> Life | None:
        """The last of the later changes that touch the same calls."""
        later = self.active[self.active.index(life) + 1 :]
        return next((one for one in reversed(later) if overlap(self.graph, life.subject, one.subject)), None)

    def of(self, life: Life) -> list[Booking]:
        """What was booked of this change while no later one touched its calls."""
        return [one for one in self.past if one.rollout == life.rollout.id and not one.behind]


class Bookkeeper:
    """Keeps the books of every service."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        ledger: Ledger,
        books: Books,
        pricing: Pricing,
        clock: Clock,
        terms: Terms,
        arms: Arms,
    ) -> None:
        self._meter = Meter(metrics)
        self._ledger = ledger
        self._books = books
        self._pricing = pricing
        self._clock = clock
        self._terms = terms
        self._arms = arms
        self._baselines: dict[str, float | None] = {}

    def book(self) -> None:
        """Book every period that is over; one that cannot be read now is read in the next pass."""
        found = lives(self._ledger)
        until = self._over() if found else None
        if until is None:
            return
        done = self._books.booked_until()
        for service in sorted({life.subject.service for life in found}):
            own = tuple(life for life in found if life.subject.service == service)
            start = max(done.get(service, -inf), own[0].began)
            windows = pieces(own, start, until, self._terms.seconds)[:_AT_ONCE]
            try:
                self._service(service, own, windows)
            except BackendError as error:
                _log.warning("the savings of %s are not booked now: %s", service, error)

    def _over(self) -> float | None:
        """Until when all is over, scraped and to be booked, by this clock and by Prometheus': either may run ahead.

        What was booked before it happened would never be booked again.
        """
        try:
            return min(self._clock.now(), self._meter.now()) - self._terms.grace_seconds
        except BackendError as error:
            _log.warning("nothing is booked now: %s", error)
            return None

    def _service(self, service: str, own: Sequence[Life], windows: Sequence[Window]) -> None:
        if not windows:
            return
        graph = graph_of(one for one in self._ledger.manifests() if one.service == service)
        past = list(effective(self._books.entries(0.0, windows[0].start, service)).values())
        self._correct(service, own, graph, past)
        for window in windows:
            now = self._clock.now()
            entries = [Entry(0, one, now, "", one.usd) for one in self._read(own, window, graph, past)]
            if not self._books.write(entries):
                return  # another worker was first: it goes on from here
            past += [entry.booking for entry in entries]

    def _correct(self, service: str, own: Sequence[Life], graph: Graph, past: list[Booking]) -> None:
        """Read the last booked window again, and correct it by an entry of its own where data came in late."""
        if not past:
            return
        window = past[-1].window
        before = [one for one in past if one.window != window]
        booked = {one.rollout: one for one in past if one.window == window}
        fresh = {one.rollout: one for one in self._read(own, window, graph, before)}
        late = {key: one for key, one in fresh.items() if key in booked and _came_late(booked[key], one)}
        if late and self._write_corrections(service, window, booked, late):
            past[:] = [*before, *(late.get(key, one) for key, one in booked.items())]

    def _write_corrections(
        self, service: str, window: Window, booked: Mapping[str, Booking], late: Mapping[str, Booking]
    ) -> bool:
        written = self._books.entries(window.start, window.end, service)
        numbers = {entry.booking.rollout: entry.number for entry in written}
        now = self._clock.now()
        return self._books.write(
            [
                Entry(numbers[key] + 1, one, now, _why_late(booked[key], one), one.usd - booked[key].usd)
                for key, one in late.items()
            ]
        )

    def _read(self, own: Sequence[Life], window: Window, graph: Graph, past: Sequence[Booking]) -> tuple[Booking, ...]:
        """What every change of a service that runs in this window came to, each dollar once."""
        active = tuple(life for life in own if life.within(window))
        metered = self._meter.read(active[0].subject.service, window)
        case = _Case(window, active, metered, graph, tuple(past))
        root_calls = metered.calls.get(case.root())
        baseline = self._baseline(case)
        baseline_usd = None if baseline is None or root_calls is None else baseline * root_calls
        frame = replace(
            self._blank(active[0], window),
            root_calls=root_calls,
            service_usd=metered.usd,
            baseline_usd=baseline_usd,
            baseline=active[0].rollout.id,
            priced_ratio=metered.priced_ratio,
        )
        claims = [self._claim(life, case, frame) for life in active]
        less = None if baseline_usd is None or metered.usd is None else baseline_usd - metered.usd
        counted = settle([claim for _, claim in claims], less)
        return tuple(replace(booking, saved=saved) for (booking, _), saved in zip(claims, counted, strict=True))

    def _blank(self, life: Life, window: Window) -> Booking:
        forward = life.rollout.change.forward
        prices = self._pricing.prices()
        return Booking(
            life.rollout.id, life.subject, forward.tunable, window, "unmeasured", 0.0, 0.0, UNKNOWN, UNKNOWN, prices
        )

    def _claim(self, life: Life, case: _Case, frame: Booking) -> tuple[Booking, Claim]:
        booking = self._claimed(
            replace(frame, rollout=life.rollout.id, subject=life.subject, tunable=life.rollout.change.forward.tunable),
            life,
            case,
        )
        later = case.behind(life)
        if later is None:
            return booking, Claim(booking.claimed)
        rate = self._rate(life, case)
        hidden = replace(booking, behind=later.rollout.id)
        if rate is None or not booking.root_calls:
            return hidden, Claim(booking.claimed, booking.claimed)
        share = booking.calls / (booking.calls + booking.control_calls) if booking.calls else 0.0
        before = rate.of_root_calls(booking.root_calls, share, case.window.end)
        return replace(hidden, basis="estimate", ageing_since=rate.until), Claim(booking.claimed, before)

    def _claimed(self, blank: Booking, life: Life, case: _Case) -> Booking:
        """What the change's own arms say, or else its last measurement carried on."""
        sides, kept = self._sides(life, case.window), case.window.start >= life.kept
        saved = UNKNOWN if sides is None else sides.saved()
        if sides is not None and saved != UNKNOWN:
            whole, (control, candidate) = _whole(sides, life, case), sides.calls
            return replace(
                blank,
                basis="holdout" if kept else "measured",
                calls=whole * candidate,
                control_calls=whole * control,
                claimed=saved.each(lambda one: one.times(whole)),
                holdout_usd=whole * _forgone(sides, saved) if kept else 0.0,
            )
        rate = self._rate(life, case) if kept else None
        if rate is None:
            return blank
        calls = case.metered.calls.get(life.subject, 0.0)
        claimed = rate.of_calls(calls, case.window.end)
        return replace(blank, basis="estimate", calls=calls, claimed=claimed, ageing_since=rate.until)

    def _sides(self, life: Life, window: Window) -> Sides | None:
        """Both arms; where keys or all calls are dealt by time blocks, their interval is told by blocks too."""
        rollout = life.rollout
        if rollout.dealing is None:
            return None
        control, candidate = self._arms.read(rollout, window.start, window.end)
        seconds = rollout.dealing.block_seconds
        if seconds is None:
            return Sides(control, candidate)
        before = Window(window.start - seconds, window.start - seconds)
        blocks = self._arms.blocks(
            replace(rollout, baseline=before), window.end, seconds, rollout.dealing.settle_seconds
        )[1:]  # the first has all that was counted before it
        settling = self._arms.settling(rollout, window.start, window.end)
        return Sides(control, candidate, blocks, by_key=rollout.dealing.scope == "key", settling=settling)

    def _rate(self, life: Life, case: _Case) -> Rate | None:
        """By its live bookings, or else by its verdict."""
        past = case.of(life)
        if (rate := rate_of_bookings(past)) is not None:
            return rate
        verdict = self._ledger.verdicts().get(life.rollout.id)
        promised = None if verdict is None else rate_of_verdict(verdict, life.kept)
        return None if promised is None else replace(promised, calls_per_root=calls_per_root(past))

    def _baseline(self, case: _Case) -> float | None:
        """USD for one call of the outermost primitive before the first of the active changes began."""
        first = case.active[0].rollout
        told = [
            one for one in case.past if one.baseline == first.id and one.baseline_usd is not None and one.root_calls
        ]
        if told:
            return (told[-1].baseline_usd or 0.0) / (told[-1].root_calls or 1.0)
        if first.id not in self._baselines:
            before = first.baseline if first.baseline.seconds > 0 else self._just_before(case.active[0])
            seen = self._meter.read(case.active[0].subject.service, before)
            calls = seen.calls.get(case.root())
            self._baselines[first.id] = seen.usd / calls if seen.usd is not None and calls else None
        return self._baselines[first.id]

    def _just_before(self, life: Life) -> Window:
        return Window(life.began - self._terms.seconds, life.began)


def _whole(sides: Sides, life: Life, case: _Case) -> float:
    """How many calls there were for each that was counted, where nobody tells of those while blocks settled."""
    dealing, counted = life.rollout.dealing, sum(sides.calls)
    if dealing is None or not dealing.block_seconds or any(one.calls for one in sides.settling):
        return 1.0
    most = dealing.block_seconds / (dealing.block_seconds - dealing.settle_seconds)
    return min(max(1.0, case.metered.calls.get(life.subject, 0.0) / counted), most)


def _forgone(sides: Sides, saved: Amounts) -> float:
    """What the calls on the old value would have saved; never less than nothing."""
    if saved.usd is None:
        return 0.0
    control, candidate = sides.calls
    return max(0.0, saved.usd.mid / candidate * control)


def outermost(graph: Graph, subject: Subject) -> Subject:
    """The first in the chain of callers that leads to a primitive; itself when nobody calls it."""
    calling, seen = callers(graph), {subject}
    while True:
        above = sorted(one for one in calling.get(subject, ()) if one not in seen)
        if not above:
            return subject
        subject = above[0]
        seen.add(subject)


def effective(entries: Sequence[Entry]) -> dict[tuple[str, float], Booking]:
    """What holds after all corrections, by rollout and start of the window, in the order of the entries."""
    return {(entry.booking.rollout, entry.booking.window.start): entry.booking for entry in entries}


def _came_late(booked: Booking, fresh: Booking) -> bool:
    """Whether calls came in after the booking. A number that shrank is not late data: it was forgotten meanwhile."""
    was, now = booked.calls + booked.control_calls, fresh.calls + fresh.control_calls
    return now > was and not isclose(was, now, rel_tol=_SAME)


def _why_late(booked: Booking, fresh: Booking) -> str:
    more = fresh.calls + fresh.control_calls - booked.calls - booked.control_calls
    return f"{more:g} calls came in after the window was booked"
