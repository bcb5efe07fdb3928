"""Replicas of a service in simulated time: they poll a config, deal calls to its arms, count them and are scraped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import ARMS, ArmName
from ai_runtime_intelligent.runtime.arms import Experiment
from ai_runtime_intelligent.runtime.experiments import read_experiments

from .scraped import Scraped

Totals = dict[str, float]
Behaviour = Callable[[np.random.Generator, int, Experiment], Mapping[str, float]]
"""What so many calls add to the totals of their arm."""

_KEYS: Final = 300


@dataclass
class Replica:
    """One process. ``polls`` and ``alive`` are switched off for one that does not listen, or is gone."""

    name: str
    service: str
    tunable: str
    default: float
    rng: np.random.Generator
    alive: bool = True
    polls: bool = True
    value: float = 0.0
    generation: float = 0.0
    experiment: Experiment | None = None
    counted: dict[tuple[str, ArmName], Totals] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.value = self.default

    def poll(self, config: Mapping[str, Any]) -> None:
        """Obey a config document."""
        self.generation = config["generation"]
        self.value = config["tunables"].get(self.tunable, {"value": self.default})["value"]
        running = {one.tunable: one for one in read_experiments(config["experiments"])}
        self.experiment = running.get(self.tunable)
        if self.experiment is not None:
            for arm in ARMS:
                self.counted.setdefault((self.experiment.rollout, arm), dict.fromkeys(metrics.ARM_TOTALS, 0.0))

    def restart(self) -> None:
        """Begin anew: counters at 0, the last config forgotten."""
        self.counted.clear()
        self.experiment, self.value, self.generation = None, self.default, 0.0

    def serve(self, calls: int, now: float, behaviours: Mapping[ArmName, Behaviour]) -> None:
        """Deal so many calls, and count them."""
        experiment = self.experiment
        if experiment is None or not experiment.counts(now):
            return
        candidates = self._candidates(experiment, calls, now)
        dealt: dict[ArmName, int] = {"control": calls - candidates, "candidate": candidates}
        for arm, n in dealt.items():
            totals = self.counted[experiment.rollout, arm]
            for name, value in behaviours[arm](self.rng, n, experiment).items() if n else ():
                totals[name] += value

    def _candidates(self, experiment: Experiment, calls: int, now: float) -> int:
        if experiment.mode == "block":
            return calls if experiment.arm(None, now) == "candidate" else 0
        if experiment.block_seconds is None:
            return int(self.rng.binomial(calls, experiment.share))
        keys = self.rng.integers(0, _KEYS, calls).tolist()
        return sum(experiment.arm(key, now) == "candidate" for key in keys)

    def scrape(self, into: Scraped, at: float) -> None:
        """Expose everything to a Prometheus."""
        target = {"job": self.service, "instance": self.name, "service": self.service}
        into.scrape(at, metrics.TUNABLE_VALUE.name, self.value, {**target, "tunable": self.tunable})
        into.scrape(at, metrics.CONFIG_GENERATION.name, self.generation, target)
        for (rollout, arm), totals in self.counted.items():
            labels = {**target, "rollout": rollout, "arm": arm}
            into.scrape(at, metrics.ARM_SHARE.name, self._share(rollout, arm), labels)
            for name, value in totals.items():
                into.scrape(at, metrics.ARM_TOTALS[name].name, value, labels)

    def _share(self, rollout: str, arm: ArmName) -> float:
        if self.experiment is None or self.experiment.rollout != rollout:
            return 0.0
        return self.experiment.share if arm == "candidate" else 1 - self.experiment.share
