"""What type checkers see of the public API. Nobody runs this file: mypy reads it, in `make check` and in a test."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from typing import Any, Self, TypeVar, assert_type

from ai_runtime_intelligent import (
    Apm,
    CachePrimitive,
    ConcurrencyLimitPrimitive,
    ConfigFileError,
    ConfigRefusedError,
    FallbackPrimitive,
    IntelligentRuntime,
    Manifest,
    ParallelPrimitive,
    Primitive,
    RemoteConfig,
    RetryPrimitive,
    RouterPrimitive,
    SelfOptimizingPrimitive,
    SequentialPrimitive,
    Settings,
    TimeoutPrimitive,
    Tunable,
    as_tenant,
    instrument,
    rate_quality,
    setup_apm,
)
from ai_runtime_intelligent.testing import FakeClock, Measured, measuring, tuned
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

T = TypeVar("T")

# Functions keep their types, by every form of the decorator.


@instrument
def bare(number: int, *, text: str = "") -> float:
    """A function."""
    return number / len(text)


@instrument(name="named", kind="llm", model="gpt-4o")
async def named(question: str) -> dict[str, int]:
    """A coroutine function."""
    return {question: 1}


@instrument
def words(text: str) -> Generator[str, int, bool]:
    """A generator function."""
    yield from text.split()
    return True


@instrument()
async def chunks(text: str) -> AsyncIterator[bytes]:
    """An async generator function."""
    yield text.encode()


@instrument
def first(items: list[T]) -> T:
    """A generic function."""
    return items[0]


def undecorated(number: int) -> str:
    """A function that is wrapped where it is used."""
    return str(number)


async def functions() -> None:
    """Calls of them."""
    assert_type(bare(1, text="a"), float)
    assert_type(await named("?"), dict[str, int])
    assert_type(words("a b"), Generator[str, int, bool])
    assert_type([one async for one in chunks("a")], list[bytes])
    assert_type(first([1, 2]), int)
    assert_type(instrument(undecorated, name="wrapped")(1), str)
    assert_type(instrument(name="wrapped")(undecorated)(1), str)
    assert_type(instrument(functools.partial(undecorated, 1)), functools.partial[str])


# Classes and their methods keep theirs.


@instrument(name="searcher")
class Searcher:
    """A class whose instances are measured."""

    def __init__(self, index: Mapping[str, int]) -> None:
        self.index = index

    async def execute(self, word: str, context: object = None) -> int | None:
        """What is measured."""
        return self.index.get(word) if context is None else None


class Shop:
    """A class with measured methods of every sort."""

    @instrument
    def open(self, hour: int) -> bool:
        """A method."""
        return hour > 0

    @classmethod
    @instrument
    def found(cls, name: str) -> Self:
        """A class method."""
        raise LookupError(name)

    @staticmethod
    @instrument
    def price(item: str) -> float:
        """A static method."""
        return float(item)

    @property
    @instrument
    def name(self) -> str:
        """A property."""
        return "shop"

    @instrument
    async def sell(self, item: str) -> Iterator[str]:
        """A coroutine method."""
        return iter([item])


async def classes() -> None:
    """Uses of them."""
    assert_type(Searcher({"a": 1}), Searcher)
    assert_type(await Searcher({}).execute("a"), int | None)
    assert_type(instrument(Searcher({}), name="one of them"), Searcher)
    assert_type(Shop().open(9), bool)
    assert_type(Shop.found("a"), Shop)
    assert_type(Shop.price("1"), float)
    assert_type(Shop().name, str)
    assert_type(await Shop().sell("a"), Iterator[str])
    bound: Callable[[int], bool] = instrument(Shop().open)
    assert_type(bound(9), bool)


async def blocks() -> None:
    """Blocks, sync and async, give what their results are set on."""
    with instrument(name="parse") as block:
        block.request = "?"
        block.result = {"usage": None}
    async with instrument(name="parse", kind="llm", model="gpt-4o") as other:
        other.result = object()


# Primitives take what can be called or executed, are primitives, and are put together by operators.


async def primitives() -> None:
    """Each of them, and both operators."""
    cache = CachePrimitive("cache", named, key=str.lower, ttl_seconds=1, tenant=lambda _: "acme")
    retry = RetryPrimitive("retry", cache, backoff_strategy="adaptive", max_attempts=3, idempotent=lambda _: True)
    router = RouterPrimitive("router", {"fast": retry, "premium": bare}, score=lambda _: 0.5, models={"fast": "m"})
    timeout = TimeoutPrimitive("timeout", router, timeout_seconds=1.0)
    fallback = FallbackPrimitive("fallback", timeout, undecorated)
    limit = ConcurrencyLimitPrimitive("limit", fallback, limit=2)
    everything: list[Primitive] = [cache, retry, router, timeout, fallback, limit]
    assert_type(await everything[0].execute("?", {"tenant": "acme"}), Any)
    assert_type(cache.execute_sync("?"), Any)
    assert_type(limit.name, str)
    assert_type(cache.ttl_seconds, Tunable)
    assert_type(cache.ttl_seconds.value, int | float)
    chain: SequentialPrimitive = cache >> undecorated >> limit
    branches: ParallelPrimitive = cache | undecorated
    assert_type(await (str.strip >> chain >> branches).execute("?"), Any)
    assert_type(await SelfOptimizingPrimitive(chain, min_samples=10).execute("?", {}), Any)
    with as_tenant("acme"):
        rate_quality(0.5)


# Setting up.


async def runtime() -> None:
    """By code and by a file, sync and async."""
    apm = setup_apm("shop", backend="elastic", port=0, prices={"m": {"input": 1.0}})
    assert_type(apm, Apm)
    assert_type(apm.tracer_provider, TracerProvider)
    assert_type(apm.meter_provider, MeterProvider)
    assert_type(apm.metrics_port, int | None)
    apm.shutdown()
    with IntelligentRuntime("shop", enable_context7=True, enable_auto_optimization=True) as one:
        assert_type(one, IntelligentRuntime)
        assert_type(one.manifest(), Manifest)
        assert_type(one.remote, RemoteConfig | None)
        assert_type(one.settings, Settings)
    async with IntelligentRuntime.from_config("config.yaml") as other:
        assert_type(other, IntelligentRuntime)
    errors: tuple[type[Exception], ...] = (ConfigFileError, ConfigRefusedError)
    assert_type(errors[0], type[Exception])


def testing() -> None:
    """What users' tests are given."""
    with measuring("shop", prices={"m": {"input": 1.0}}) as measured, tuned({"cache.ttl_seconds": 5}):
        assert_type(measured, Measured)
    assert_type(measured.calls("cache", "error"), int)
    assert_type(measured.value("airuntime_executions_total", primitive="cache"), float)
    assert_type(measured.spans("cache"), list[ReadableSpan])
    assert_type(FakeClock(1.0)(), float)
