"""The retry: how often, how long between, and what is never tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from ai_runtime_intelligent import RetryPrimitive
from ai_runtime_intelligent.primitives.http_error import retry_after
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from ai_runtime_intelligent.testing import FakeClock

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio


class RateLimitError(Exception):
    """What a client raises on a 429."""

    def __init__(self, retry_after: str | None = None) -> None:
        super().__init__("slow down")
        self.response = SimpleNamespace(headers={"retry-after": retry_after} if retry_after else {})


def failing(times: int, error: Callable[[], BaseException] = RateLimitError) -> Callable[[Any], Any]:
    """A coroutine function that fails so many times before it answers with the number of its calls."""
    calls = 0

    async def call(_: Any) -> int:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise error()
        return calls

    return call


def attempts(value: Value, outcome: str, error_class: str = "RateLimitError") -> float | None:
    """Attempts so far that ended so."""
    labels = {"primitive": "r", "kind": "retry", "outcome": outcome, "error_class": error_class}
    return value("airuntime_retry_attempts_total", **labels)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Time in which only backoffs take any: exact however slow the machine is."""
    clock = FakeClock()

    async def passing(seconds: float) -> None:
        clock.advance(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr("ai_runtime_intelligent.primitives.retry._sleep", passing)
    monkeypatch.setattr("ai_runtime_intelligent.primitives.attempts.monotonic", clock)
    return clock


async def waited(retry: RetryPrimitive, clock: FakeClock) -> float:
    """Seconds of backoff in one execution, whether it succeeds or not."""
    started = clock()
    await asyncio.gather(retry.execute("x"), return_exceptions=True)
    return clock() - started


async def test_failed_call_is_made_again(value: Value) -> None:
    """Two failures and a success are three attempts of one execution, and one success."""
    retry = RetryPrimitive("r", failing(2), backoff_seconds=0)

    assert await retry.execute("x") == 3
    assert (attempts(value, "retried"), attempts(value, "ok", "")) == (2, 1)
    assert value("airuntime_executions_total", primitive="r", kind="retry", status="ok") == 1


async def test_last_error_comes_out_as_it_is(value: Value) -> None:
    """When attempts run out the last error itself is raised, and its attempt is the one that gave up."""
    errors: list[RateLimitError] = []

    def error() -> RateLimitError:
        errors.append(RateLimitError())
        return errors[-1]

    retry = RetryPrimitive("r", failing(9, error), max_attempts=3, backoff_seconds=0)

    with pytest.raises(RateLimitError) as caught:
        await retry.execute("x")
    assert caught.value is errors[2]
    assert (attempts(value, "retried"), attempts(value, "gave_up")) == (2, 1)


async def test_other_errors_are_not_retried(value: Value) -> None:
    """An error outside retry_on is raised after one attempt."""
    retry = RetryPrimitive("r", failing(1, KeyError), retry_on=(RateLimitError,), backoff_seconds=0)

    with pytest.raises(KeyError):
        await retry.execute("x")
    assert attempts(value, "gave_up", "KeyError") == 1
    assert attempts(value, "retried", "KeyError") is None


async def test_cancelled_call_is_never_retried(value: Value) -> None:
    """Even when told to retry everything, a cancellation ends it."""
    retry = RetryPrimitive("r", failing(1, asyncio.CancelledError), retry_on=(BaseException,), backoff_seconds=0)

    with pytest.raises(asyncio.CancelledError):
        await retry.execute("x")
    assert value("airuntime_executions_total", primitive="r", kind="retry", status="cancelled") == 1


async def test_cancelled_while_waiting_counts_no_attempt_more(value: Value) -> None:
    """A cancellation between two attempts adds none."""
    retry = RetryPrimitive("r", failing(5), backoff_seconds=10.0)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(retry.execute("x"), 0.05)
    assert attempts(value, "retried") == 1
    assert attempts(value, "gave_up", "CancelledError") is None


async def test_tunables_are_obeyed_on_the_next_call(value: Value, clock: FakeClock) -> None:
    """Fewer attempts and no backoff take effect at once."""
    retry = RetryPrimitive("r", failing(99), max_attempts=5, backoff_seconds=10.0)

    TUNABLES.apply({"r.max_attempts": 2, "r.backoff_seconds": 0.0})

    assert await waited(retry, clock) == 0
    assert (attempts(value, "retried"), attempts(value, "gave_up")) == (1, 1)


async def test_wait_grows_and_is_capped(clock: FakeClock) -> None:
    """Waits double from the backoff, less at most a quarter, and stop growing at the cap."""
    retry = RetryPrimitive("r", failing(99), max_attempts=4, backoff_seconds=0.04, max_backoff_seconds=0.1)

    assert 0.75 * (0.04 + 0.08 + 0.1) <= await waited(retry, clock) <= 0.04 + 0.08 + 0.1


async def test_retry_after_is_honoured_within_the_cap(clock: FakeClock) -> None:
    """A server's Retry-After makes the wait longer, but not longer than the cap; without backoff it is ignored."""
    patient = RetryPrimitive("r", failing(1, lambda: RateLimitError("0.2")), backoff_seconds=0.01)
    capped = RetryPrimitive(
        "r", failing(1, lambda: RateLimitError("60")), backoff_seconds=0.01, max_backoff_seconds=0.1
    )
    storm = RetryPrimitive("r", failing(1, lambda: RateLimitError("60")), backoff_seconds=0)

    assert await waited(patient, clock) == pytest.approx(0.2)
    assert await waited(capped, clock) == pytest.approx(0.1)
    assert await waited(storm, clock) == 0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), ("1.5", 1.5), ("-3", 0.0), ("soon", 0.0), ("", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
)
async def test_retry_after_is_read(header: str, seconds: float) -> None:
    """Seconds are read; what is past, negative or no number asks for nothing."""
    assert retry_after(RateLimitError(header)) == seconds


