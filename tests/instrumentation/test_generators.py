"""Generators and async generators: what passes through them, and what is measured of them."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import time
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator

import pytest
from ai_runtime_intelligent import Apm, instrument
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.primitives.frame import current_frame
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan

Value = Callable[..., float | None]
Spans = Callable[[], dict[str, ReadableSpan]]


def numbers(n: int) -> Iterator[int]:
    """Count."""
    yield from range(n)


async def async_numbers(n: int) -> AsyncIterator[int]:
    """Count."""
    for number in range(n):
        await asyncio.sleep(0)
        yield number


def echoes() -> Generator[str, str, str]:
    """Give back what is sent, until nothing is; errors that are thrown in too."""
    heard = "begun"
    while heard:
        try:
            heard = yield heard
        except ValueError as error:
            heard = str(error)
    return "done"


def count(n: int) -> Iterator[int]:
    """Measured numbers."""
    return instrument(numbers, name="count")(n)


def echo() -> Generator[str, str, str]:
    """A measured echo."""
    return instrument(echoes, name="echo")()


def of(value: Value, name: str) -> Callable[[str], float | None]:
    """Read what was measured of one function."""
    return lambda metric: value(metric, primitive=name, kind="function")


def ended(value: Value, name: str, status: str) -> float | None:
    """Executions of one function that ended so."""
    return value(metrics.EXECUTIONS.name, primitive=name, kind="function", status=status)


def test_generator_is_one_execution(value: Value, spans: Spans) -> None:
    """From the first item to the last it is one execution, with a first item, items and a span."""
    assert list(count(3)) == [0, 1, 2]

    read = of(value, "count")
    assert ended(value, "count", "ok") == 1
    assert read(f"{metrics.DURATION.name}_count") == 1
    assert read(f"{metrics.FIRST_ITEM.name}_count") == 1
    assert read(metrics.ITEMS.name) == 3
    assert read(metrics.INFLIGHT.name) == 0
    assert list(spans()) == ["numbers"]


@pytest.mark.asyncio
async def test_async_generator_is_one_execution(value: Value, spans: Spans) -> None:
    """An async generator is measured as a generator is."""
    assert [number async for number in instrument(async_numbers, name="acount")(3)] == [0, 1, 2]

    read = of(value, "acount")
    assert ended(value, "acount", "ok") == 1
    assert read(metrics.ITEMS.name) == 3
    assert read(f"{metrics.FIRST_ITEM.name}_count") == 1
    assert list(spans()) == ["async_numbers"]


def test_nothing_is_measured_before_the_first_step(value: Value) -> None:
    """A generator that nobody asks is no execution; one without an item has no first one."""
    del value
    unasked = count(3)
    assert current_frame() is None
    unasked.close()  # type: ignore[attr-defined]
    assert list(count(0)) == []


def test_own_time_is_that_of_the_steps(value: Value) -> None:
    """The caller's time between two items is the caller's; the duration lasts from the first step to the last."""

    @instrument(name="slow")
    def slow() -> Iterator[int]:
        time.sleep(0.02)
        yield 1
        time.sleep(0.02)
        yield 2

    @instrument(name="caller")
    def caller() -> None:
        for _ in slow():
            time.sleep(0.05)

    caller()

    own = {name: of(value, name)(f"{metrics.SELF.name}_sum") or 0 for name in ("slow", "caller")}
    lasted = of(value, "slow")(f"{metrics.DURATION.name}_sum") or 0
    first = of(value, "slow")(f"{metrics.FIRST_ITEM.name}_sum") or 0
    assert own["slow"] >= 0.04
    assert own["caller"] >= 0.1
    assert lasted >= own["slow"] + 0.1
    assert 0.02 <= first <= lasted - 0.12


def test_children_are_below_the_generator_only_while_it_runs(apm: Apm, spans: Spans) -> None:
    """What the generator calls is its child; what the caller does between two items is not."""
    tracer = apm.tracer_provider.get_tracer("mine")

    @instrument(name="gives")
    def gives() -> Iterator[int]:
        with tracer.start_as_current_span("inside"):
            pass
        yield 1

    for _ in gives():
        assert trace.get_current_span() is trace.INVALID_SPAN
        assert current_frame() is None
        with tracer.start_as_current_span("between"):
            pass

    found = spans()
    outer = found["gives"].context
    assert outer is not None
    inside, between = found["inside"].parent, found["between"].parent
    assert inside is not None
    assert inside.span_id == outer.span_id
    assert between is None


def test_what_is_sent_and_thrown_arrives(value: Value) -> None:
    """Send, throw and the returned value work as without us."""
    talk = echo()

    assert next(talk) == "begun"
    assert talk.send("a") == "a"
    assert talk.throw(ValueError("b")) == "b"
    with pytest.raises(StopIteration) as stop:
        talk.send("")
    assert stop.value.value == "done"
    assert ended(value, "echo", "ok") == 1


def test_early_end_is_a_cancellation_and_an_error_is_an_error(value: Value) -> None:
    """A caller that stops asking cancels; what the generator raises, or does not catch, comes out as it is."""
    for number in (items := count(5)):
        if number == 2:
            break
    items.close()  # type: ignore[attr-defined]
    assert ended(value, "count", "cancelled") == 1
    assert of(value, "count")(metrics.ITEMS.name) == 3
    assert of(value, "count")(metrics.INFLIGHT.name) == 0

    talk, error = echo(), KeyError("no")
    next(talk)
    with pytest.raises(KeyError) as caught:
        talk.throw(error)
    assert caught.value is error
    assert ended(value, "echo", "error") == 1


@pytest.mark.asyncio
async def test_async_generator_is_closed_and_cancelled_as_without_us(value: Value) -> None:
    """`aclose()` runs the generator's own ending, and a cancelled task ends in it."""
    ends: list[str] = []

    @instrument(name="waits")
    async def waits() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise
        finally:
            await asyncio.sleep(0)
            ends.append("ended")

    closed = waits()
    assert await anext(closed) == 1
    await closed.aclose()
    assert ends == ["ended"]

    async def consume() -> None:
        async for _ in waits():
            pass

    task = asyncio.ensure_future(consume())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ends == ["ended", "cancelled", "ended"]
    assert ended(value, "waits", "cancelled") == 2


