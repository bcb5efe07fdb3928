"""Streamed answers: passed on as they are, priced when they are over, whatever way they end."""

from __future__ import annotations

import asyncio
import gc
import inspect
import time
import traceback
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest
from ai_runtime_intelligent import Apm, RouterPrimitive, instrument
from ai_runtime_intelligent.primitives import streams

Value = Callable[..., float | None]

USAGE = {"prompt_tokens": 1000, "completion_tokens": 100}
CHUNKS = ({"model": "gpt-4o", "text": "It "}, {"model": "gpt-4o", "text": "depends."}, {"usage": USAGE})
USD = (1000 * 2.5 + 100 * 10) / 1e6


def measured(stream: Callable[[], Any]) -> Callable[[], Any]:
    """A model call that answers with this stream."""

    def call() -> Any:
        return stream()

    return instrument(call, name="m", kind="llm")


def cost(value: Value, route: str = "", router: str = "") -> float | None:
    """Spend so far."""
    return value("airuntime_cost_usd_total", primitive="m", kind="llm", model="gpt-4o", route=route, router=router)


def duration(value: Value, error: str) -> float | None:
    """How many operations ended with this error."""
    labels = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "openai", "gen_ai_request_model": "gpt-4o"}
    return value("gen_ai_client_operation_duration_seconds_count", **labels, error_type=error)


def chunks() -> Generator[Any, Any, str]:
    """A generator that listens, catches and returns."""
    for chunk in CHUNKS:
        try:
            heard = yield chunk
        except KeyError as error:
            heard = yield ("caught", error)
        if heard:
            yield ("heard", heard)
    return "done"


def test_generator_stays_a_generator(value: Value) -> None:
    """Items are the very objects; send, throw, the return value and `yield from` work as they did."""
    stream: Any = measured(chunks)()
    error = KeyError("x")

    assert inspect.isgenerator(measured(chunks)())
    assert iter(stream) is stream
    assert next(stream) is CHUNKS[0]
    assert stream.send("hello") == ("heard", "hello")
    assert next(stream) is CHUNKS[1]
    assert stream.throw(error) == ("caught", error)

    def outer() -> Iterator[Any]:
        yield (yield from stream)

    assert list(outer()) == [CHUNKS[2], "done"]
    assert cost(value) == pytest.approx(USD)


@pytest.mark.asyncio
async def test_asynchronous_generator_stays_one(value: Value) -> None:
    """An asynchronous generator is iterated, sent to and closed as it was."""

    async def produce() -> AsyncIterator[Any]:
        for chunk in CHUNKS:
            await asyncio.sleep(0)
            yield chunk

    call = measured(produce)
    stream = call()
    assert inspect.isasyncgen(stream)
    assert [chunk async for chunk in stream] == list(CHUNKS)
    assert cost(value) == pytest.approx(USD)

    left = call()
    assert await left.asend(None) is CHUNKS[0]
    await left.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(left)
    assert value("airuntime_unpriced_calls_total", primitive="m", kind="llm", model="gpt-4o") == 1


def test_attributes_are_those_of_the_stream(apm: Apm) -> None:
    """What is read from the stand-in or written to it is the stream's own, its type under `isinstance` too."""

    class Answer:
        def __init__(self) -> None:
            self.request_id = "r1"

        def __iter__(self) -> Iterator[Any]:
            return self

        def __next__(self) -> Any:
            raise StopIteration

        def __repr__(self) -> str:
            return "<Answer r1>"

    original = Answer()
    stream: Any = measured(lambda: original)()
    stream.note = "mine"

    assert apm
    assert (stream.request_id, vars(original)["note"], repr(stream)) == ("r1", "mine", "<Answer r1>")
    with pytest.raises(AttributeError, match="'Answer' object has no attribute 'nothing'"):
        _ = stream.nothing
    assert isinstance(stream, Answer)


