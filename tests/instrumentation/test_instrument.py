"""`instrument()`: what is measured, and that nobody can tell from outside."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from ai_runtime_intelligent import Apm, instrument
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

Value = Callable[..., float | None]
Spans = Callable[[], dict[str, ReadableSpan]]

pytestmark = pytest.mark.asyncio


def one() -> int:
    """A function of the user's."""
    return 1


class Greeter:
    """Greets."""

    async def execute(self, value: str, context: Any = None) -> str:
        """Say hello."""
        return f"hello {value} {context}"


async def test_async_function_is_counted_timed_and_traced(value: Value, spans: Spans) -> None:
    """A coroutine function gives one execution, one duration and one span of its qualified name."""

    @instrument
    async def answer(question: str) -> str:
        return question.upper()

    assert await answer("a") == "A"
    assert value("airuntime_executions_total", primitive="answer", kind="function", status="ok") == 1
    assert value("airuntime_duration_seconds_count", primitive="answer", kind="function") == 1
    assert value("airuntime_inflight", primitive="answer", kind="function") == 0
    assert dict(spans()["answer"].attributes or {}) == {"primitive.name": "answer", "primitive.type": "function"}


async def test_sync_function_is_measured(value: Value) -> None:
    """A plain function is measured as a coroutine function is, under the name given."""

    @instrument(name="double")
    def double(n: int) -> int:
        return 2 * n

    assert double(4) == 8
    assert value("airuntime_executions_total", primitive="double", kind="function", status="ok") == 1


async def test_function_returning_a_coroutine_is_measured_to_its_end(value: Value) -> None:
    """A plain function around a coroutine function counts once, with the time that the coroutine took."""

    async def slow(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    def start() -> Coroutine[Any, Any, str]:
        return slow(0.05)

    call = instrument(start, name="call")

    assert await call() == "done"
    assert value("airuntime_executions_total", primitive="call", kind="function", status="ok") == 1
    assert (value("airuntime_duration_seconds_sum", primitive="call", kind="function") or 0) >= 0.05
    assert value("airuntime_inflight", primitive="call", kind="function") == 0


async def test_object_with_execute_keeps_its_identity(value: Value, spans: Spans) -> None:
    """An object stays what it is; its execute is measured and its span is `{Class}.execute`."""
    greeter = Greeter()

    assert instrument(greeter, name="greeter") is greeter
    assert isinstance(greeter, Greeter)
    assert await greeter.execute("you", 1) == "hello you 1"
    assert value("airuntime_executions_total", primitive="greeter", kind="function", status="ok") == 1
    assert "Greeter.execute" in spans()


async def test_methods_static_methods_and_partials_are_measured(value: Value) -> None:
    """Whatever can be called can be measured."""

    class Service:
        @instrument(name="method")
        async def method(self, n: int) -> int:
            return n + 1

        @staticmethod
        @instrument(name="static")
        def static(n: int) -> int:
            return n + 2

    partial = instrument(functools.partial(Service.static, 5), name="partial")

    assert (await Service().method(1), Service.static(1), partial()) == (2, 3, 7)
    for name in ("method", "partial"):
        assert value("airuntime_executions_total", primitive=name, kind="function", status="ok") == 1
    assert value("airuntime_executions_total", primitive="static", kind="function", status="ok") == 2


async def test_signature_name_and_doc_stay(apm: Apm) -> None:
    """To `inspect` and to readers the measured function is the function."""

    async def answer(question: str, *, loud: bool = False) -> str:
        """Answer it."""
        return f"{question} {loud}"

    measured = instrument(answer)

    assert apm.recorder is not None
    assert inspect.signature(measured) == inspect.signature(answer)
    assert (measured.__name__, measured.__doc__, measured.__module__) == ("answer", "Answer it.", __name__)
    assert inspect.iscoroutinefunction(measured)


async def test_error_is_the_same_object_and_recorded(value: Value, spans: Spans) -> None:
    """The user's exception comes out as it went in; status and span tell of it."""
    error = KeyError("no")

    @instrument
    async def fails() -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        await fails()

    assert caught.value is error
    assert value("airuntime_executions_total", primitive="fails", kind="function", status="error") == 1
    assert spans()["fails"].status.status_code is StatusCode.ERROR
    assert [event.name for event in spans()["fails"].events] == ["exception"]


async def test_timeout_has_its_own_status(value: Value) -> None:
    """A TimeoutError is a timeout, and what it cut off was cancelled."""

    @instrument
    async def inner() -> None:
        await asyncio.sleep(10)

    @instrument
    async def outer() -> None:
        await asyncio.wait_for(inner(), 0.01)

    with pytest.raises(TimeoutError):
        await outer()

    assert value("airuntime_executions_total", primitive="outer", kind="function", status="timeout") == 1
    assert value("airuntime_executions_total", primitive="inner", kind="function", status="cancelled") == 1


async def test_cancellation_goes_through_and_is_no_error(value: Value, spans: Spans) -> None:
    """A cancelled task is cancelled, counted as such, and its span is not marked as failed."""

    @instrument
    async def waits() -> None:
        await asyncio.sleep(10)

    task = asyncio.ensure_future(waits())
    await asyncio.sleep(0.01)
    assert value("airuntime_inflight", primitive="waits", kind="function") == 1
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert value("airuntime_executions_total", primitive="waits", kind="function", status="cancelled") == 1
    assert value("airuntime_inflight", primitive="waits", kind="function") == 0
    assert spans()["waits"].status.status_code is StatusCode.UNSET


async def test_measuring_twice_counts_once(value: Value) -> None:
    """What is already measured stays as it is."""
    once = instrument(one, name="once")

    assert instrument(once, name="twice") is once
    once()
    assert value("airuntime_executions_total", primitive="once", kind="function", status="ok") == 1


async def test_what_one_call_cannot_measure_is_refused() -> None:
    """Things that can neither be called nor executed and unknown kinds are told apart at once."""
    with pytest.raises(TypeError, match="neither callable"):
        instrument(3)
    with pytest.raises(ValueError, match="unknown kind 'magic'"):
        instrument(one, kind="magic")  # type: ignore[call-overload]


async def test_coroutine_dropped_half_way_harms_nobody(value: Value) -> None:
    """A coroutine closed in another context than it began in counts as cancelled and raises nothing."""

    @instrument
    async def waits() -> None:
        await asyncio.sleep(10)

    coroutine = waits()
    contextvars.copy_context().run(coroutine.send, None)
    coroutine.close()

    assert value("airuntime_executions_total", primitive="waits", kind="function", status="cancelled") == 1
