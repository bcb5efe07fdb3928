"""Looking: what a rollout's arms have counted so far, and what that says."""

from __future__ import annotations

from dataclasses import replace

from ai_runtime_intelligent.contract import rollouts
from ai_runtime_intelligent.flow.arm import Arm, ArmStats, Blocks, Paired
from ai_runtime_intelligent.flow.rollout import Dealing, Rollout
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import assess

from airuntime_backend.ports import Metrics, Progress, Replicas

from .arms import ArmReader, Arms
from .judging import policy_of
from .pace import Pace


class Looker:
    """Looks at one rollout at a time. Raises ``UpstreamError`` or ``BadRequestError``."""

    def __init__(self, metrics: Metrics, pace: Pace) -> None:
        self._reader = ArmReader(metrics)
        self._pace = pace

    def begun(self, rollout: Rollout, replicas: Replicas, now: float) -> Progress:
        """A look before anything was counted."""
        return Progress(rollout.id, now, replicas, ArmStats(), ArmStats(), now)

    def look(
        self, rollout: Rollout, suggestion: Suggestion, replicas: Replicas, now: float, before: Progress | None
    ) -> Progress:
        """What both arms have counted since the rollout began, and the verdict on it."""
        dealing = rollout.dealing or Dealing()
        totals = self._reader.read(rollout, rollout.baseline.end, now)
        arms = self._arms(rollout, dealing, totals, now)
        verdict = assess(policy_of(suggestion, dealing, *totals), *arms, (rollouts.totals(rollout.id),))
        counted = before.control.calls + before.candidate.calls if before else 0
        grew = totals[0].calls + totals[1].calls > counted
        since = before.grew if before is not None and not grew else now
        return Progress(rollout.id, now, replicas, *totals, since, verdict)

    def noted(self, look: Progress, why: str) -> Progress:
        """The same look with what came of it."""
        return replace(look, note=why)

    def _arms(self, rollout: Rollout, dealing: Dealing, totals: Arms, now: float) -> tuple[Arm, Arm]:
        if dealing.block_seconds is None:
            return totals
        blocks = self._reader.blocks(rollout, now, dealing.block_seconds, dealing.settle_seconds)
        control, candidate = [one for one, _ in blocks], [two for _, two in blocks]
        return Paired.of(control, candidate) if dealing.scope == "key" else (Blocks.of(control), Blocks.of(candidate))
