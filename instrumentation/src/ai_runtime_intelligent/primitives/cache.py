"""A cache with a time to live, bounds on what it holds, and one call at a time for each key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Any

from .answers import Answers
from .calls import as_call, as_sync_call
from .flights import Flights, ThreadFlight, ThreadFlights
from .frame import Frame, not_own
from .keys import Keys
from .renewals import Renewals


class CachePrimitive(Answers):
    """Answers from memory what the wrapped primitive answered before, for as long as ``<name>.ttl_seconds``.

    ``key`` makes the hashable key of an input, or of input and context; by default the input itself. An input whose
    key is None or cannot be hashed goes past the cache. Tenants never share an answer: ``tenant`` tells whose an input
    is (None = unknown, which goes past the cache); without it, whoever ``as_tenant()`` or the context names.

    Errors are not kept. Equal requests at the same time make one call, and share its answer or its error. An answer
    that is too old by less than ``<name>.stale_seconds`` is still given, while a new one is fetched. At most
    ``<name>.max_entries`` and ``<name>.max_bytes`` are held; the least recently used goes first.

    ``await execute()`` and, around a plain function, ``execute_sync()`` share the answers.
    """

    def __init__(
        self,
        name: str,
        primitive: Any,
        *,
        key: Callable[..., Hashable] | None = None,
        tenant: Callable[..., Hashable] | None = None,
        ttl_seconds: float = 300.0,
        stale_seconds: float = 0.0,
        max_entries: int = 1000,
        max_bytes: int = 256 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ValueError when a value is outside the bounds of its tunable."""
        super().__init__(
            name,
            clock,
            ttl_seconds=ttl_seconds,
            stale_seconds=stale_seconds,
            max_entries=max_entries,
            max_bytes=max_bytes,
        )
        self._call, self._call_sync = as_call(primitive), as_sync_call(primitive)
        self._keys = Keys(key, tenant)
        self._flights, self._thread_flights = Flights(), ThreadFlights()
        self._renewals = Renewals(name)

    def execute_sync(self, input: Any, context: Any = None) -> Any:  # noqa: A002 - the name that workflows use
        """As ``execute``, without an event loop; equal requests of several threads make one call.

        Raises TypeError when the wrapped primitive is asynchronous, and what it raises.
        """
        bound = self.definition.bound
        if bound is None:
            return self._run_sync(input, context)
        with Frame(bound):
            return self._run_sync(input, context)

    async def _run(self, value: Any, context: Any) -> Any:
        key = self._keys.of(value, context)
        if key is None:
            self._answered("bypass")
            return await self._call(value, context)
        found = self._look(key)
        if found.entry is None:
            return await self._fetch(key, value, context)
        if found.stale and self._flights.find(key) is None:
            self._flights.begin(key)
            self._renewals.begin(self._lead(key, value, context))
        return found.entry.value

    async def _fetch(self, key: Hashable, value: Any, context: Any) -> Any:
        while (flight := self._flights.find(key)) is not None:
            with not_own():
                await asyncio.wait([flight])
            if not flight.cancelled():
                self._answered("coalesced")
                return flight.result()
        self._answered("miss")
        self._flights.begin(key)
        return await self._lead(key, value, context)

    async def _lead(self, key: Hashable, value: Any, context: Any) -> Any:
        fetch = self._fetching()
        try:
            result = await self._call(value, context)
        except Exception as error:
            self._flights.fail(key, error)
            raise
        except BaseException:
            self._flights.give_up(key)
            raise
        self._keep(key, result, fetch)
        self._flights.answer(key, result)
        return result

    def _run_sync(self, value: Any, context: Any) -> Any:
        key = self._keys.of(value, context)
        if key is None:
            self._answered("bypass")
            return self._call_sync(value, context)
        found = self._look(key)
        if found.entry is None:
            return self._fetch_sync(key, value, context)
        if found.stale:
            self._renew_in_thread(key, value, context)
        return found.entry.value

    def _fetch_sync(self, key: Hashable, value: Any, context: Any) -> Any:
        while True:
            flight, leads = self._thread_flights.join(key)
            if leads:
                return self._ask_sync(flight, key, value, context)
            if flight.is_mine:
                self._answered("bypass")
                return self._call_sync(value, context)
            with not_own():
                outcome = flight.landed()
            if outcome is not None:
                self._answered("coalesced")
                return outcome()

    def _ask_sync(self, flight: ThreadFlight, key: Hashable, value: Any, context: Any) -> Any:
        entry = self._store.young(key, self.ttl_seconds.get(key))  # another thread may have answered by now
        if entry is None:
            self._answered("miss")
            return self._lead_sync(flight, key, value, context)
        self._answered("hit")
        flight.answer(entry.value)
        self._thread_flights.leave(key)
        return entry.value

    def _lead_sync(self, flight: ThreadFlight, key: Hashable, value: Any, context: Any) -> Any:
        fetch = self._fetching()
        try:
            result = self._call_sync(value, context)
            self._keep(key, result, fetch)
            flight.answer(result)
        except Exception as error:
            flight.fail(error)
            raise
        except BaseException:
            flight.give_up()
            raise
        finally:
            self._thread_flights.leave(key)
        return result

    def _renew_in_thread(self, key: Hashable, value: Any, context: Any) -> None:
        flight, leads = self._thread_flights.join(key)
        if leads and not self._renewals.begin_in_thread(lambda: self._renew(flight, key, value, context)):
            flight.give_up()
            self._thread_flights.leave(key)

    def _renew(self, flight: ThreadFlight, key: Hashable, value: Any, context: Any) -> None:
        flight.board()
        self._lead_sync(flight, key, value, context)
