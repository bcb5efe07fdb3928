"""Advice by rules: deterministic, always there, no key needed."""

from __future__ import annotations

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice

from airuntime_backend.ports import Case, Question

from .rules import RULES
from .rules.rule import Rule


class RulesAdvisor:
    """Asks the rule that answers the finding."""

    def __init__(self, rules: tuple[Rule, ...] = RULES) -> None:
        self._by_finding = {rule.finding: rule for rule in rules}

    def advise(self, case: Case) -> Advice | None:
        """Advice for the finding; None when no rule answers it or there is nothing to change."""
        rule = self._by_finding.get(case.finding.name)
        return (rule.advise(case) or rule.mend(case)) if rule else None

    def questions(self, case: Case) -> tuple[Question, ...]:
        """What documentation would ground the advice."""
        rule = self._by_finding.get(case.finding.name)
        return rule.questions if rule else ()

    def remedy(self, finding: Finding) -> str:
        """What a person may do about the finding; empty when no rule answers it."""
        rule = self._by_finding.get(finding.name)
        return rule.remedy(finding) if rule else ""
