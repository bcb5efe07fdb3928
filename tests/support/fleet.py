"""The shop as a fleet: replicas that poll the backend under test, deal calls to both arms, and are scraped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from ai_runtime_intelligent.contract import rollouts
from ai_runtime_intelligent.contract.kinds import ArmName
from ai_runtime_intelligent.runtime.arms import Experiment
from airuntime_backend.api.runtime import config_view
from airuntime_backend.ports import Sample, Series
from rolling.replicas import Behaviour, Replica
from rolling.scraped import Scraped

from .backend import Backend
from .world import TTL, World

SCRAPE: Final = 5.0
_OURS: Final = re.compile(r".*rollout=.*|airuntime_(tunable_value|config_generation)\{.*")


def calls(
    *, hits: float = 0.2, errors: float = 0.0, seconds: float = 1.0, cost: float = 0.001, slow: float = 0.05
) -> Behaviour:
    """Calls of a cache with these shares and means; seconds vary a little."""

    def counted(rng: np.random.Generator, n: int, _experiment: Experiment) -> Mapping[str, float]:
        took = seconds * rng.uniform(0.5, 1.5, n)
        paid = np.where(rng.random(n) < hits, 0.0, cost)
        return {
            "calls": n,
            "errors": float(rng.binomial(n, errors)),
            "slow_p95": float(rng.binomial(n, slow)),
            "asked": n,
            "hits": float((paid == 0).sum()),
            "seconds": float(took.sum()),
            "squared_seconds": float((took**2).sum()),
            "cubed_seconds": float((took**3).sum()),
            "cost_usd": float(paid.sum()),
            "squared_cost_usd": float((paid**2).sum()),
            "cubed_cost_usd": float((paid**3).sum()),
        }

    return counted


OLD: Final = calls()
GOOD: Final = calls(hits=0.75, seconds=0.4, slow=0.01)
HARMFUL: Final = calls(hits=0.75, seconds=0.4, slow=0.01, errors=0.3)


class FleetWorld(World):
    """The world, with the numbers of a rollout from replicas instead of from a table."""

    def __init__(self, scraped: Scraped) -> None:
        super().__init__()
        self.scraped = scraped

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """What was scraped of the replicas, or what the world tells."""
        self._ask(query)
        if _OURS.fullmatch(query):
            return self.scraped.instant(query, at)
        return super().instant(query, at)

    def _tunables(self) -> list[Sample]:
        values = [one.value for one in self.scraped.instant(rollouts.values("shop", TTL))]
        self.obeyed[TTL] = values or self.obeyed[TTL]
        return super()._tunables()

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """The same at every step."""
        if _OURS.fullmatch(query):
            self._ask(query)
            return self.scraped.range(query, start, end, step)
        return super().range(query, start, end, step)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples of the replicas."""
        self._ask(selector)
        return self.scraped.samples(selector, start, end)


class Fleet:
    """Replicas of the shop around a backend; ``behaviours`` say what calls of each arm are like."""

    def __init__(self, backend: Backend, scraped: Scraped, replicas: int = 2) -> None:
        self.backend = backend
        self.scraped = scraped
        self.rate = 20.0
        self.behaviours: dict[ArmName, Behaviour] = {"control": OLD, "candidate": GOOD}
        self.replicas = [self.replica(f"shop-{number}") for number in range(replicas)]

    def replica(self, name: str) -> Replica:
        """One more, not yet running."""
        return Replica(name, "shop", TTL, 2.0, np.random.default_rng([7, sum(name.encode())]))

    def step(self, seconds: float = SCRAPE) -> None:
        """Let time pass: calls are served, the config is polled, everything is scraped, the worker verifies."""
        clock = self.backend.clock
        clock.at += seconds
        for one in self.replicas:
            if one.alive:
                one.serve(round(self.rate * seconds), clock.at - seconds / 2, self.behaviours)
                if one.polls:
                    one.poll(config_view(self.backend.ledger.config("shop")).model_dump(mode="json"))
                one.scrape(self.scraped, clock.at)
        self.scraped.gone = {one.name for one in self.replicas if not one.alive}
        self.backend.verify()

    def until(self, *phases: str, most: int = 400) -> str:
        """Step until the newest rollout stands in one of these phases."""
        for _ in range(most):
            phase = self.phase
            if phase in phases:
                return phase
            self.step()
        raise AssertionError(f"{self.backend.suggestion()['rollout']} is not {phases} after {most} steps")

    def wait(self, what: Callable[[], object], most: int = 400) -> None:
        """Step until something is so."""
        for _ in range(most):
            if what():
                return
            self.step()
        raise AssertionError(f"it was not so after {most} steps: {self.backend.suggestion()['rollout']}")

    @property
    def phase(self) -> str:
        """Where the newest rollout stands."""
        return self.backend.ledger.rollouts()[-1].phase
