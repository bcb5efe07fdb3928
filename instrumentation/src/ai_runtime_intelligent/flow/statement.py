"""Statement: what the bookings of a span add up to, change by change, with the optimiser's own spend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from .booking import Amounts, Booking, sum_of
from .interval import Interval, independent
from .saving import Prices
from .signal import Subject


@dataclass(frozen=True)
class Line:
    """One change: what it saved in the bookings of the span.

    ``holdout_usd`` is what keeping calls on the old value cost; ``net_usd`` is ``saved.usd`` without it. ``bill_usd``
    is the service's metered spend in the same windows, ``without_usd`` what it would have been without this change.
    """

    rollout: str
    subject: Subject
    tunable: str
    saved: Amounts
    claimed: Amounts
    holdout_usd: float
    bill_usd: float | None
    bookings: tuple[Booking, ...]

    @property
    def net_usd(self) -> Interval | None:
        """USD saved, the price of knowing it subtracted."""
        return None if self.saved.usd is None else self.saved.usd.shifted(-self.holdout_usd)

    @property
    def without_usd(self) -> Interval | None:
        """The bill that would have come without this change."""
        if self.bill_usd is None or self.saved.usd is None:
            return None
        return self.saved.usd.shifted(self.bill_usd)

    @property
    def roi(self) -> float | None:
        """Net USD for each USD that it cost to know; None where it cost nothing."""
        return self.net_usd.mid / self.holdout_usd if self.net_usd is not None and self.holdout_usd > 0 else None

    @property
    def ageing_since(self) -> float | None:
        """From when on the newest booking is an estimate; None while it is measured."""
        return self.bookings[-1].ageing_since


@dataclass(frozen=True)
class Statement:
    """All changes, the first applied first. ``model_usd`` is what the optimiser spent on models of its own."""

    lines: tuple[Line, ...]
    model_usd: float
    prices: tuple[Prices, ...]

    @property
    def saved(self) -> Amounts:
        """Everything that was saved."""
        return sum_of(line.saved for line in self.lines)

    @property
    def own_usd(self) -> float:
        """What the optimiser cost: its models, and calls that were kept on old values."""
        return self.model_usd + sum(line.holdout_usd for line in self.lines)

    @property
    def net_usd(self) -> Interval | None:
        """USD saved, all that the optimiser cost subtracted; the cost alone when nothing was measured."""
        usd = self.saved.usd
        if usd is None:
            return None if not self.own_usd else Interval(-self.own_usd, -self.own_usd, -self.own_usd)
        return usd.shifted(-self.own_usd)

    @property
    def roi(self) -> float | None:
        """Net USD for each USD that the optimiser cost; None where it cost nothing."""
        return self.net_usd.mid / self.own_usd if self.net_usd is not None and self.own_usd > 0 else None

    @property
    def priced_ratio(self) -> float | None:
        """The lowest share of model calls with a price in any window, 0..1; None where none was read."""
        known = [one.priced_ratio for line in self.lines for one in line.bookings if one.priced_ratio is not None]
        return min(known, default=None)


def state(bookings: Iterable[Booking], order: Sequence[str], model_usd: float) -> Statement:
    """Add bookings up. ``order`` names the rollouts in the order of application."""
    place = {rollout: index for index, rollout in enumerate(order)}
    held = sorted(bookings, key=lambda one: (place.get(one.rollout, len(place)), one.rollout, one.window.start))
    lines = tuple(_line(tuple(group)) for _, group in groupby(held, key=lambda one: one.rollout))
    prices = tuple(dict.fromkeys(one.prices for one in held))
    return Statement(lines, model_usd, prices)


def _line(bookings: tuple[Booking, ...]) -> Line:
    first = bookings[0]
    bills = [one.service_usd for one in bookings if one.service_usd is not None]
    return Line(
        first.rollout,
        first.subject,
        first.tunable,
        _added(bookings, "saved"),
        _added(bookings, "claimed"),
        sum(one.holdout_usd for one in bookings),
        sum(bills) if bills else None,
        bookings,
    )


def _added(bookings: Iterable[Booking], name: str) -> Amounts:
    """Windows that were measured are independent of one another; estimates all hang on the same measurement."""
    held = tuple(bookings)
    live = sum_of((getattr(one, name) for one in held if one.live), independent)
    return sum_of((live, *(getattr(one, name) for one in held if not one.live)))