def test_error_in_the_stream_comes_out_as_it_is(value: Value) -> None:
    """An error while streaming is the caller's, with its traceback, and is told in the duration; tokens known count."""

    def failing() -> Iterator[Any]:
        yield {"model": "gpt-4o", "usage": USAGE}
        raise ConnectionResetError("gone")

    stream = measured(failing)()
    next(stream)
    with pytest.raises(ConnectionResetError, match="gone") as caught:
        next(stream)

    assert streams.__file__ not in {frame.filename for frame in traceback.extract_tb(caught.tb)}
    assert duration(value, "ConnectionResetError") == 1
    assert cost(value) == pytest.approx(USD)


def test_error_of_the_call_comes_out_as_it_is(value: Value) -> None:
    """A call that fails before it streams leaves a traceback without a line of ours."""

    def failing() -> Iterator[Any]:
        raise ConnectionRefusedError("no")

    with pytest.raises(ConnectionRefusedError) as caught:
        instrument(failing, name="m", kind="llm", model="gpt-4o")()

    files = [frame.filename for frame in traceback.extract_tb(caught.tb)]
    assert files == [__file__, __file__]
    assert duration(value, "ConnectionRefusedError") == 1


def test_duration_lasts_until_the_stream_is_over(value: Value) -> None:
    """The operation's duration is that of the whole stream, not of the call that began it; it is counted once."""
    stream = measured(chunks)()
    assert duration(value, "") is None

    list(stream)
    stream.close()
    del stream
    gc.collect()

    assert duration(value, "") == 1


def test_first_item_and_items_are_told(value: Value) -> None:
    """When the first chunk came and how many came is told as of any generator, once the stream is over."""

    def slow() -> Iterator[Any]:
        time.sleep(0.05)
        yield from CHUNKS

    list(measured(slow)())

    assert value("airuntime_items_total", primitive="m", kind="llm") == 3
    assert value("airuntime_first_item_seconds_count", primitive="m", kind="llm") == 1
    assert 0.05 <= (value("airuntime_first_item_seconds_sum", primitive="m", kind="llm") or 0) < 5


@pytest.mark.asyncio
async def test_route_is_the_one_of_the_call(value: Value) -> None:
    """A stream read after its router has ended still counts for the route that it took."""
    router = RouterPrimitive("r", {"premium": instrument(lambda _: chunks(), name="m", kind="llm")})
    stream = await router.execute("q")

    list(stream)

    assert cost(value, route="premium", router="r") == pytest.approx(USD)


def test_stream_handed_through_is_one_stream(value: Value) -> None:
    """Two instrumented calls around one stream share its stand-in; each records what it is."""
    inner = measured(chunks)
    outer = instrument(inner, name="o", kind="llm")

    @instrument(name="o", kind="llm")
    def wrapped() -> Any:
        return inner()

    assert outer is inner
    list(wrapped())

    assert cost(value) == pytest.approx(USD)
    labels = {"kind": "llm", "model": "gpt-4o", "route": "", "router": ""}
    assert value("airuntime_cost_usd_total", primitive="o", **labels) == pytest.approx(USD)


def test_what_is_no_stream_is_left_alone(apm: Apm) -> None:
    """Lists, mappings and text are answers, not streams: the very object comes back."""
    assert apm
    for answer in ([1, 2], {"model": "gpt-4o"}, "text", b"bytes", range(3), None):
        assert instrument(lambda answer=answer: answer, name="m", kind="llm")() is answer


def test_without_apm_the_stream_itself_comes_back() -> None:
    """While nothing is measured, nothing stands in for a stream."""
    stream = chunks()

    assert measured(lambda: stream)() is stream


def test_chunk_that_cannot_be_read_disturbs_nobody(value: Value) -> None:
    """A chunk whose attributes fail is passed on; the call is counted as unpriced."""

    class Hostile:
        @property
        def usage(self) -> Any:
            raise RuntimeError("not yours")

        model = usage

    hostile = Hostile()
    stream = instrument(lambda: iter([hostile]), name="m", kind="llm", model="gpt-4o")()

    assert list(stream) == [hostile]
    assert value("airuntime_unpriced_calls_total", primitive="m", kind="llm", model="gpt-4o") == 1
