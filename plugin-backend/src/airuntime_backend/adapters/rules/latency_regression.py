"""Calls take longer than they ever did at this time."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told
from .rule import began as _began


def _remedy(finding: Finding) -> str:
    return (
        f"A call takes {told(finding, 'seconds_mean')} s now"
        + _began(finding)
        + ": look for what was changed there (a deploy, a "
        "model, a prompt, more data), and take it back or mend it."
    )


RULE: Final = Rule(
    id="latency_regression",
    finding="latency_regression",
    needs=("seconds_mean",),
    questions=(Question("opentelemetry-api", "How to find the slow span of a trace?"),),
    remedy=_remedy,
)
