"""When each answer of a cache would have been fetched, had every request obeyed the old time to live."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from ai_runtime_intelligent import forks

from .store import Entry

KEYS_KEPT: Final = 10_000
"""Keys whose fetches are followed; of others the age of what is held counts."""


@dataclass
class _Ghost:
    """The answer as it would be held: until when it is fresh for a time to live of 0, and what its fetches cost.

    ``seen`` is when the last fetch that is in the mean was stored.
    """

    fresh: float
    seen: float
    usd: float
    fetches: int = 1

    def learn(self, held: Entry) -> None:
        """Take what is held into the mean, if that is another answer than the last one."""
        if held.stored != self.seen:
            self.seen, self.fetches = held.stored, self.fetches + 1
            self.usd += (held.usd - self.usd) / self.fetches


class Ghosts:
    """Follows one experiment on a time to live, key by key.

    Ghost lists are how caches try out a policy that they do not run (Megiddo, Modha, *ARC: a self-tuning, low overhead
    replacement cache*, FAST 2003). Requests come when they come, whatever the cache does: so it is known what the old
    value would have fetched, but for what a fetch would have cost.
    """

    def __init__(self) -> None:
        self._lock = forks.lock()
        self._rollout = ""
        self._ghosts: LRUCache[Hashable, _Ghost] = LRUCache(maxsize=KEYS_KEPT)

    def expected_usd(self, rollout: str, key: Hashable, held: Entry, ttl: float, now: float) -> float:
        """What a request for ``key`` costs now under a time to live of ``ttl`` seconds, where ``held`` is held."""
        with self._lock:
            ghost = self._of(rollout, key, held)
            ghost.learn(held)
            if now < ghost.fresh + ttl:
                return 0.0
            ghost.fresh = now + held.seconds
            return ghost.usd

    def _of(self, rollout: str, key: Hashable, held: Entry) -> _Ghost:
        if rollout != self._rollout:
            self._rollout = rollout
            self._ghosts.clear()
        ghost = self._ghosts.get(key)
        if ghost is None:
            ghost = self._ghosts[key] = _Ghost(held.stored, held.stored, held.usd)
        return ghost
