"""The policy held against one change: who refuses it, why, and from when on it would be allowed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.errors import BeyondPolicyError, NotNowError
from airuntime_backend.policy import DAY_MINUTES, DAYS, Freeze, Policy, matches

from .freeze import frozen, iso
from .radius import Radius

_FIELD: Final = "policy"


@dataclass(frozen=True)
class Refusal:
    """Which rule of the policy refuses, and why.

    ``until`` is the moment (Unix seconds) from which on it would not; None when only another policy would allow it
    (``lasting``), or when no such moment is in sight.
    """

    rule: str
    why: str
    until: float | None = None
    lasting: bool = False

    def error(self, zone: str) -> BeyondPolicyError | NotNowError:
        """The refusal as it is told to whoever asked."""
        told = f"the policy refuses it ({self.rule}): {self.why}"
        field = f"{_FIELD}.{self.rule}"
        if self.lasting:
            return BeyondPolicyError(told, field=field)
        if self.until is None:
            return NotNowError(told, field=field)
        when = iso(self.until, zone)
        return NotNowError(f"{told}; it is allowed from {when}", field=field, expected=when)


def refusal(
    policy: Policy, suggestion: Suggestion, radius: Radius | None, begun: Iterable[float], now: float
) -> Refusal | None:
    """The first rule of the policy that refuses the change now; those that refuse it whenever come first.

    Args:
        policy: the policy.
        suggestion: what is to be changed.
        radius: what the change reaches; it may be None where the policy does not limit it.
        begun: when changes were begun, Unix seconds.
        now: Unix seconds.
    """
    return next((one for one in _refusals(policy, suggestion, radius, begun, now)), None)


def limits_radius(policy: Policy) -> bool:
    """Whether the radius of a change has to be measured."""
    return policy.blast_radius.calls is not None or policy.blast_radius.spend is not None


def _refusals(
    policy: Policy, suggestion: Suggestion, radius: Radius | None, begun: Iterable[float], now: float
) -> Iterator[Refusal]:
    service, rule = suggestion.subject.service, suggestion.rule
    if not matches(policy.services, service):
        yield Refusal("services", f"{service} is none of {', '.join(policy.services) or 'none'}", lasting=True)
    if not matches(policy.rules, rule):
        yield Refusal("rules", f"{rule} is none of {', '.join(policy.rules) or 'none'}", lasting=True)
    if limits_radius(policy):
        yield from _too_wide(policy, radius or Radius(None, None))
    found = frozen(policy.freeze, policy.time_zone, now)
    if found is not None:
        window = found.window
        yield Refusal(f"freeze.{window.name}", describe(window, policy.time_zone), found.until)
    if policy.changes_per_day is not None:
        yield from _too_many(policy, policy.changes_per_day, begun, now)


def _too_wide(policy: Policy, radius: Radius) -> Iterator[Refusal]:
    limits = policy.blast_radius
    told = (("calls", limits.calls, radius.calls, "calls"), ("spend", limits.spend, radius.spend, "spend"))
    for name, limit, share, what in told:
        rule = f"blast_radius.{name}"
        if limit is not None and share is None:
            yield Refusal(rule, f"it is not measured which share of all {what} it reaches; start when it is")
        elif limit is not None and share is not None and share > limit:
            yield Refusal(rule, f"it reaches {share:.1%} of all {what}, at most {limit:.1%} are allowed", lasting=True)


def _too_many(policy: Policy, most: int, begun: Iterable[float], now: float) -> Iterator[Refusal]:
    today = begun_today(policy, begun, now)
    if today >= most:
        zone = ZoneInfo(policy.time_zone)
        day = datetime.fromtimestamp(now, zone).date()
        morning = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
        until = morning.timestamp() if most else None
        yield Refusal("changes_per_day", f"{today} of at most {most} changes were begun today", until)


def begun_today(policy: Policy, begun: Iterable[float], now: float) -> int:
    """How many changes were begun on the day of ``now`` in the policy's time zone."""
    zone = ZoneInfo(policy.time_zone)
    day = datetime.fromtimestamp(now, zone).date()
    return sum(datetime.fromtimestamp(at, zone).date() == day for at in begun)


def describe(window: Freeze, zone: str) -> str:
    """A freeze window in words."""
    days = "every day" if set(window.days) == set(DAYS) else f"on {', '.join(window.days)}"
    times = (
        f" from {_clock(window.from_)} to {_clock(window.to)}" if (window.from_, window.to) != (0, DAY_MINUTES) else ""
    )
    since = f" since {window.since:%Y-%m-%d %H:%M}" if window.since else ""
    until = f" until {window.until:%Y-%m-%d %H:%M}" if window.until else ""
    reason = f": {window.reason}" if window.reason else ""
    return f"nothing is changed {days}{times}{since}{until} ({window.time_zone or zone}){reason}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
