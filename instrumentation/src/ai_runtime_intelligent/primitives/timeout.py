"""A timeout: a call that takes too long is cancelled, and may be stood in for."""

from __future__ import annotations

import asyncio
from typing import Any

from .base import Primitive
from .calls import as_call
from .substitute import Substitute, known


class TimeoutPrimitive(Primitive):
    """Cancels the wrapped call after ``<name>.timeout_seconds`` and raises TimeoutError, or calls ``fallback``.

    A TimeoutError of the wrapped call's own is an error like any other. What cannot be cancelled, such as a plain
    function that blocks, runs to its end.
    """

    kind = "timeout"

    def __init__(self, name: str, primitive: Any, *, timeout_seconds: float = 30.0, fallback: Any = None) -> None:
        """Raises ValueError when ``timeout_seconds`` is not from 0.001 to 3600."""
        super().__init__(name, known=[] if fallback is None else known("timeout"))
        self._call = as_call(primitive)
        self._fallback = None if fallback is None else Substitute(fallback, self._count)
        self.timeout_seconds = self._tunable(
            "timeout_seconds", timeout_seconds, (0.001, 3600.0), unit="s", about="How long a call may take."
        )

    async def _run(self, value: Any, context: Any) -> Any:
        seconds = float(self.timeout_seconds.get())
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await self._call(value, context)
        except TimeoutError as error:
            if not limit.expired():
                raise
            if self._fallback is None:
                raise TimeoutError(f"{self.name} took longer than {seconds:g} s") from error
        return await self._fallback.call("timeout", value, context)
