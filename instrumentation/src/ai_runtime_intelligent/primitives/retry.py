"""A retry: failed calls are made again, after a wait, for as long as that may help."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential

from ai_runtime_intelligent.contract.kinds import RetryOutcome
from ai_runtime_intelligent.contract.metrics import RETRY_ATTEMPTS

from .attempts import Attempts
from .base import Primitive
from .budget import Budget
from .calls import as_call, as_reader
from .errors import ErrorRule, covers
from .frame import joined_here
from .http_error import is_final, retry_after
from .recovery import Recovery
from .shared import shared

Strategy = Literal["exponential", "constant", "adaptive"]

STRATEGIES: Final[tuple[Strategy, ...]] = get_args(Strategy)
NO_BUDGET: Final = 9.0
"""Retries an execution that count as no limit: there cannot be more."""

_JITTER: Final = 0.25


@dataclass(frozen=True)
class _Shared:
    """What executions learn and spend for each other."""

    budget: Budget
    recovery: Recovery = field(default_factory=Recovery)


class RetryPrimitive(Primitive):
    """Makes a failed call again, up to ``<name>.max_attempts`` calls in all. The last error is raised as it came.

    Waits, with ``backoff_strategy``: ``constant`` is ``<name>.backoff_seconds`` each time, ``exponential`` doubles it
    each time, ``adaptive`` doubles from the time that recovering was seen to take, and starts with the backoff while
    nothing was seen. At most ``<name>.max_backoff_seconds``, less up to 25 % at random. A ``Retry-After`` makes the
    wait longer, within the same limit. A backoff of 0 does not wait at all.

    Not made again: a call that was cancelled; one that is not ``idempotent`` (a bool, or a function of the input);
    one whose error ``retry_on`` (classes, or a function of the error) leaves out, by default what a server refused for
    good; one for which ``<name>.retry_budget`` has no token left. Each execution earns that many retries, for all
    executions of this name together; ``retry_burst`` of them can be saved up.
    """

    kind = "retry"

    def __init__(
        self,
        name: str,
        primitive: Any,
        *,
        max_attempts: int = 3,
        backoff_strategy: Strategy = "exponential",
        backoff_seconds: float = 0.5,
        max_backoff_seconds: float = 10.0,
        retry_on: ErrorRule | None = None,
        idempotent: bool | Callable[..., bool] = True,
        retry_budget: float = NO_BUDGET,
        retry_burst: int = 10,
    ) -> None:
        """Raises ValueError for an unknown strategy or a value outside the bounds of its tunable."""
        if backoff_strategy not in STRATEGIES:
            raise ValueError(f"unknown backoff strategy {backoff_strategy!r}; known are {', '.join(STRATEGIES)}")
        super().__init__(name, details={"backoff_strategy": backoff_strategy}, known=[(RETRY_ATTEMPTS, ("ok", ""))])
        self._call = as_call(primitive)
        self._strategy = backoff_strategy
        self._retry_on: ErrorRule = _worth_it if retry_on is None else retry_on
        self._idempotent = as_reader(idempotent) if callable(idempotent) else lambda *_: idempotent
        self._shared = shared(name, self.kind, lambda: _Shared(Budget(retry_burst)))
        self.max_attempts = self._tunable(
            "max_attempts", max_attempts, (1, 10), unit="1", about="Calls that one execution makes at most."
        )
        self.backoff_seconds = self._tunable(
            "backoff_seconds", backoff_seconds, (0.0, 30.0), unit="s", about="Wait before the second call; 0 = none."
        )
        self.max_backoff_seconds = self._tunable(
            "max_backoff_seconds", max_backoff_seconds, (0.0, 600.0), unit="s", about="Longest wait before a call."
        )
        self._of_call = (self.max_attempts, self.backoff_seconds, self.max_backoff_seconds)
        self.retry_budget = self._tunable(
            "retry_budget",
            retry_budget,
            (0.0, NO_BUDGET),
            unit="1",
            about="Retries that one execution earns for all; 9 = no limit.",
            scope="process",
        )

    async def _run(self, value: Any, context: Any) -> Any:
        for tunable in self._of_call:  # an experiment on any of them compares all calls, not only those that fail once
            tunable.get()
            tunable.weigh(_as_any_other)
        self._shared.budget.earn(self.retry_budget.get())
        attempts = Attempts(self._call, self._shared.recovery)
        retrying = self._retrying(attempts, idempotent=self._idempotent(value, context))
        try:
            result: Any = await retrying(attempts.make, value, context)
        except BaseException as error:
            if attempts.under_way:  # else it was cancelled between two attempts
                self._ended(attempts.ending, error)
            raise
        self._ended("ok", None)
        return result

    def _retrying(self, attempts: Attempts, *, idempotent: bool) -> AsyncRetrying:
        def retried(state: RetryCallState) -> None:
            attempts.failed()
            self._ended("retried", _error_of(state))

        def may_go_on(error: BaseException) -> bool:
            return idempotent and not attempts.cancelled and covers(self._retry_on, error)

        return AsyncRetrying(
            stop=lambda state: self._is_the_last(attempts, state),
            wait=self._wait,
            retry=retry_if_exception(may_go_on),
            before_sleep=retried,
            sleep=_sleep,
            reraise=True,
        )

    def _ended(self, outcome: RetryOutcome, error: BaseException | None) -> None:
        self._count(RETRY_ATTEMPTS, outcome, "" if error is None else type(error).__name__)
        joined = joined_here(self.name, self.kind)
        if joined is not None:
            joined.attempt()

    def _is_the_last(self, attempts: Attempts, state: RetryCallState) -> bool:
        self.max_attempts.weigh(lambda most: state.attempt_number >= most)
        if state.attempt_number >= self.max_attempts.get():
            attempts.gave_up()
            return True
        if self.retry_budget.get() >= NO_BUDGET or self._shared.budget.spend():
            return False
        attempts.ending = "no_budget"
        return True

    def _wait(self, state: RetryCallState) -> float:
        for tunable in (self.backoff_seconds, self.max_backoff_seconds):
            tunable.weigh(_as_it_is)
        backoff, most = float(self.backoff_seconds.get()), float(self.max_backoff_seconds.get())
        if backoff <= 0:
            return 0.0
        if self._strategy == "adaptive":
            backoff = self._shared.recovery.seconds or backoff
        growth = 1 if self._strategy == "constant" else 2
        wait = wait_exponential(multiplier=backoff, exp_base=growth, max=most)(state)
        jittered = wait * random.uniform(1 - _JITTER, 1)  # noqa: S311 - spreads load, keeps no secret
        return min(max(jittered, retry_after(_error_of(state))), most)


def _as_any_other(_: float) -> None:
    """A call that never fails asks for no value."""


def _as_it_is(value: float) -> float:
    return value


def _worth_it(error: BaseException) -> bool:
    return isinstance(error, Exception) and not is_final(error)


async def _sleep(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
