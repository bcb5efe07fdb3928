"""What a cache holds: values with their age, the least recently used leaving first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from ai_runtime_intelligent import forks

from .size import estimated_bytes


@dataclass(frozen=True)
class Entry:
    """A stored value, when it was stored (monotonic seconds) and its estimated size, its key's included.

    ``seconds`` is how long it took to fetch it.
    """

    value: Any
    stored: float
    size: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Lookup:
    """What was found: the entry if it is young enough to be given, its age in seconds if there was any.

    ``stale`` says that it is given only while a new one is fetched. ``held`` is the entry, too old or not.
    """

    entry: Entry | None
    age: float | None
    stale: bool = False
    held: Entry | None = None

    @property
    def expired(self) -> bool:
        """Whether there was an entry, but too old; it is gone now."""
        return self.entry is None and self.age is not None


class Store:
    """Entries by key; safe in threads, and no lock is held across a call of the user's code."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = forks.lock()
        self._entries: LRUCache[Hashable, Entry] = LRUCache(maxsize=float("inf"))
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: Hashable, ttl: float, stale: float) -> Lookup:
        """The entry of ``key``: younger than ``ttl`` seconds, or stale for less than ``stale`` more; else dropped."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return Lookup(None, None)
            age = self._clock() - entry.stored
            if age < ttl + stale:
                return Lookup(entry, age, stale=age >= ttl, held=entry)
            self._drop(key)
            return Lookup(None, age, held=entry)

    def young(self, key: Hashable, ttl: float) -> Entry | None:
        """The entry of ``key`` if it is younger than ``ttl`` seconds; an older one stays."""
        with self._lock:
            entry = self._entries.get(key)
            return entry if entry is not None and self._clock() - entry.stored < ttl else None

    def now(self) -> float:
        """The moment, by the clock of what is stored."""
        return self._clock()

    def keep(self, key: Hashable, value: Any, limit: int, limit_bytes: float, *, seconds: float = 0.0) -> int:
        """Store ``value`` and return how many entries had to go for ``limit`` entries and ``limit_bytes`` to hold.

        A value that is larger than ``limit_bytes`` by itself is not kept, and counts as one that had to go.
        """
        entry = Entry(value, self._clock(), estimated_bytes((key, value)), seconds)
        with self._lock:
            self._drop(key)
            if entry.size > limit_bytes:
                return 1
            evicted = 0
            while self._entries and (len(self._entries) >= limit or self.bytes + entry.size > limit_bytes):
                self.bytes -= self._entries.popitem()[1].size
                evicted += 1
            self._entries[key] = entry
            self.bytes += entry.size
            return evicted

    def clear(self) -> int:
        """Drop everything and return how many entries there were."""
        with self._lock:
            count = len(self._entries)
            self._entries.clear()
            self.bytes = 0
            return count

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.bytes -= entry.size
