"""Advice for the code of a caller that awaits its calls one after the other: to await them together.

The bound is Amdahl's: what the calls take of the caller shrinks to that of so many at once, the rest stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Final

from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Tunable

from airuntime_backend.ports import Case

from .rule import ERRORS, measured

AT_ONCE: Final = 8
"""How many calls of a loop run at once where nothing says how many may."""
_LIMITS: Final = ("max_concurrency", "limit")
_SIDE_BY_SIDE: Final = 1.2
"""Shares of the caller beyond this are of calls that overlap already."""


def limit_of(tunables: Mapping[str, Tunable]) -> int | None:
    """How many calls of a primitive may run at once, as its own tunables say; None when they do not."""
    values = [tunables[name].value for name in _LIMITS if name in tunables]
    return max(1, int(min(values))) if values else None


def together(rule: str, case: Case) -> Advice | None:
    """Advice to await the calls of the finding's primitive together in its one caller."""
    numbers = tuple(measured(case.finding, name) for name in ("calls_per_caller", "share_of_caller", "seconds_mean"))
    times, share, seconds = numbers
    if not times or not share or not seconds or share > _SIDE_BY_SIDE or len(case.callers) != 1:
        return None
    caller, at_once = case.callers[0], min(limit_of(case.tunables) or AT_ONCE, ceil(times))
    if times < 2 or at_once < 2:  # noqa: PLR2004 - one call is with nobody
        return None
    now, left = times * seconds / share, 1 - min(share, 1.0) * (1 - 1 / at_once)
    name = case.primitive.name
    claim = (
        f"{caller.name} awaits {times:.1f} calls of {name} one after the other, {seconds * 1000:.0f} ms each, and they "
        f"take {min(share, 1.0):.0%} of its time. Up to {at_once} at once, they take as long as the slowest of them."
    )
    return Advice(
        rule=rule,
        tunable=None,
        to=None,
        title=f"Await the calls of {name} in {caller.name} together instead of one after the other",
        claim=claim,
        expected=Expected("seconds_mean", "s", "lower", now, now * left * 0.8, now * (1 + left) / 2),
        guardrails=(ERRORS,),
        risk="medium",
        subject=Subject(case.finding.subject.service, caller.name, caller.kind),
    )
