"""When each answer of a cache would have been fetched, had every request obeyed the old time to live."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from ai_runtime_intelligent import forks

from .store import Entry

KEYS_KEPT: Final = 10_000
"""Keys that are followed; of others what is held counts."""

_FETCHES_KEPT: Final = 30
"""About so many fetches of a key are in the mean of what they cost: prices and models change."""


@dataclass
class _Cost:
    """What fetches of a key cost, in USD."""

    usd: float = 0.0
    fetches: int = 0

    def learn(self, usd: float) -> None:
        """Take one more fetch into the mean."""
        self.fetches = min(self.fetches + 1, _FETCHES_KEPT)
        self.usd += (usd - self.usd) / self.fetches


class Ghosts:
    """What fetches of each key cost, and when an experiment's old time to live would have fetched.

    Ghost lists are how caches try out a policy that they do not run (Megiddo, Modha, *ARC: a self-tuning, low overhead
    replacement cache*, FAST 2003). Requests come when they come, whatever the cache does: so it is known what the old
    value would have fetched, but for what a fetch would have cost.
    """

    def __init__(self) -> None:
        self._lock = forks.lock()
        self._rollout = ""
        self._fresh: LRUCache[Hashable, float] = LRUCache(maxsize=KEYS_KEPT)
        self._costs: LRUCache[Hashable, _Cost] = LRUCache(maxsize=KEYS_KEPT)

    def fetched(self, key: Hashable, usd: float) -> None:
        """An answer was fetched, for so much; those that cost nothing are not followed."""
        if usd <= 0:
            return
        with self._lock:
            cost = self._costs.get(key)
            if cost is None:
                cost = self._costs[key] = _Cost()
            cost.learn(usd)

    def expected_usd(self, rollout: str, key: Hashable, held: Entry, ttl: float, now: float) -> float:
        """What a request for ``key`` costs now under a time to live of ``ttl`` seconds, where ``held`` is held."""
        with self._lock:
            if rollout != self._rollout:
                self._rollout = rollout
                self._fresh.clear()
            if now < self._fresh.get(key, held.stored) + ttl:
                return 0.0
            self._fresh[key] = now + held.seconds
            cost = self._costs.get(key)
            return 0.0 if cost is None else cost.usd
