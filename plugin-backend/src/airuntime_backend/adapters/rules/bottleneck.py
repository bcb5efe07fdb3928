"""One primitive's own time makes up most of its service's."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"Its own work takes {told(finding, 'seconds_mean', '.1f')} s a call, not what it calls: profile it, and "
        "move what "
        "blocks off the event loop. Making anything else faster helps less."
    )


RULE: Final = Rule(
    id="bottleneck",
    finding="bottleneck",
    needs=("self_share", "seconds_mean"),
    questions=(Question("asyncio", "How to run blocking code in a thread with to_thread?"),),
    remedy=_remedy,
)
