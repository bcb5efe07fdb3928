"""Predictions: what the rules claimed, beside what the verdicts then measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ai_runtime_intelligent.contract.kinds import ARM_NAMES
from ai_runtime_intelligent.flow.ranking import rank
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.trust import Prediction, judge, trust

from airuntime_backend.ports import Ledger

UNTRIED: Final = trust(())
"""How far a rule is believed before it was ever tried."""


def predictions(ledger: Ledger) -> dict[str, Prediction]:
    """By suggestion: of each that was tried and could be judged, oldest first."""
    verdicts = ledger.verdicts()
    suggestions = {record.suggestion.id: record.suggestion for record in ledger.suggestions()} if verdicts else {}
    found: dict[str, Prediction] = {}
    for rollout in ledger.rollouts() if verdicts else ():
        verdict, suggestion = verdicts.get(rollout.id), suggestions.get(rollout.change.suggestion)
        goal = verdict.goal if verdict is not None else None
        if verdict is None or suggestion is None or goal is None or not same(goal.measure, suggestion.expected.measure):
            continue
        held = judge(suggestion.rule, suggestion.expected, verdict.outcome, goal.before, goal.after)
        if held is not None:
            found[suggestion.id] = held
    return found


def same(one: str, other: str) -> bool:
    """Whether both name the very same number: arms have names of their own for some."""
    return ARM_NAMES.get(one, one) == ARM_NAMES.get(other, other)


def by_rule(found: Mapping[str, Prediction]) -> dict[str, tuple[Prediction, ...]]:
    """The same by rule."""
    rules: dict[str, tuple[Prediction, ...]] = {}
    for one in found.values():
        rules[one.rule] = (*rules.get(one.rule, ()), one)
    return rules


def trusted(ledger: Ledger) -> dict[str, float]:
    """How far each rule that was ever tried is believed, 0..1."""
    return {rule: trust(held) for rule, held in by_rule(predictions(ledger)).items()}


def rank_of(suggestion: Suggestion, believed: Mapping[str, float]) -> float:
    """What it is worth to look at a suggestion first, 0..1, with what its rule is believed."""
    return rank(suggestion, believed.get(suggestion.rule, UNTRIED))
