"""The experiments that a service takes part in, and has taken part in: their shares and totals as metrics."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import ARMS, ArmName
from ai_runtime_intelligent.runtime.arms import Experiment

from .joined import ArmTotals

if TYPE_CHECKING:
    from .recorder import Recorder

Owner = tuple[str, str]
"""Name and kind of a primitive."""

_Key = tuple[Owner, str, ArmName]
"""Whose arm, by rollout and name."""

ENDED_KEPT: Final = 20
"""Experiments whose totals are still shown after their end; older ones make room."""


class Trials:
    """Shows each experiment from its start on, its counters at 0, so that a rate sees their first increase."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._totals: dict[_Key, ArmTotals] = {}
        self._settling: dict[_Key, ArmTotals] = {}
        self._running: dict[str, tuple[Owner, Experiment]] = {}
        self._ended: deque[tuple[Owner, str]] = deque()

    def show(self, tunable: str, owner: Owner, experiment: Experiment | None) -> None:
        """Expose the shares of the experiment that runs on ``tunable`` now, and 0 for one that has ended."""
        before = self._running.pop(tunable, None)
        if experiment is not None:
            self._running[tunable] = (owner, experiment)
            if (owner, experiment.rollout) in self._ended:
                self._ended.remove((owner, experiment.rollout))
            for arm in ARMS:
                self.totals(owner, experiment, arm)
                if experiment.settle_seconds:
                    self.settling(owner, experiment, arm)
            self._show_shares(owner, experiment.rollout, experiment.share)
        if before is not None and (experiment is None or before[1].rollout != experiment.rollout):
            self._end(before[0], before[1].rollout)

    def totals(self, owner: Owner, experiment: Experiment, arm: ArmName) -> ArmTotals:
        """What the calls of an arm add to."""
        return self._of(self._totals, metrics.ARM_TOTALS, (owner, experiment.rollout, arm), experiment)

    def settling(self, owner: Owner, experiment: Experiment, arm: ArmName) -> ArmTotals:
        """What the calls of an arm add to while a time block settles."""
        return self._of(self._settling, metrics.SETTLING_TOTALS, (owner, experiment.rollout, arm), experiment)

    def _of(
        self, held: dict[_Key, ArmTotals], shown: Mapping[str, metrics.Metric], key: _Key, experiment: Experiment
    ) -> ArmTotals:
        found = held.get(key)
        if found is None:
            owner, rollout, arm = key
            cells = {name: self._recorder.number(one, (*owner, rollout, arm)) for name, one in shown.items()}
            found = held[key] = ArmTotals(cells, experiment.slow_p95, experiment.slow_p99)
        return found

    def _show_shares(self, owner: Owner, rollout: str, share: float, *, ended: bool = False) -> None:
        shares = {"control": 0.0 if ended else 1 - share, "candidate": 0.0 if ended else share}
        for arm, value in shares.items():
            self._recorder.number(metrics.ARM_SHARE, (*owner, rollout, arm)).set(value)

    def _end(self, owner: Owner, rollout: str) -> None:
        self._show_shares(owner, rollout, 0.0, ended=True)
        self._ended.append((owner, rollout))
        if len(self._ended) > ENDED_KEPT:
            self._forget(*self._ended.popleft())

    def _forget(self, owner: Owner, rollout: str) -> None:
        for arm in ARMS:
            self._totals.pop((owner, rollout, arm), None)
            self._settling.pop((owner, rollout, arm), None)
            for metric in (metrics.ARM_SHARE, *metrics.ARM_TOTALS.values(), *metrics.SETTLING_TOTALS.values()):
                self._recorder.forget(metric, (*owner, rollout, arm))