async def test_retry_after_as_a_date_is_read() -> None:
    """A date says how long it is until then."""
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    assert retry_after(RateLimitError(then)) == pytest.approx(30, abs=2)


async def test_values_out_of_bounds_are_refused() -> None:
    """Attempts, backoff and strategy are checked at construction."""
    with pytest.raises(ValueError, match=r"r\.max_attempts must be from 1 to 10"):
        RetryPrimitive("r", failing(0), max_attempts=11)
    with pytest.raises(ValueError, match=r"r\.backoff_seconds must be from 0\.0 to 30\.0"):
        RetryPrimitive("r", failing(0), backoff_seconds=-1)
    with pytest.raises(ValueError, match="unknown backoff strategy 'linear'"):
        RetryPrimitive("r", failing(0), backoff_strategy="linear")  # type: ignore[arg-type]


async def test_constant_waits_do_not_grow(clock: FakeClock) -> None:
    """With the constant strategy every wait is the backoff, less at most a quarter."""
    retry = RetryPrimitive("r", failing(99), max_attempts=5, backoff_seconds=0.05, backoff_strategy="constant")

    assert 0.75 * 4 * 0.05 <= await waited(retry, clock) <= 4 * 0.05


async def test_adaptive_waits_as_long_as_recovering_takes(value: Value, clock: FakeClock) -> None:
    """A dependency that needs 0.1 s is soon tried again once, not five times, though the backoff begins at 5 ms."""
    failing_until = 0.0

    async def call(_: Any) -> str:
        if clock() < failing_until:
            raise RateLimitError
        return "ok"

    retry = RetryPrimitive("r", call, max_attempts=10, backoff_seconds=0.005, backoff_strategy="adaptive")
    counts = []
    for _ in range(12):
        failing_until, before = clock() + 0.1, attempts(value, "retried") or 0
        await retry.execute("x")
        counts.append((attempts(value, "retried") or 0) - before)

    assert counts[0] >= 4
    assert sum(counts[2:]) / len(counts[2:]) <= 2


