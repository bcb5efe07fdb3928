"""Timeouts: what is cancelled, what is raised, what stands in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest
import requests
from ai_runtime_intelligent import TimeoutPrimitive
from ai_runtime_intelligent.primitives.frame import status_of
from ai_runtime_intelligent.runtime.tunables import TUNABLES

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio

LABELS = {"primitive": "t", "kind": "timeout"}


def fallbacks(value: Value, outcome: str) -> float | None:
    """Calls of the fallback so far that ended so."""
    return value("airuntime_fallbacks_total", **LABELS, reason="timeout", outcome=outcome)


async def forever(_: Any) -> None:
    """Takes too long, whatever the limit."""
    await asyncio.sleep(60)


async def test_what_takes_too_long_is_cancelled_and_told(value: Value) -> None:
    """The call ends with the built-in error, which names the primitive and the limit, and counts as a timeout."""
    ended = []

    async def call(_: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    with pytest.raises(TimeoutError, match=r"t took longer than 0\.02 s"):
        await TimeoutPrimitive("t", call, timeout_seconds=0.02).execute("x")

    assert ended == [True]
    assert value("airuntime_executions_total", **LABELS, status="timeout") == 1


async def test_in_time_it_is_the_bare_call() -> None:
    """Results and errors come out as they are, a TimeoutError of the call's own included."""
    error = TimeoutError("its own")

    async def fails(_: Any) -> None:
        raise error

    assert await TimeoutPrimitive("t", lambda value: value).execute("x") == "x"
    with pytest.raises(TimeoutError) as caught:
        await TimeoutPrimitive("t", fails, fallback=lambda _: "instead").execute("x")
    assert caught.value is error


async def test_fallback_stands_in_and_is_counted(value: Value) -> None:
    """A fallback gets the same input and context; its answers and its errors are counted."""

    async def instead(given: str, context: Any) -> Any:
        if context is None:
            raise KeyError(given)
        return given, context

    timeout = TimeoutPrimitive("t", forever, timeout_seconds=0.01, fallback=instead)
    assert (fallbacks(value, "ok"), fallbacks(value, "error")) == (0, 0)

    assert await timeout.execute("x", context="c") == ("x", "c")
    with pytest.raises(KeyError):
        await timeout.execute("x", context=None)
    assert (fallbacks(value, "ok"), fallbacks(value, "error")) == (1, 1)
    assert value("airuntime_executions_total", **LABELS, status="ok") == 1


async def test_limit_is_tunable() -> None:
    """A changed limit holds from the next call on; one out of bounds is refused."""
    timeout = TimeoutPrimitive("t", forever, timeout_seconds=60.0)
    TUNABLES.apply({"t.timeout_seconds": 0.01})

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(timeout.execute("x"), 5)
    with pytest.raises(ValueError, match=r"t\.timeout_seconds must be from 0\.001 to 3600"):
        TimeoutPrimitive("t", forever, timeout_seconds=0)


async def test_cancellation_from_outside_is_no_timeout(value: Value) -> None:
    """Whoever cancels the execution cancels it, and no fallback is called."""
    task = asyncio.ensure_future(TimeoutPrimitive("t", forever, fallback=lambda _: "instead").execute("x"))
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert value("airuntime_executions_total", **LABELS, status="cancelled") == 1
    assert fallbacks(value, "ok") == 0


class TheirsError(Exception):
    """An ordinary error."""


class TimeoutError_(Exception):  # noqa: N801, N818 - named so below, as some libraries do
    """A timeout that has nothing to do with the built-in one."""


TimeoutError_.__name__ = "TimeoutError"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TimeoutError(), "timeout"),
        (TimeoutError_(), "timeout"),
        (requests.exceptions.ReadTimeout(), "timeout"),
        (httpx2.ReadTimeout("slow"), "timeout"),
        (openai.APITimeoutError(httpx2.Request("GET", "https://api.example")), "timeout"),
        (TheirsError(), "error"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
async def test_timeouts_of_libraries_are_timeouts(error: BaseException, status: str) -> None:
    """A library's own timeout counts as one, though it is no built-in TimeoutError."""
    assert status_of(error) == status
