"""A primitive that holds answers: its tunables, and how it counts what it finds, keeps and forgets."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import CACHE_RESULTS, EVICTION_REASONS, CacheResult
from ai_runtime_intelligent.contract.metrics import (
    CACHE_BYTES,
    CACHE_ENTRIES,
    CACHE_EVICTIONS,
    CACHE_REQUESTS,
    CACHE_REUSE,
)
from ai_runtime_intelligent.quiet import quiet

from .base import Primitive
from .definition import LabelSet
from .fetching import Fetch
from .frame import joined_here
from .ghosts import Ghosts
from .store import Entry, Lookup, Store

_KNOWN: Final[list[LabelSet]] = [
    *((CACHE_REQUESTS, (result,)) for result in CACHE_RESULTS),
    *((CACHE_EVICTIONS, (reason,)) for reason in EVICTION_REASONS),
]


class Answers(Primitive):
    """Entries by key with an age; subclasses say where answers come from."""

    kind = "cache"

    def __init__(
        self,
        name: str,
        clock: Callable[[], float],
        *,
        ttl_seconds: float,
        stale_seconds: float,
        max_entries: int,
        max_bytes: int,
    ) -> None:
        """Raises ValueError when a value is outside the bounds of its tunable."""
        super().__init__(name, known=_KNOWN)
        self._store, self._ghosts = Store(clock), Ghosts()
        self.ttl_seconds = self._tunable(
            "ttl_seconds",
            ttl_seconds,
            (1.0, 86400.0),
            unit="s",
            about="How long an answer may be given again.",
            scope="key",
        )
        self.stale_seconds = self._tunable(
            "stale_seconds",
            stale_seconds,
            (0.0, 86400.0),
            unit="s",
            about="How much longer an answer is given while a new one is fetched; 0 = not at all.",
            scope="key",
        )
        self.max_entries = self._tunable(
            "max_entries",
            max_entries,
            (1, 1_000_000),
            unit="1",
            about="Answers that are held at most.",
            scope="process",
        )
        self.max_bytes = self._tunable(
            "max_bytes",
            max_bytes,
            (1 << 10, 1 << 40),
            unit="By",
            about="Estimated size of what is held at most.",
            scope="process",
        )

    def __len__(self) -> int:
        return len(self._store)

    def __bool__(self) -> bool:
        return True  # an empty cache is a cache

    def clear(self) -> None:
        """Forget every answer."""
        self._count(CACHE_EVICTIONS, "cleared", by=self._store.clear())
        self._show_size()

    def _answered(self, result: CacheResult) -> None:
        self._count(CACHE_REQUESTS, result)
        joined = joined_here(self.name, self.kind)
        if joined is not None and result != "bypass":
            joined.answer(hit=result != "miss")

    def _look(self, key: Hashable) -> Lookup:
        """What is held for ``key``; a request that gets it is counted."""
        found = self._store.find(key, self.ttl_seconds.get(key), self.stale_seconds.get(key))
        self._foresee(key, found.held)
        if found.age is not None:
            self._observe(CACHE_REUSE, found.age)
        if found.expired:
            self._count(CACHE_EVICTIONS, "expired")
        if found.entry is not None:
            self._answered("stale" if found.stale else "hit")
        return found

    @quiet
    def _foresee(self, key: Hashable, held: Entry | None) -> None:
        """During an experiment on the time to live: where nothing is held, both values fetch."""
        experiment = self.ttl_seconds.experiment
        if experiment is None:
            return
        if held is None:
            self.ttl_seconds.foresee(touched=False)
            return
        ttl, now = self.ttl_seconds.value, self._store.now()
        usd = self._ghosts.expected_usd(experiment.rollout, key, held, ttl, now)
        self.ttl_seconds.foresee(touched=True, usd=usd)

    def _fetching(self) -> Fetch:
        return Fetch.begin(self._store.now(), joined_here(self.name, self.kind))

    @quiet
    def _keep(self, key: Hashable, result: Any, fetch: Fetch) -> None:
        limits = int(self.max_entries.get(key)), self.max_bytes.get(key)
        self._ghosts.fetched(key, fetch.usd(joined_here(self.name, self.kind)))
        evicted = self._store.keep(key, result, *limits, seconds=self._store.now() - fetch.began)
        if evicted:
            self._count(CACHE_EVICTIONS, "capacity", by=evicted)
        self._show_size()

    def _show_size(self) -> None:
        self._show(CACHE_ENTRIES, len(self._store))
        self._show(CACHE_BYTES, self._store.bytes)
