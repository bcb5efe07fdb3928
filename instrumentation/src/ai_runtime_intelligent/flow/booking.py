"""Booking: what one change saved in one span of time, from its arms side by side or from its last measurement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.contract.kinds import SavingBasis

from .ageing import aged
from .arm import Arm, ArmStats, Blocks, Paired
from .interval import Interval, independent, together
from .saving import Prices
from .signal import Subject, Window
from .verdict import Verdict, compare

ALPHA: Final = 0.05
"""The probability that the interval of one booking misses the truth."""

_LEAST_CALLS: Final = 2
"""Of an arm of fewer no interval can be told."""


@dataclass(frozen=True)
class Amounts:
    """USD, seconds and failed calls saved; None where that was not measured. Less than nothing is a loss."""

    usd: Interval | None = None
    seconds: Interval | None = None
    errors: Interval | None = None

    def each(self, change: Callable[[Interval], Interval]) -> Amounts:
        """Every amount changed in the same way; what was not measured stays so."""
        return Amounts(*(None if one is None else change(one) for one in (self.usd, self.seconds, self.errors)))


Pair = tuple[ArmStats, ArmStats]
"""Control and candidate."""

UNKNOWN: Final = Amounts()


def sum_of(amounts: Iterable[Amounts], adding: Callable[[Iterable[Interval]], Interval] = together) -> Amounts:
    """Amounts added up, each over those that were measured; None where none was."""
    held = tuple(amounts)
    usd, seconds, errors = (
        [interval for one in held if (interval := getattr(one, name)) is not None]
        for name in ("usd", "seconds", "errors")
    )
    return Amounts(*(adding(found) if found else None for found in (usd, seconds, errors)))


@dataclass(frozen=True)
class Sides:
    """Both arms of a change in one span: their exact totals, and by what the interval is told.

    That are the totals themselves where calls are dealt one by one; ``blocks``, the totals of each, where ``by_key``
    keys or else all calls are dealt by blocks of time: see :class:`~.arm.Paired` and :class:`~.arm.Blocks`.
    ``settling`` has calls and cost of what obeyed the arms while blocks settled: it compares nothing, but was paid.
    """

    control: ArmStats
    candidate: ArmStats
    blocks: tuple[Pair, ...] | None = None
    by_key: bool = False
    settling: Pair = (ArmStats(), ArmStats())

    @property
    def calls(self) -> tuple[int, int]:
        """All calls of control and candidate, those while blocks settled too."""
        one, two = self.settling
        return self.control.calls + one.calls, self.candidate.calls + two.calls

    @property
    def measured(self) -> bool:
        """Whether both sides have enough calls to be compared."""
        return min(self.control.calls, self.candidate.calls) >= _LEAST_CALLS

    def saved(self) -> Amounts:
        """What the candidate's calls saved: their number times how much dearer a call of the control was.

        USD are those of the calls alone that the values tell apart, where the primitive knows them: all others cost
        the same in both arms, and in their spread a small saving would be lost.
        """
        return Amounts(self._usd(), self._saved("seconds_mean"), self._saved("error_ratio"))

    def _usd(self) -> Interval | None:
        touched = self._touched()
        told = None if touched is None else touched._saved_with_aftermath()  # noqa: SLF001 - of the same class
        return self._saved("usd_per_call") if told is None else told

    def _saved_with_aftermath(self) -> Interval | None:
        """What was saved, less what the control's calls paid while blocks settled, for what the candidate's had left.

        Where the candidate's calls let an answer grow old, the first of the control's that comes fetches it.
        """
        told, one, settling = self._saved("usd_per_call"), self.control.mean("usd_per_call"), self.settling[0]
        return None if told is None or one is None else told.shifted(settling.calls * one - settling.cost_usd)

    def _touched(self) -> Sides | None:
        """Both sides with such calls only, less what was expected; None where they are not known, or are too few."""
        one, two = self.control.where_touched(), self.candidate.where_touched()
        if one is None or two is None:
            return None
        if self.blocks is None:
            return None if self.control.expected_usd or self.candidate.expected_usd else _measured(Sides(one, two))
        pairs = [(control.where_touched(), candidate.where_touched()) for control, candidate in self.blocks]
        known = tuple((one, two) for one, two in pairs if one is not None and two is not None)
        settling = self.settling[0].where_touched(), self.settling[1].where_touched()
        if settling[0] is None or settling[1] is None:
            return None
        return _measured(Sides(one, two, known, self.by_key, (settling[0], settling[1])))

    def _arms(self) -> tuple[Arm, Arm]:
        if self.blocks is None:
            return self.control, self.candidate
        controls, candidates = [one for one, _ in self.blocks], [two for _, two in self.blocks]
        return Paired.of(controls, candidates) if self.by_key else (Blocks.of(controls), Blocks.of(candidates))

    def _saved(self, measure: str) -> Interval | None:
        exact = measure == "usd_per_call"
        one = self.control.mean(measure)
        two = (self.candidate + self.settling[1] if exact else self.candidate).mean(measure)
        effect = compare(measure, *self._arms(), ALPHA)
        if one is None or two is None or effect is None:
            return None
        down, up = effect.difference - effect.low, effect.high - effect.difference
        return Interval(one - two - up, one - two, one - two + down).times(self.calls[1])


def _measured(sides: Sides) -> Sides | None:
    return sides if sides.measured else None


@dataclass(frozen=True)
class Booking:
    """What one change came to in one window.

    ``calls`` are those that obeyed the new value and ``control_calls`` those that were kept on the old one;
    ``root_calls`` those of the outermost primitive around it, by which amounts are carried over. ``claimed`` is what
    the change's own arms or estimate say, ``saved`` what is left of it when every dollar counts once.
    ``holdout_usd`` is what the calls on the old value would have saved. ``service_usd`` is the service's metered
    spend, ``baseline_usd`` what its calls would have cost as before the first of the changes that count;
    ``priced_ratio`` the share of its model calls that had a price. ``ageing_since`` is set where an estimate stands.
    """

    rollout: str
    subject: Subject
    tunable: str
    window: Window
    basis: SavingBasis
    calls: float
    control_calls: float
    claimed: Amounts
    saved: Amounts
    prices: Prices
    root_calls: float | None = None
    holdout_usd: float = 0.0
    service_usd: float | None = None
    baseline_usd: float | None = None
    baseline: str = ""
    """The first of the changes that count, whose pinned window before it began tells ``baseline_usd``."""
    priced_ratio: float | None = None
    ageing_since: float | None = None
    behind: str = ""
    """The later change on the same calls, behind which this one's arms no longer tell what it saved by itself."""

    @property
    def usd(self) -> float:
        """The best guess of what was saved; 0 where it was not measured."""
        return self.saved.usd.mid if self.saved.usd is not None else 0.0

    @property
    def live(self) -> bool:
        """Whether the amounts come from arms that ran side by side in this very window."""
        return self.basis in ("measured", "holdout") and not self.behind


