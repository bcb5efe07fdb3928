"""Judging: by which measures of its arms a change is judged, as its suggestion asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import log
from statistics import NormalDist
from typing import Final

from ai_runtime_intelligent.contract.kinds import ARM_NAMES
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.rollout import Dealing
from ai_runtime_intelligent.flow.suggestion import Guardrail, Suggestion
from ai_runtime_intelligent.flow.verdict import Policy

from airuntime_backend.errors import ConflictError

_REPORTED: Final = ("usd_per_call", "seconds_mean", "error_ratio")
"""What a change is worth is told in these, whatever it is judged by."""

_WATCHED: Final = (
    Guardrail("error_ratio", 0.02, shown="never"),
    Guardrail("seconds_p95", 0.25, relative=True, shown="never"),
    Guardrail("usd_per_call", 0.1, relative=True, shown="never"),
    Guardrail("quality_mean", 0.02, relative=True, worse="lower", shown="never"),
)
"""What no change may do, though its suggestion says nothing of it."""

_TAIL: Final = 0.05
_Z95: Final = NormalDist().inv_cdf(1 - _TAIL)


def check(suggestion: Suggestion) -> None:
    """Raise ConflictError for a suggestion that sets nothing, or whose claim no arm measures."""
    if suggestion.step is None:
        raise ConflictError(
            f"suggestion {suggestion.id} changes the {suggestion.target} alone, so there is no value to apply: try its "
            f"patch (airuntime patch {suggestion.id})",
            field="tunable",
        )
    measure = suggestion.expected.measure
    if measure not in ARM_NAMES:
        raise ConflictError(
            f"{measure} is not measured on both sides of an experiment: the claim could not be judged",
            field="expected.measure",
            value=measure,
            expected=", ".join(sorted(ARM_NAMES)),
        )


def policy_of(suggestion: Suggestion, dealing: Dealing, control: ArmStats, candidate: ArmStats) -> Policy:
    """The policy for what has been counted so far."""
    goal = ARM_NAMES[suggestion.expected.measure]
    stated = [rail for one in suggestion.guardrails for rail in _mapped(one, dealing)]
    named = {goal, *(rail.measure for rail in stated)}
    more = [rail for one in _WATCHED for rail in _mapped(one, dealing) if rail.measure not in named]
    rails = (*stated, *(rail for rail in more if _measured(rail, control, candidate)))
    named |= {rail.measure for rail in rails}
    also = tuple(name for name in _REPORTED if name not in named)
    return Policy(goal, suggestion.expected.direction, rails, also, cleared=True)


def _mapped(rail: Guardrail, dealing: Dealing) -> Iterator[Guardrail]:
    """The rail in what arms measure; nothing where the old value's percentile is not known."""
    if rail.measure != "seconds_p95":
        yield replace(rail, measure=ARM_NAMES.get(rail.measure, rail.measure))
    elif dealing.slow_p95 is not None:
        growth = rail.max_increase if rail.relative else rail.max_increase / dealing.slow_p95
        yield replace(rail, measure="slow_p95_ratio", max_increase=slower_share(growth), relative=False)


def slower_share(growth: float) -> float:
    """How much more than 5 % of the calls exceed the old 95th percentile when the percentile grows by that share.

    Exact for log-normal seconds with sigma 1, which is a usual spread of what waits for a model.
    """
    return 1 - NormalDist().cdf(_Z95 - log(1 + growth)) - _TAIL


def _measured(rail: Guardrail, control: ArmStats, candidate: ArmStats) -> bool:
    """Whether there is anything to watch: a service may cost nothing, and rate nothing."""
    if rail.measure == "usd_per_call":
        return bool(control.cost_usd or candidate.cost_usd)
    if rail.measure == "quality_mean":
        return bool(control.rated and candidate.rated)
    return True