async def test_what_is_learnt_belongs_to_the_name() -> None:
    """A primitive built anew under the same name begins with what the one before it has seen."""
    first = RetryPrimitive("r", failing(1), backoff_seconds=0.1, backoff_strategy="adaptive")
    await first.execute("x")

    assert first._shared.recovery.seconds is not None
    assert RetryPrimitive("r", failing(1))._shared is first._shared
    assert RetryPrimitive("other", failing(1))._shared.recovery.seconds is None


async def test_budget_ends_retries_for_all_executions(value: Value) -> None:
    """When everything fails, retries are what was saved up and earned, whatever max_attempts allows."""
    retry = RetryPrimitive("r", failing(9999), max_attempts=4, backoff_seconds=0, retry_budget=0.1, retry_burst=5)

    await asyncio.gather(*(retry.execute("x") for _ in range(100)), return_exceptions=True)

    assert 5 <= (attempts(value, "retried") or 0) <= 5 + 10
    assert (attempts(value, "no_budget") or 0) >= 85
    labels = {"primitive": "r", "kind": "retry", "status": "error"}
    assert value("airuntime_executions_total", **labels) == 100


async def test_without_a_budget_every_execution_has_its_attempts(value: Value) -> None:
    """By default nothing but max_attempts limits retries."""
    retry = RetryPrimitive("r", failing(9999), max_attempts=4, backoff_seconds=0)

    await asyncio.gather(*(retry.execute("x") for _ in range(100)), return_exceptions=True)

    assert (attempts(value, "retried"), attempts(value, "gave_up")) == (300, 100)


@pytest.mark.parametrize("idempotent", [False, lambda order: order["id"] is not None, lambda _, context: context])
async def test_call_that_is_not_idempotent_is_made_once(value: Value, idempotent: Any) -> None:
    """A flag, or a function of the input and the context, says that a call must not be made twice."""
    retry = RetryPrimitive("r", failing(1), idempotent=idempotent, backoff_seconds=0)

    with pytest.raises(RateLimitError):
        await retry.execute({"id": None}, context=None)
    assert (attempts(value, "gave_up"), attempts(value, "retried")) == (1, None)


async def test_idempotent_input_is_tried_again() -> None:
    """The same function lets an input through that may be sent twice."""
    retry = RetryPrimitive("r", failing(1), idempotent=lambda order: order["id"] is not None, backoff_seconds=0)

    assert await retry.execute({"id": 7}) == 2


async def test_request_that_was_refused_for_good_is_not_tried_again(value: Value) -> None:
    """By default a 401 ends it; whoever names the classes or a function to retry on is obeyed."""

    def refused() -> RateLimitError:
        error = RateLimitError()
        error.response.status_code = 401
        return error

    with pytest.raises(RateLimitError):
        await RetryPrimitive("r", failing(1, refused), backoff_seconds=0).execute("x")
    assert attempts(value, "gave_up") == 1

    by_class = RetryPrimitive("r", failing(1, refused), retry_on=(RateLimitError,), backoff_seconds=0)
    by_function = RetryPrimitive("r", failing(1, refused), retry_on=lambda e: "slow" in str(e), backoff_seconds=0)
    assert [await by_class.execute("x"), await by_function.execute("x")] == [2, 2]


async def test_cancellation_that_a_client_hides_is_not_retried(value: Value) -> None:
    """A call that was cancelled but answers with an error of its own is not made again."""
    calls = 0

    async def hides(_: Any) -> None:
        nonlocal calls
        calls += 1
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise ConnectionError("closed") from None

    task = asyncio.ensure_future(RetryPrimitive("r", hides, backoff_seconds=0).execute("x"))
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(ConnectionError):
        await task
    assert (calls, attempts(value, "gave_up", "ConnectionError")) == (1, 1)
