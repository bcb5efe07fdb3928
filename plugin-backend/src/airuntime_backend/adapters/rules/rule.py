"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Guardrail

from airuntime_backend.ports import Case, Question

ERRORS = Guardrail("error_ratio", 0.02)
"""No change may add two failures to a hundred calls."""


@dataclass(frozen=True)
class Rule:
    """One rule: the finding that it answers, what to look up for it, and its advice."""

    id: str
    finding: str
    questions: tuple[Question, ...]
    advise: Callable[[Case], Advice | None]


def measured(finding: Finding, measure: str) -> float | None:
    """The value of one of the finding's signals; None when it was not measured."""
    return next((signal.value for signal in finding.signals if signal.measure == measure), None)
