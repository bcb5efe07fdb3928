"""A fallback: when the one fails, the other is called."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ai_runtime_intelligent.contract.kinds import FallbackReason

from .base import Primitive
from .breaker import Breaker
from .calls import as_call
from .errors import ErrorRule, covers
from .frame import status_of
from .shared import shared
from .substitute import Substitute, known


class FallbackPrimitive(Primitive):
    """Calls ``primary`` and, when it fails, ``fallback`` with the same input. If both fail, the first error is raised.

    ``on`` says which errors count (classes, or a function of the error). After ``<name>.trip_failures`` of them in a
    row ``primary`` is not tried for ``<name>.trip_seconds``; 0 failures = it is always tried.
    """

    kind = "fallback"

    def __init__(
        self,
        name: str,
        primary: Any,
        fallback: Any,
        *,
        on: ErrorRule = (Exception,),
        trip_failures: int = 0,
        trip_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ValueError when a value is outside the bounds of its tunable."""
        super().__init__(name, known=known("error", "timeout", "skipped"))
        self._call = as_call(primary)
        self._fallback = Substitute(fallback, self._count)
        self._on = on
        self._clock = clock
        self._breaker = shared(name, self.kind, Breaker)
        self.trip_failures = self._tunable(
            "trip_failures",
            trip_failures,
            (0, 1000),
            unit="1",
            about="Failures in a row after which the primary is left alone; 0 = never.",
            scope="process",
        )
        self.trip_seconds = self._tunable(
            "trip_seconds",
            trip_seconds,
            (0.1, 3600.0),
            unit="s",
            about="How long the primary is left alone.",
            scope="process",
        )

    async def _run(self, value: Any, context: Any) -> Any:
        if not self._breaker.lets_through(self.trip_failures.get(), self.trip_seconds.get(), self._clock()):
            return await self._fallback.call("skipped", value, context)
        try:
            result = await self._call(value, context)
        except Exception as error:
            if not covers(self._on, error):
                raise
            return await self._instead(error, value, context)
        self._breaker.worked()
        return result

    async def _instead(self, error: Exception, value: Any, context: Any) -> Any:
        self._breaker.failed(self._clock())
        reason: FallbackReason = "timeout" if status_of(error) == "timeout" else "error"
        with suppress(Exception):
            return await self._fallback.call(reason, value, context)
        raise error
