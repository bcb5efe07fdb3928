"""One call for each item where one for all would do."""

from __future__ import annotations

from functools import partial
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told
from .together import together


def _remedy(finding: Finding) -> str:
    return (
        f"It is called {told(finding, 'calls_per_caller', '.1f')} times for one call of its caller: ask for all "
        "items at once "
        "(a batch end point, WHERE id IN, a loader that collects), or keep what was asked before."
    )


RULE: Final = Rule(
    id="n_plus_one",
    finding="n_plus_one",
    needs=("calls_per_caller", "share_of_caller", "seconds_mean"),
    questions=(Question("aiodataloader", "How to batch many single loads into one call?"),),
    remedy=_remedy,
    mend=partial(together, "n_plus_one"),
)
