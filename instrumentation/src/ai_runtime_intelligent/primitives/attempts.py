"""The attempts of one execution of a retry: which one is under way, and since when they have been failing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

from ai_runtime_intelligent.contract.kinds import RetryOutcome

from .calls import Call
from .recovery import Recovery


class Attempts:
    """Makes the attempts of one execution, and tells ``recovery`` what they showed.

    ``ending`` is how the last one counts if it fails.
    """

    def __init__(self, call: Call, recovery: Recovery) -> None:
        self._call = call
        self._recovery = recovery
        self._cancellations = _cancellations()
        self._started = 0.0
        self._failing_since: float | None = None
        self._failed_after = 0.0
        self.under_way = False
        self.ending: RetryOutcome = "gave_up"

    async def make(self, value: Any, context: Any) -> Any:
        """Make one. Raises what the call raises."""
        self.under_way, self._started = True, monotonic()
        result = await self._call(value, context)
        if self._failing_since is not None:
            self._recovery.came(after=self._failed_after, by=self._started - self._failing_since)
        return result

    def failed(self) -> None:
        """The attempt that was made last failed."""
        self.under_way = False
        if self._failing_since is None:
            self._failing_since = monotonic()
        else:
            self._failed_after = self._started - self._failing_since

    def gave_up(self) -> None:
        """The attempt that was made last failed, and there can be no other."""
        if self._failing_since is not None:
            self._recovery.stayed_away(self._started - self._failing_since)

    @property
    def cancelled(self) -> bool:
        """Whether the task was cancelled since the execution began, though the call answers with another error."""
        return _cancellations() > self._cancellations


def _cancellations() -> int:
    with suppress(RuntimeError):  # no event loop: whoever drives the coroutine has no tasks to cancel
        task = asyncio.current_task()
        return task.cancelling() if task is not None else 0
    return 0
