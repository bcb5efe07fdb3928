"""Pace: how fast a change may be rolled out, and how long what it is judged by may be out of sight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ai_runtime_intelligent.contract.kinds import TunableScope
from ai_runtime_intelligent.flow.growth import Growth
from ai_runtime_intelligent.flow.rollout import Dealing

_LEAST_BLOCKS: Final = 3
"""Blocks of time in which the candidate must have been seen before it gets more of them."""

_UNSEEN_SCRAPES: Final = 3.0
_LOST_SCRAPES: Final = 20.0


@dataclass(frozen=True)
class Pace:
    """``growth`` in steps; ``block_seconds`` for what keys or all calls share; ``holdout`` of a kept change, 0..0.5.

    ``scrape_seconds`` is Prometheus' interval, ``obey_seconds`` how long a service may take to obey.
    """

    growth: Growth
    block_seconds: float
    scrape_seconds: float
    obey_seconds: float
    holdout: float = 0.0

    @property
    def unseen_seconds(self) -> float:
        """How long evidence may be out of sight before the share stands still."""
        return _UNSEEN_SCRAPES * self.scrape_seconds

    @property
    def lost_seconds(self) -> float:
        """How long after that it may stay out of sight before the change goes back."""
        return _LOST_SCRAPES * self.scrape_seconds

    @property
    def quiet_seconds(self) -> float:
        """How long no call may be counted before the evidence counts as out of sight."""
        return max(self.lost_seconds, self.growth.settle_seconds)

    def growth_of(self, scope: TunableScope) -> Growth:
        """By which steps a change of this scope grows.

        What is shared by all calls switches by turns, one block in two: at a small share of the blocks the candidate
        would have its first few after hours, and no fewer calls would be harmed until they are enough.
        """
        if scope == "call":
            return self.growth
        steps = self.growth.steps if scope == "key" else self.growth.steps[-1:]
        return replace(self.growth, steps=steps, min_n=_LEAST_BLOCKS)

    def dealing(self, scope: TunableScope, slow_p95: float | None, slow_p99: float | None) -> Dealing:
        """How calls of this scope are dealt.

        A block settles for no less than a scrape: then there is one at which just the calls of the block before it
        are counted.
        """
        if scope == "call":
            return Dealing(scope, None, 0.0, slow_p95, slow_p99)
        settle = min(max(self.scrape_seconds, 0.1 * self.block_seconds), 0.5 * self.block_seconds)
        return Dealing(scope, self.block_seconds, settle, slow_p95, slow_p99)