@dataclass(frozen=True)
class Rate:
    """What a change saves a call of its own primitive, and for each call of the outermost one; since when it ages."""

    per_call: Amounts
    calls_per_root: float
    until: float

    def of_calls(self, calls: float, at: float) -> Amounts:
        """What so many of its own calls save, at a moment after it was measured."""
        return self._aged(self.per_call, calls, at)

    def of_root_calls(self, calls: float, share: float, at: float) -> Amounts:
        """What it saves in so many calls of the outermost primitive, of which a share obeys the new value."""
        return self._aged(self.per_call, calls * self.calls_per_root * share, at)

    def _aged(self, amounts: Amounts, times: float, at: float) -> Amounts:
        return amounts.each(lambda one: aged(one.times(times), at - self.until))


def rate_of_verdict(verdict: Verdict, at: float) -> Rate | None:
    """What a confirmed verdict promises for each call; None for any other."""
    if verdict.outcome != "confirmed":
        return None
    effects = {effect.measure: effect for effect in verdict.effects}
    found = [next((effects[name] for name in names if name in effects), None) for names in _MEASURES]
    amounts = (None if one is None else Interval(-one.high, -one.difference, -one.low) for one in found)
    return Rate(Amounts(*amounts), 1.0, at)


_MEASURES: Final = (
    ("usd_per_call", "usd_per_routed_call", "service_usd_per_call"),
    ("seconds_mean",),
    ("error_ratio",),
)
"""Measures of USD, seconds and errors for one call, the surest first."""


def rate_of_bookings(bookings: Iterable[Booking]) -> Rate | None:
    """The rate that live bookings show together; None without any that counted calls."""
    live = [one for one in bookings if one.live and one.calls > 0]
    if not live:
        return None
    calls = sum(one.calls for one in live)
    per_call = sum_of((one.claimed for one in live), independent).each(lambda one: one.times(1 / calls))
    return Rate(per_call, calls_per_root(live), max(one.window.end for one in live))


def calls_per_root(bookings: Iterable[Booking]) -> float:
    """Calls of a change's primitive for one of the outermost; 1 where that is not known."""
    known = [one for one in bookings if one.root_calls]
    roots = sum(one.root_calls or 0.0 for one in known)
    return sum(one.calls + one.control_calls for one in known) / roots if roots else 1.0
