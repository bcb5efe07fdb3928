"""The fallback: when it is called, what comes out, and when the primary is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import FallbackPrimitive
from ai_runtime_intelligent.primitives.breaker import Breaker
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from hypothesis import given
from hypothesis import strategies as st

Value = Callable[..., float | None]

LABELS = {"primitive": "f", "kind": "fallback"}


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


class Primary:
    """Fails as told, and counts its calls."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.calls = 0

    async def execute(self, value: Any) -> str:
        """Answer or fail."""
        self.calls += 1
        if self.error is not None:
            raise self.error
        return f"primary {value}"


def fallbacks(value: Value, reason: str, outcome: str = "ok") -> float | None:
    """Calls of the fallback so far, by reason and outcome."""
    return value("airuntime_fallbacks_total", **LABELS, reason=reason, outcome=outcome)


@pytest.mark.asyncio
async def test_fallback_answers_when_the_primary_fails(value: Value) -> None:
    """Its answer is the result, and it is counted by what went wrong; without a failure it is not called."""
    primary = Primary()
    fallback = FallbackPrimitive("f", primary, lambda question: f"instead of {question}")

    assert await fallback.execute("x") == "primary x"
    for primary.error in (KeyError("no"), TimeoutError()):
        assert await fallback.execute("x") == "instead of x"
    assert (fallbacks(value, "error"), fallbacks(value, "timeout"), fallbacks(value, "skipped")) == (1, 1, 0)
    assert value("airuntime_executions_total", **LABELS, status="ok") == 3


@pytest.mark.asyncio
async def test_when_both_fail_the_first_error_is_raised_as_it_was(value: Value) -> None:
    """The primary's error comes out itself, with the cause that it had."""
    cause, error = OSError("down"), ValueError("no")
    error.__cause__ = cause

    async def fails(_: Any) -> None:
        raise KeyError("neither")

    with pytest.raises(ValueError, match="no") as caught:
        await FallbackPrimitive("f", Primary(error), fails).execute("x")
    assert caught.value is error
    assert error.__cause__ is cause
    assert fallbacks(value, "error", "error") == 1


@pytest.mark.asyncio
async def test_only_errors_that_are_meant_lead_to_the_fallback() -> None:
    """Classes or a function choose the errors; a cancellation is never one of them."""
    for on in ((KeyError,), lambda error: isinstance(error, KeyError)):
        with pytest.raises(ValueError, match="other"):
            await FallbackPrimitive("f", Primary(ValueError("other")), lambda _: "instead", on=on).execute("x")
        assert await FallbackPrimitive("f", Primary(KeyError()), lambda _: "instead", on=on).execute("x") == "instead"
    with pytest.raises(asyncio.CancelledError):
        await FallbackPrimitive("f", Primary(asyncio.CancelledError()), lambda _: "instead").execute("x")


@pytest.mark.asyncio
async def test_primary_that_keeps_failing_is_left_alone(value: Value) -> None:
    """After two failures in a row it is skipped; after the pause one call tries it again, and success ends it."""
    primary, clock = Primary(KeyError()), Clock()
    fallback = FallbackPrimitive("f", primary, lambda _: "instead", trip_failures=2, trip_seconds=10.0, clock=clock)

    for _ in range(5):
        assert await fallback.execute("x") == "instead"
    assert (primary.calls, fallbacks(value, "skipped")) == (2, 3)

    clock.now = 10.0
    await fallback.execute("x")
    await fallback.execute("x")
    assert primary.calls == 3

    clock.now, primary.error = 20.0, None
    assert [await fallback.execute("x") for _ in range(2)] == ["primary x"] * 2


@pytest.mark.asyncio
async def test_tripping_is_tunable_and_off_by_default() -> None:
    """Without trip_failures the primary is always tried; it can be turned on while it runs."""
    primary = Primary(KeyError())
    fallback = FallbackPrimitive("f", primary, lambda _: "instead")
    for _ in range(10):
        await fallback.execute("x")
    assert primary.calls == 10

    TUNABLES.apply({"f.trip_failures": 3})
    await fallback.execute("x")
    assert primary.calls == 10


@given(st.lists(st.sampled_from(["worked", "failed", "wait"]), max_size=50), st.integers(1, 4))
def test_property_breaker_lets_through_or_has_a_reason(steps: list[str], failures: int) -> None:
    """It holds back only after so many failures in a row, and never longer than the pause."""
    breaker, now, in_a_row, last = Breaker(), 0.0, 0, 0.0
    for step in steps:
        now += 7.0 if step == "wait" else 1.0
        let = breaker.lets_through(failures, 5.0, now)
        assert let or (in_a_row >= failures and now - last < 5.0)
        if let:
            last = now
            in_a_row = 0 if step == "worked" else in_a_row + 1
            if step == "worked":
                breaker.worked()
            else:
                breaker.failed(now)
