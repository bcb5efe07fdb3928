"""The demo's assistant, from its cache down to the models and with its stores, under traffic in compressed time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from ai_runtime_intelligent import CachePrimitive, ParallelPrimitive, RetryPrimitive, RouterPrimitive, instrument
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_demo.assistant import FAST, PREMIUM
from airuntime_demo.questions import complexity, normalised
from airuntime_demo.stores import Asked, Stores
from airuntime_demo.traffic import Arrival, arrivals
from airuntime_demo.wastes import Knobs

from .provider import Provider, RefusedError

SERVICE = "shop"
ENTRY = Subject(SERVICE, "assistant", "function")
SUBJECTS = {
    "cache": Subject(SERVICE, "answer_cache", "cache"),
    "retry": Subject(SERVICE, "model_retry", "retry"),
    "router": Subject(SERVICE, "model_router", "router"),
    "serial": Subject(SERVICE, "context_lookup", "parallel"),
}
CALLEES = {
    "assistant": ["answer_cache", "context_lookup"],
    "answer_cache": ["model_retry"],
    "model_retry": ["model_router"],
    "model_router": ["fast_model", "premium_model"],
}
"""Who calls whom."""

Ask = Callable[[Asked], Awaitable[Any]]


def build(provider: Provider, knobs: Knobs, *, stores: bool) -> Ask:
    """The assistant with these values; without ``stores`` it looks nothing up, which no bill can tell."""

    @instrument(name="fast_model", kind="llm", model=FAST)
    async def fast_model(question: str) -> Any:
        return await provider.complete(FAST, question)

    @instrument(name="premium_model", kind="llm", model=PREMIUM)
    async def premium_model(question: str) -> Any:
        return await provider.complete(PREMIUM, question)

    router = RouterPrimitive(
        "model_router",
        routes={"fast": fast_model, "premium": premium_model},
        default="premium",
        cheap="fast",
        score=complexity,
        threshold=knobs.threshold,
        models={"fast": FAST, "premium": PREMIUM},
    )
    retry = RetryPrimitive(
        "model_retry",
        router,
        max_attempts=knobs.max_attempts,
        backoff_seconds=knobs.backoff_seconds,
        retry_on=(RefusedError,),
    )
    cache = CachePrimitive(
        "answer_cache",
        retry,
        key=normalised,
        ttl_seconds=knobs.ttl_seconds,
        max_entries=5_000,
        clock=asyncio.get_running_loop().time,
    )
    shelves = Stores(7)
    lookup = ParallelPrimitive(
        "context_lookup",
        {"profile": shelves.profile, "orders": shelves.orders, "knowledge": shelves.knowledge},
        max_concurrency=knobs.max_concurrency,
    )

    @instrument(name="assistant")
    async def assistant(asked: Asked) -> Any:
        if stores:
            await lookup.execute(asked)
        return await cache.execute(asked.question)

    return assistant


class Traffic:
    """The questions of one seed, ``rate`` a second, which arrive whether or not earlier ones are answered."""

    def __init__(self, ask: Ask, seed: int, rate: float) -> None:
        self._ask = ask
        self._coming: Iterator[Arrival] = arrivals(seed, rate)
        self._next = next(self._coming)
        self._began = asyncio.get_running_loop().time()
        self._tasks: set[asyncio.Task[None]] = set()

    async def until(self, at: float) -> None:
        """Ask all that arrive before a moment (Unix seconds), and wait until they are answered."""
        loop = asyncio.get_running_loop()
        while self._began + self._next.at < at:
            await asyncio.sleep(max(0.0, self._began + self._next.at - loop.time()))
            task = asyncio.create_task(self._one(self._next.asked))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            self._next = next(self._coming)
        await asyncio.sleep(max(0.0, at - loop.time()))

    async def end(self) -> None:
        """Wait for the last answers."""
        await asyncio.gather(*self._tasks)

    async def _one(self, asked: Asked) -> None:
        try:
            await self._ask(asked)
        except RefusedError:
            return
