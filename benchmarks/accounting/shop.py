"""The demo's assistant under traffic in compressed time, with a model that keeps a bill."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast

from ai_runtime_intelligent.flow.signal import Subject
from airuntime_demo import assistant
from airuntime_demo.assistant import Assistant
from airuntime_demo.stores import Asked, Stores
from airuntime_demo.traffic import Arrival, arrivals
from airuntime_demo.wastes import Knobs
from openai import AsyncOpenAI, RateLimitError

from .provider import Provider

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


class NoStores(Stores):
    """Stores that answer at once: no bill can tell how long looking up takes."""

    async def _wait(self) -> None:
        return


def build(provider: Provider, knobs: Knobs, *, stores: bool) -> Assistant:
    """The demo's assistant with these values; without ``stores`` it waits for the model alone."""
    client = cast("AsyncOpenAI", provider)
    shelves = Stores(7) if stores else NoStores(7)
    return assistant.build(client, shelves, knobs, clock=asyncio.get_running_loop().time)


class Traffic:
    """The questions of one seed, ``rate`` a second, which arrive whether or not earlier ones are answered."""

    def __init__(self, ask: Assistant, seed: int, rate: float) -> None:
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
        except RateLimitError:
            return
