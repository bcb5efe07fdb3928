"""One change on trial in this process: its rollout, the experiment that deals calls to both values, and its judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import ArmName
from ai_runtime_intelligent.flow.arm import Paired
from ai_runtime_intelligent.flow.change import Current, Setting, plan
from ai_runtime_intelligent.flow.growth import Growth, Step, next_share
from ai_runtime_intelligent.flow.rollout import Event, EventKind, Rollout, advance, start
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.suggestion import Suggestion, step_of
from ai_runtime_intelligent.flow.verdict import Arm, ArmStats, Blocks, Policy, Verdict, assess
from ai_runtime_intelligent.runtime.arms import Experiment
from ai_runtime_intelligent.runtime.tunables import TunableSpec

from .measures import seconds_quantile
from .numbers import Numbers, Source

WHO: Final = "airuntime"
"""Who acts when nobody asked."""

ALPHA: Final = 0.05
"""The probability of a wrong verdict."""

_FIELDS: Final = {metric.name: field for field, metric in metrics.ARM_TOTALS.items()}
_DURATIONS: Final = f"{metrics.DURATION.name}_bucket"
_BLOCK_SHARE: Final = 0.5


@dataclass(frozen=True)
class Pace:
    """How fast a trial may go: see :class:`Growth`, and ``block_seconds`` for what calls or keys share."""

    growth: Growth
    block_seconds: float


class TrialRun:
    """A change from its first calls to its verdict."""

    def __init__(
        self, source: Source, suggestion: Suggestion, spec: TunableSpec, pace: Pace, *, held: float | None, at: float
    ) -> None:
        """``held`` is the value that was kept of an earlier change, None when the declared one holds."""
        self.suggestion = suggestion
        self._source = source
        self._pace = pace
        self._scope = spec.scope
        self._by_blocks = spec.scope != "call"
        self._step = step_of(suggestion)
        current = Current(self._step.before, Setting(suggestion.subject.service, spec.name, held))
        share = _BLOCK_SHARE if self._by_blocks else pace.growth.steps[0]
        planned = start(plan(suggestion, current, WHO, at), Window(at, at), at, share)
        self.rollout: Rollout = advance(planned, Event("begin", at, WHO, suggestion.title))
        self._policy = Policy(
            suggestion.expected.measure, suggestion.expected.direction, suggestion.guardrails, alpha=ALPHA
        )
        self._slow = self._slow_bounds(at)
        self._blocks: dict[ArmName, list[ArmStats]] = {"control": [], "candidate": []}
        self._totals = self._read(at)

    @property
    def experiment(self) -> Experiment:
        """What the tunable is to run now."""
        seconds = self._pace.block_seconds
        return Experiment(
            self._step.tunable.name,
            self.rollout.id,
            self._step.after,
            self.rollout.share,
            "block" if self._scope == "process" else "call",
            seconds if self._by_blocks else None,
            seconds * 0.1 if self._by_blocks else 0.0,
            self._slow.get(0.95),
            self._slow.get(0.99),
        )

    def observed(self, at: float) -> None:
        """The process obeys."""
        self._move("observed", at, "the tunable runs the experiment")

    def judge(self, at: float) -> Verdict:
        """Look at what both values have done so far; the rollout moves on as the verdict allows."""
        control, candidate = self._arms(at)
        verdict = assess(self._policy, control, candidate)
        step = self._next(verdict, at)
        if step.event == "grown":
            self.rollout = advance(self.rollout, Event("grown", at, WHO, step.why, step.share))
        elif step.event is not None:
            self._move(step.event, at, step.why)
        return verdict

    def give_up(self, at: float, why: str) -> None:
        """End it without a verdict: the old value holds."""
        self._move("undo", at, why)

    def _move(self, kind: EventKind, at: float, why: str) -> None:
        self.rollout = advance(self.rollout, Event(kind, at, WHO, why))

    def _next(self, verdict: Verdict, at: float) -> Step:
        growth, elapsed = self._pace.growth, at - self.rollout.since
        if self._by_blocks:
            growth = replace(growth, steps=(_BLOCK_SHARE,))
        return next_share(growth, verdict, self.rollout.share, elapsed)

    def _arms(self, at: float) -> tuple[Arm, Arm]:
        before, self._totals = self._totals, self._read(at)
        if not self._by_blocks:
            return self._totals["control"], self._totals["candidate"]
        for arm, seen in self._blocks.items():
            seen.append(_difference(self._totals[arm], before[arm]))
        control, candidate = self._blocks["control"], self._blocks["candidate"]
        if self._scope == "key":
            return Paired.of(control, candidate)
        return Blocks.of(control), Blocks.of(candidate)

    def _read(self, at: float) -> dict[ArmName, ArmStats]:
        """The totals of both arms."""
        numbers = Numbers.of(self._source, at, _FIELDS)
        return {"control": self._stats(numbers, "control"), "candidate": self._stats(numbers, "candidate")}

    def _stats(self, numbers: Numbers, arm: ArmName) -> ArmStats:
        subject = self.suggestion.subject
        labels = (subject.primitive, subject.kind, self.rollout.id, arm)
        return ArmStats.of({field: numbers.samples[name].get(labels, 0) for name, field in _FIELDS.items()})

    def _slow_bounds(self, at: float) -> Mapping[float, float]:
        """Seconds that 95 and 99 of a hundred calls did not exceed under the old value."""
        numbers, subject = Numbers.of(self._source, at, [_DURATIONS]), self.suggestion.subject
        bounds = {quantile: seconds_quantile(numbers, quantile).get(subject) for quantile in (0.95, 0.99)}
        return {quantile: seconds for quantile, seconds in bounds.items() if seconds}


def _difference(now: ArmStats, before: ArmStats) -> ArmStats:
    return ArmStats.of({name: value - getattr(before, name) for name, value in vars(now).items()})
