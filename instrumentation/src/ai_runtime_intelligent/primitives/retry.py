"""A retry: failed calls are made again, after a wait that grows."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential

from ai_runtime_intelligent.contract.metrics import RETRY_ATTEMPTS

from .base import Primitive
from .calls import as_call

STRATEGIES: Final = ("exponential",)

_JITTER: Final = 0.25
_NEVER: Final = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)


class RetryPrimitive(Primitive):
    """Makes a failed call again, up to ``<name>.max_attempts`` calls in all.

    The n-th wait is ``<name>.backoff_seconds`` x 2^(n-1), at most ``max_backoff_seconds``, less up to 25 % at random; a
    ``Retry-After`` on the error's ``response.headers`` makes it longer, within the same limit. A backoff of 0 does not
    wait at all. The last error is raised as it came. A cancelled call is never made again.
    """

    kind = "retry"

    def __init__(
        self,
        name: str,
        primitive: Any,
        *,
        max_attempts: int = 3,
        backoff_seconds: float = 0.5,
        max_backoff_seconds: float = 10.0,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
        backoff_strategy: str = "exponential",
    ) -> None:
        """Raises ValueError for an unknown strategy or a value outside the bounds of its tunable."""
        if backoff_strategy not in STRATEGIES:
            raise ValueError(f"unknown backoff strategy {backoff_strategy!r}; known are {', '.join(STRATEGIES)}")
        super().__init__(name, known=[(RETRY_ATTEMPTS, ("ok", ""))])
        self._call = as_call(primitive)
        self._max_backoff = max_backoff_seconds
        self._retry_on = retry_on
        self.max_attempts = self._tunable(
            "max_attempts", max_attempts, (1, 10), unit="1", about="Calls that one execution makes at most."
        )
        self.backoff_seconds = self._tunable(
            "backoff_seconds", backoff_seconds, (0.0, 30.0), unit="s", about="Wait before the second call; 0 = none."
        )

    async def _run(self, value: Any, context: Any) -> Any:
        under_way = False

        async def attempt() -> Any:
            nonlocal under_way
            under_way = True
            return await self._call(value, context)

        def retried(state: RetryCallState) -> None:
            nonlocal under_way
            under_way = False
            self._count(RETRY_ATTEMPTS, "retried", type(_error_of(state)).__name__)

        try:
            result: Any = await self._retrying(retried)(attempt)
        except BaseException as error:
            if under_way:  # else it was cancelled between two attempts
                self._count(RETRY_ATTEMPTS, "gave_up", type(error).__name__)
            raise
        self._count(RETRY_ATTEMPTS, "ok", "")
        return result

    def _retrying(self, retried: Callable[[RetryCallState], None]) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(int(self.max_attempts.get())),
            wait=self._wait,
            retry=retry_if_exception(self._may_retry),
            before_sleep=retried,
            sleep=_sleep,
            reraise=True,
        )

    def _may_retry(self, error: BaseException) -> bool:
        return isinstance(error, self._retry_on) and not isinstance(error, _NEVER)

    def _wait(self, state: RetryCallState) -> float:
        backoff = float(self.backoff_seconds.get())
        if backoff <= 0:
            return 0.0
        wait = wait_exponential(multiplier=backoff, max=self._max_backoff)(state)
        jittered = wait * random.uniform(1 - _JITTER, 1)  # noqa: S311 - spreads load, keeps no secret
        return min(max(jittered, retry_after(_error_of(state))), self._max_backoff)


async def _sleep(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def retry_after(error: BaseException | None) -> float:
    """Seconds that the server asked to wait on ``error.response.headers``, 0 when it asked for none."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    try:
        text = str(headers.get("Retry-After") or headers.get("retry-after") or "") if headers is not None else ""
        return max(0.0, _seconds(text)) if text else 0.0
    except (AttributeError, TypeError, ValueError):
        return 0.0  # a header that nobody can read asks for nothing


def _seconds(text: str) -> float:
    if text.strip().replace(".", "", 1).isdigit():
        return float(text)
    return parsedate_to_datetime(text).timestamp() - time.time()
