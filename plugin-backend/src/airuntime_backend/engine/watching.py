"""Watching: both arms are measured and judged; the share grows, the change is kept or goes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ai_runtime_intelligent.flow.balance import missing
from ai_runtime_intelligent.flow.growth import Step, next_share
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.verdict import Verdict

from airuntime_backend.ports import Ledger, Move, Progress, Replicas

from .fleet import FleetReader, told
from .looking import Looker
from .pace import Pace
from .steps import Steps
from .worth import Worth

_LATER: Final = 10.0
"""How many times the old 95th percentile a call of the candidate may take longer before it counts as hanging."""


class Watching:
    """Looks at rollouts that are tried out. Raises ``UpstreamError`` or ``BadRequestError`` when it cannot."""

    def __init__(
        self, *, ledger: Ledger, pace: Pace, fleet: FleetReader, looker: Looker, steps: Steps, worth: Worth
    ) -> None:
        self._ledger = ledger
        self._pace = pace
        self._fleet = fleet
        self._looker = looker
        self._steps = steps
        self._worth = worth

    def look(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        """Where the evidence leads, or that it is out of sight or in sight again."""
        now, suggestion = self._steps.now(), self._ledger.suggestion(rollout.change.suggestion).suggestion
        replicas = self._fleet.read(rollout, now, seen.replicas if seen else None)
        look = self._looker.look(rollout, suggestion, replicas, now, seen)
        lost = self._lost(rollout, look)
        if lost:
            return self.out_of_sight(rollout, seen, lost)
        if rollout.held is not None:
            return self._steps.move(rollout, "resumed", told(replicas))
        return self._hung(rollout, look) or self._judge(rollout, look)

    def out_of_sight(self, rollout: Rollout, seen: Progress | None, why: str) -> Move | None:
        """Lost evidence: the share stands still, and when it stays lost, the change goes back."""
        if rollout.held is None:
            last = max(rollout.since, seen.at) if seen else rollout.since
            unseen = self._steps.since(rollout, last) >= self._pace.unseen_seconds
            told_so = f"the share stays at {rollout.share:g}: {why}"
            return self._steps.move(rollout, "held", told_so) if unseen else None
        if self._steps.since(rollout, rollout.held) < self._pace.lost_seconds:
            return None
        return self._steps.move(
            rollout,
            "error",
            f"for {self._pace.lost_seconds:.0f} s nothing could be measured, so it will be suggested again: {why}",
        )

    def _lost(self, rollout: Rollout, look: Progress) -> str:
        """Why what was looked at is no evidence; empty when it is."""
        replicas = look.replicas
        if not (replicas.obeying or replicas.lagging):
            return f"no replica reports the experiment ({told(replicas)})"
        if not replicas.obeying and self._steps.since(rollout, rollout.stepped) >= self._pace.obey_seconds:
            return f"no replica deals it the share of {rollout.share:g} ({told(replicas)})"
        if self._steps.since(rollout, look.grew) >= self._pace.quiet_seconds:
            return "no call of either arm was counted"
        return ""

    def _hung(self, rollout: Rollout, look: Progress) -> Move | None:
        """Harm that no arm can count: calls of the candidate that do not come to their end, or much later than others.

        It is looked for at the first share, which all calls of both arms were dealt by.
        """
        verdict, dealing = look.verdict, rollout.dealing
        if verdict is None or dealing is None or dealing.scope != "call":
            return None
        share = missing(look.control.calls, look.candidate.calls, rollout.share)
        patience = max(self._pace.growth.settle_seconds, _LATER * (dealing.slow_p95 or 0.0))
        if share * self._steps.since(rollout, rollout.stepped) < patience or self._has_grown(rollout):
            return None
        why = f"{share:.0%} of the calls dealt to the candidate have not ended: they hang, or few keys make most calls"
        return self._steps.move(rollout, "refuted", why, verdict=replace(verdict, outcome="refuted", reason=why))

    def _has_grown(self, rollout: Rollout) -> bool:
        return any(entry.action == "grown" for entry in self._ledger.audit(rollout.change.suggestion))

    def _judge(self, rollout: Rollout, look: Progress) -> Move | None:
        verdict, dealing = look.verdict, rollout.dealing
        if verdict is None or dealing is None:
            return None
        growth, elapsed = self._pace.growth_of(dealing.scope), self._steps.since(rollout, rollout.stepped)
        step = self._read_back(rollout, next_share(growth, verdict, rollout.share, elapsed), look.replicas, elapsed)
        self._ledger.put_progress(self._looker.noted(look, step.why))
        if step.event == "grown":
            return self._steps.move(rollout, step.event, step.why, step.share)
        return self._conclude(rollout, verdict, step) if step.event else None

    def _read_back(self, rollout: Rollout, step: Step, replicas: Replicas, elapsed: float) -> Step:
        """No more than what runs is believed: it neither grows nor is kept from a share that nobody is seen to deal."""
        waited = elapsed >= self._pace.obey_seconds
        seen = bool(replicas.obeying) and (waited or not replicas.late)
        if seen or step.event not in ("grown", "confirmed"):
            return step
        return Step(rollout.share, None, f"it is waited for replicas to deal the share of {rollout.share:g}")

    def _conclude(self, rollout: Rollout, verdict: Verdict, step: Step) -> Move | None:
        if step.event is None:
            return None
        kept = step.event == "confirmed"
        share = max(rollout.share, 1 - self._pace.holdout) if kept else None
        saving = self._worth.of(rollout, verdict) if kept else None
        return self._steps.move(rollout, step.event, step.why, share, verdict=verdict, saving=saving)
