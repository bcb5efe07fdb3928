"""A cache with a time to live, a bound on its entries, and one call at a time for each key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import CACHE_RESULTS, EVICTION_REASONS
from ai_runtime_intelligent.contract.metrics import (
    CACHE_BYTES,
    CACHE_ENTRIES,
    CACHE_EVICTIONS,
    CACHE_REQUESTS,
    CACHE_REUSE,
)

from .base import Primitive
from .calls import as_call
from .definition import LabelSet
from .flights import Flights
from .frame import not_own
from .store import Store

_KNOWN: Final[list[LabelSet]] = [
    *((CACHE_REQUESTS, (result,)) for result in CACHE_RESULTS),
    *((CACHE_EVICTIONS, (reason,)) for reason in EVICTION_REASONS),
]


class CachePrimitive(Primitive):
    """Answers from memory what the wrapped primitive answered before, for as long as ``<name>.ttl_seconds``.

    ``key`` makes the hashable key of an input; by default the input itself. An input whose key is None or cannot be
    hashed goes past the cache. Errors are not kept. Equal requests at the same time make one call, and share its
    answer or its error. At most ``<name>.max_entries`` are held; the least recently used goes first.
    """

    kind = "cache"

    def __init__(
        self,
        name: str,
        primitive: Any,
        *,
        key: Callable[[Any], Hashable] | None = None,
        ttl_seconds: float = 300.0,
        max_entries: int = 1000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ValueError when a value is outside the bounds of its tunable."""
        super().__init__(name, known=_KNOWN)
        self._call = as_call(primitive)
        self._key = key
        self._store = Store(clock)
        self._flights = Flights()
        self.ttl_seconds = self._tunable(
            "ttl_seconds", ttl_seconds, (1.0, 86400.0), unit="s", about="How long an answer may be given again."
        )
        self.max_entries = self._tunable(
            "max_entries", max_entries, (1, 1_000_000), unit="1", about="Answers that are held at most."
        )

    def __len__(self) -> int:
        return len(self._store)

    def clear(self) -> None:
        """Forget every answer."""
        self._count(CACHE_EVICTIONS, "cleared", by=self._store.clear())
        self._show_size()

    async def _run(self, value: Any, context: Any) -> Any:
        key = self._key(value) if self._key else value
        if key is None or not _hashable(key):
            self._count(CACHE_REQUESTS, "bypass")
            return await self._call(value, context)
        found = self._store.find(key, self.ttl_seconds.get(key))
        if found.age is not None:
            self._observe(CACHE_REUSE, found.age)
        if found.expired:
            self._count(CACHE_EVICTIONS, "expired")
        if found.entry is not None:
            self._count(CACHE_REQUESTS, "hit")
            return found.entry.value
        return await self._fetch(key, value, context)

    async def _fetch(self, key: Hashable, value: Any, context: Any) -> Any:
        while (flight := self._flights.find(key)) is not None:
            with not_own():
                await asyncio.wait([flight])
            if not flight.cancelled():
                self._count(CACHE_REQUESTS, "coalesced")
                return flight.result()
        self._count(CACHE_REQUESTS, "miss")
        return await self._lead(key, value, context)

    async def _lead(self, key: Hashable, value: Any, context: Any) -> Any:
        self._flights.begin(key)
        try:
            result = await self._call(value, context)
        except Exception as error:
            self._flights.fail(key, error)
            raise
        except BaseException:
            self._flights.give_up(key)
            raise
        self._keep(key, result)
        self._flights.answer(key, result)
        return result

    def _keep(self, key: Hashable, result: Any) -> None:
        evicted = self._store.keep(key, result, int(self.max_entries.get(key)))
        if evicted:
            self._count(CACHE_EVICTIONS, "capacity", by=evicted)
        self._show_size()

    def _show_size(self) -> None:
        self._show(CACHE_ENTRIES, len(self._store))
        self._show(CACHE_BYTES, self._store.bytes)


def _hashable(key: object) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True
