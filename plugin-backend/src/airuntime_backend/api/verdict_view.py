"""Verdicts as the API shows them."""

from __future__ import annotations

from ai_runtime_intelligent.contract.kinds import ARM_NAMES, ARM_UNITS
from ai_runtime_intelligent.contract.promql import MEASURE
from ai_runtime_intelligent.flow.verdict import Effect, Verdict

from . import schemas


def verdict_view(verdict: Verdict) -> schemas.VerdictView:
    """A verdict with all its effects, the goal's apart."""
    effects = [_effect(effect) for effect in verdict.effects]
    return schemas.VerdictView(
        outcome=verdict.outcome,
        reason=verdict.reason,
        goal=effects[0] if effects else None,
        effects=effects,
        queries=list(verdict.queries),
    )


def _effect(effect: Effect) -> schemas.EffectView:
    unit = MEASURE[effect.measure].unit if effect.measure in MEASURE else ARM_UNITS[ARM_NAMES[effect.measure]]
    return schemas.EffectView.model_validate(vars(effect) | {"effect": effect.difference, "unit": unit})
