"""What a cache holds: never more than it may, and sizes that can be believed."""

from __future__ import annotations

import sys
import tracemalloc
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive
from ai_runtime_intelligent.primitives.size import estimated_bytes
from ai_runtime_intelligent.primitives.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

Value = Callable[..., float | None]

steps = st.lists(
    st.tuples(st.sampled_from(["keep", "find"]), st.integers(0, 5), st.integers(1, 400), st.integers(0, 3)), max_size=40
)


@settings(max_examples=200, deadline=None)
@given(steps, st.integers(1, 4), st.integers(500, 2000))
def test_property_bounds_hold_and_the_least_recently_used_goes(
    asked: list[tuple[str, int, int, int]], limit: int, limit_bytes: int
) -> None:
    """After any requests: at most so many entries and bytes, sizes add up, and what is held is what a model holds."""
    now = 0.0
    store, model = Store(lambda: now), OrderedDict[int, tuple[float, int]]()
    for what, key, size, pause in asked:
        now += pause
        if what == "keep":
            value = b"x" * size
            store.keep(key, value, limit, limit_bytes)
            model.pop(key, None)
            weight = estimated_bytes((key, value))
            while model and weight <= limit_bytes:
                if len(model) < limit and sum(held for _, held in model.values()) + weight <= limit_bytes:
                    break
                model.popitem(last=False)
            if weight <= limit_bytes:
                model[key] = (now, weight)
        elif store.find(key, 3.0, 2.0).entry is not None:
            model.move_to_end(key)
        elif key in model:
            assert now - model.pop(key)[0] >= 5.0

        assert len(store) == len(model) <= limit
        assert store.bytes == sum(held for _, held in model.values()) <= limit_bytes
    assert store.clear() == len(model)
    assert store.bytes == 0


@pytest.mark.asyncio
async def test_max_bytes_evicts_and_refuses_what_is_too_large(value: Value) -> None:
    """Bytes are bounded: the least recently used goes; an answer larger than the bound is not held at all."""
    cache = CachePrimitive("c", lambda size: b"x" * size, max_bytes=4096)
    for size in (1000, 1001, 1002, 1003, 100_000):
        await cache.execute(size)

    assert len(cache) == 3
    assert value("airuntime_cache_evictions_total", primitive="c", kind="cache", reason="capacity") == 2
    assert (value("airuntime_cache_bytes", primitive="c", kind="cache") or 0) <= 4096


@pytest.mark.asyncio
async def test_value_that_cannot_be_weighed_is_given_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    """An object whose size cannot be estimated is answered; it is not held, and that is told."""

    class Odd(dict[str, str]):
        def items(self) -> Any:
            raise RuntimeError("no items")

    odd = Odd(a="b")
    cache = CachePrimitive("c", lambda _: odd)

    assert await cache.execute("q") is odd
    assert await cache.execute("q") is odd
    assert len(cache) == 0
    assert "measurements are missing" in caplog.text


def test_empty_cache_is_true() -> None:
    """Truth says that there is a cache, as `if cache:` means it, not that it holds something."""
    assert CachePrimitive("c", len)


@dataclass
class Message:
    """An ordinary object."""

    role: str
    text: str


@dataclass(slots=True)
class Slotted:
    """An object without a dict."""

    text: str


def test_size_counts_what_is_held() -> None:
    """Attributes, slots, keys and items count, each object once."""
    text = "x" * 5000

    assert estimated_bytes(Message("user", text)) > 5000
    assert estimated_bytes(Slotted(text)) > 5000
    assert estimated_bytes({text: 1}) > 5000
    assert estimated_bytes([text] * 100) < 5000 + sys.getsizeof([text] * 100) + 100


def test_size_of_much_is_extrapolated() -> None:
    """A hundred thousand strings, and as many nested objects, are estimated within a third of what they take."""
    for make in (
        lambda: [f"{i:0100d}" for i in range(100_000)],
        lambda: [{"role": f"user {i}", "text": f"{i:0100d}"} for i in range(20_000)],
    ):
        tracemalloc.start()
        held = make()
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert estimated_bytes(held) == pytest.approx(taken, rel=0.34)
