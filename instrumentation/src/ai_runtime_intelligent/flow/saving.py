"""Saving: what one kept change is worth, as an interval, its own cost subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .identity import identify
from .interval import Interval
from .signal import Subject
from .verdict import Effect, Verdict

__all__ = ["Interval", "Prices", "Saving", "SavingError", "account"]


class SavingError(ValueError):
    """Raised for a verdict that is not confirmed, and for prices without a date."""


@dataclass(frozen=True)
class Prices:
    """By which prices USD were counted: the table's name and version, and its date (ISO 8601)."""

    source: str
    as_of: str


@dataclass(frozen=True)
class Saving:
    """What one change saves an hour at the traffic of its verdict; None where that was not measured."""

    id: str
    verdict: str
    subject: Subject
    since: float
    usd_per_hour: Interval | None
    seconds_per_hour: Interval | None
    errors_per_hour: Interval | None
    own_usd_per_hour: float
    prices: Prices


def account(
    verdict: Verdict,
    subject: Subject,
    *,
    calls_per_hour: float,
    prices: Prices,
    at: float,
    own_usd_per_hour: float = 0.0,
) -> Saving:
    """Turn a confirmed verdict into what it saves an hour.

    Args:
        verdict: the confirmed verdict.
        subject: whose calls they are.
        calls_per_hour: executions of the primitive an hour.
        prices: by which USD were counted.
        at: from when on it saves, Unix seconds.
        own_usd_per_hour: what the optimiser itself spends on this change.

    Raises:
        SavingError: the verdict is not confirmed, or the prices have no date.
    """
    if verdict.outcome != "confirmed":
        raise SavingError(f"verdict {verdict.id} is {verdict.outcome}: only a confirmed change saves")
    if not prices.as_of:
        raise SavingError(f"prices of {prices.source} have no date")
    effects = {effect.measure: effect for effect in verdict.effects}
    usd = next((effects[measure] for measure in _USD if measure in effects), None)
    return Saving(
        id=identify("saving", verdict.id),
        verdict=verdict.id,
        subject=subject,
        since=at,
        usd_per_hour=_hourly(usd, calls_per_hour, own_usd_per_hour),
        seconds_per_hour=_hourly(effects.get("seconds_mean"), calls_per_hour),
        errors_per_hour=_hourly(effects.get("error_ratio"), calls_per_hour),
        own_usd_per_hour=own_usd_per_hour,
        prices=prices,
    )


_USD: Final = ("usd_per_call", "usd_per_routed_call", "service_usd_per_call")
"""Measures of cost for one call, the surest first: of the arms side by side, of the router, of the whole service."""


def _hourly(effect: Effect | None, calls_per_hour: float, own: float = 0.0) -> Interval | None:
    """A fall of the measure is a saving: the signs turn, and with them the ends of the interval."""
    if effect is None:
        return None
    return Interval(-effect.high, -effect.difference, -effect.low).times(calls_per_hour).shifted(-own)
