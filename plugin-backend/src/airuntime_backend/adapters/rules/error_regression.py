"""Calls fail more often than they ever did at this time."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told
from .rule import began as _began


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'error_ratio', '.1%')} of calls fail now"
        + _began(finding)
        + ": look at the error classes and at what "
        "was changed there (a key, a quota, a release), and take it back or mend it."
    )


RULE: Final = Rule(
    id="error_regression",
    finding="error_regression",
    needs=("error_ratio",),
    questions=(Question("opentelemetry-api", "How to record exceptions on spans?"),),
    remedy=_remedy,
)
