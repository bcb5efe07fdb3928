"""Rules that scale: a concurrency limit at which calls queue is raised a step at a time, while that helps."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Guardrail, Tunable

from .rule import ERRORS, Rule, measured

_STEP: Final = 1.5
"""So much more at once: less is hard to tell from nothing, more may be too much for what is behind the limit."""


def _more_slots(finding: Finding, tunables: Mapping[str, Tunable]) -> Advice | None:
    limit, seconds = tunables.get("limit"), measured(finding, "seconds_mean")
    share = measured(finding, "queue_share")
    if limit is None or seconds is None or share is None:
        return None
    to = min(float(ceil(limit.value * _STEP)), limit.maximum)
    if to <= limit.value:
        return None
    claim = (
        f"Calls spend {share:.0%} of their time waiting for one of {limit.value:g} slots. If what is behind them can "
        f"take {to:g} at once, they wait less; if it cannot, they get slower or fail, and the limit goes back."
    )
    waited = seconds * min(share, 1.0)
    return Advice(
        rule="more_slots",
        tunable=limit,
        to=to,
        title=f"Let {to:g} calls of {finding.subject.primitive} run at once instead of {limit.value:g}",
        claim=claim,
        expected=Expected("seconds_mean", "s", "lower", seconds, seconds - waited, seconds - 0.1 * waited),
        guardrails=(ERRORS, Guardrail("slow_p95_ratio", 0.02)),
        risk="medium",
    )


RULES: Final = (Rule("narrow_limit", _more_slots, "asyncio", "How does a semaphore limit how many tasks run at once?"),)
