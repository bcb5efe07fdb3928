"""What a cache holds: values with their age, the least recently used leaving first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from .size import estimated_bytes


@dataclass(frozen=True)
class Entry:
    """A stored value, when it was stored (monotonic seconds) and its estimated size."""

    value: Any
    stored: float
    size: int


@dataclass(frozen=True)
class Lookup:
    """What was found: the entry if it is young enough, and its age in seconds if there was any."""

    entry: Entry | None
    age: float | None

    @property
    def expired(self) -> bool:
        """Whether there was an entry, but too old; it is gone now."""
        return self.entry is None and self.age is not None


class Store:
    """Entries by key; safe in threads, and no lock is held across a call of the user's code."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: LRUCache[Hashable, Entry] = LRUCache(maxsize=float("inf"))
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: Hashable, ttl: float) -> Lookup:
        """The entry of ``key`` if it is younger than ``ttl`` seconds; one that is not is dropped."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return Lookup(None, None)
            age = self._clock() - entry.stored
            if age < ttl:
                return Lookup(entry, age)
            self._drop(key)
            return Lookup(None, age)

    def keep(self, key: Hashable, value: Any, limit: int) -> int:
        """Store ``value`` and return how many entries had to go so that at most ``limit`` are left."""
        entry = Entry(value, self._clock(), estimated_bytes(value))
        with self._lock:
            self._drop(key)
            evicted = 0
            while self._entries and len(self._entries) >= limit:
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
