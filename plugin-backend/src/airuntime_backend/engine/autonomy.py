"""Autonomy: how far each rule may go by itself, by the policy and by what became of its predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice
from ai_runtime_intelligent.flow.trust import Prediction, trust, usual_error

from airuntime_backend.errors import PolicyUnreadableError
from airuntime_backend.policy import Autonomy, Earn, Level, Policy
from airuntime_backend.ports import Advisor, Case, Ledger, Policies, Question

from .predictions import by_rule, predictions


@dataclass(frozen=True)
class Standing:
    """How far a rule may go: what the policy asks for, what its record bears out, and why."""

    rule: str
    asked: Level
    level: Level
    why: str


def standing(rule: str, autonomy: Autonomy, tried: Sequence[Prediction]) -> Standing:
    """How far the rule may go. *auto* is earned by its judged predictions, given oldest first, and lost by them."""
    asked = autonomy.asked(rule)
    if asked != "auto":
        return Standing(rule, asked, asked, "as the policy says")
    lacking = _lacking(autonomy.earn, tried)
    if lacking:
        return Standing(rule, asked, "apply-with-approval", lacking)
    return Standing(rule, asked, "auto", f"earned: {len(tried)} predictions judged, trust {trust(tried):.2f}")


def _lacking(earn: Earn, tried: Sequence[Prediction]) -> str:
    """What the record lacks for *auto*; empty when it lacks nothing."""
    if len(tried) < earn.tried:
        return f"auto is not earned yet: {len(tried)} of the {earn.tried} predictions that it takes were judged"
    recent = tried[-earn.recent :]
    missed = sum(one.held == "missed" for one in recent)
    if missed:
        return f"auto is not borne out: {missed} of its last {len(recent)} predictions missed"
    if trust(tried) < earn.trust:
        return f"auto is not borne out: its trust is {trust(tried):.2f}, at least {earn.trust:.2f} is asked"
    error = usual_error(tried)
    if error is not None and error > earn.usual_error:
        return f"auto is not borne out: its usual error is {error:.0%}, at most {earn.usual_error:.0%} is allowed"
    return ""


def standings(rules: Sequence[str], policy: Policy, ledger: Ledger) -> tuple[Standing, ...]:
    """How far each of the rules may go now."""
    tried = by_rule(predictions(ledger))
    return tuple(standing(rule, policy.autonomy, tried.get(rule, ())) for rule in rules)


class Muted:
    """An advisor whose rules that are off give no advice; what they find is still told."""

    def __init__(self, advisor: Advisor, policies: Policies) -> None:
        self._advisor = advisor
        self._policies = policies

    def advise(self, case: Case) -> Advice | None:
        """Advice for the finding; None when there is none, or its rule is off."""
        advice = self._advisor.advise(case)
        if advice is None or self._asked(advice.rule) == "off":
            return None
        return advice

    def questions(self, case: Case) -> tuple[Question, ...]:
        """What documentation would ground the advice."""
        return self._advisor.questions(case)

    def remedy(self, finding: Finding) -> str:
        """What a person may do about the finding."""
        return self._advisor.remedy(finding)

    def _asked(self, rule: str) -> Level:
        """As the policy says; with one that cannot be read rules still suggest, for nothing can be changed."""
        try:
            return self._policies.policy().autonomy.asked(rule)
        except PolicyUnreadableError:
            return "suggest"
