"""What a rule of the embedded loop is: from a finding and the primitive's tunables to advice, without a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Guardrail, Tunable

ERRORS: Final = Guardrail("error_ratio", 0.02)
"""No change may add two failures to a hundred calls."""

Advise = Callable[[Finding, Mapping[str, Tunable]], Advice | None]


@dataclass(frozen=True)
class Rule:
    """One rule, the finding that it answers, and what to ask the documentation of which library for it.

    It claims a measure that the arms of an experiment have (``ARM_MEASURES`` of the contract), so that the embedded
    loop can judge it.
    """

    finding: str
    advise: Advise
    library: str
    question: str


def measured(finding: Finding, measure: str) -> float | None:
    """The value of one of the finding's signals; None when it was not measured."""
    return next((signal.value for signal in finding.signals if signal.measure == measure), None)