def test_dropped_generator_harms_nobody(value: Value) -> None:
    """A generator that was begun in another context and is collected half way counts as cancelled."""
    items = count(5)
    contextvars.copy_context().run(next, items)
    del items

    assert ended(value, "count", "cancelled") == 1
    assert current_frame() is None


def test_item_is_held_by_the_caller_alone(apm: Apm) -> None:
    """While the caller works on an item, and after it let go of it, nobody else keeps it in memory."""

    class Item:
        """Something large."""

    @instrument(name="makes")
    def makes() -> Iterator[Item]:
        while True:
            yield Item()

    items = makes()
    item = next(items)
    seen = weakref.ref(item)
    del item

    assert seen() is None
    assert apm.recorder is not None


def test_they_stay_what_they_are() -> None:
    """To `inspect` a measured generator function is one, and gives generators of its name."""
    measured, measured_async = instrument(numbers), instrument(async_numbers)

    assert inspect.isgeneratorfunction(measured)
    assert inspect.isasyncgenfunction(measured_async)
    assert inspect.isgenerator(made := measured(1))
    assert inspect.isasyncgen(measured_async(1))
    assert (made.__name__, made.__qualname__) == ("numbers", "numbers")
    assert (measured.__doc__, inspect.signature(measured)) == ("Count.", inspect.signature(numbers))


def test_generator_that_calls_a_model_is_priced_when_it_ends(value: Value) -> None:
    """The chunks that pass through tell the tokens; the caller gets every one as it is."""
    chunks: list[dict[str, object]] = [
        {"model": "gpt-4o-mini", "text": "Yes"},
        {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}},
    ]

    @instrument(name="asks", kind="llm", model="gpt-4o-mini")
    def asks() -> Iterator[dict[str, object]]:
        yield from chunks

    got = list(asks())

    assert got == chunks
    assert got[0] is chunks[0]
    labels = {"primitive": "asks", "kind": "llm", "model": "gpt-4o-mini", "route": "", "router": ""}
    assert (value(metrics.COST.name, **labels) or 0) > 0
    assert value(metrics.EXECUTIONS.name, primitive="asks", kind="llm", status="ok") == 1
