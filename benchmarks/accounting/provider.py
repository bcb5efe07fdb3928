"""The demo's fake model without a socket: the same answers, refusals and bill, in the loop's own time."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from airuntime_demo.bill import Bill
from airuntime_demo.rate_limit import RateLimitWindows
from airuntime_demo.replies import reply

_TASK = "You are a support assistant. Answer in a few sentences, without greeting."


class RefusedError(Exception):
    """The provider answered 429."""


class Provider:
    """Answers, refuses by windows of time when ``limited``, and charges what it answered."""

    def __init__(self, seed: int, *, limited: bool) -> None:
        self.bill = Bill()
        self._seed = seed
        self._windows = RateLimitWindows(random.Random(f"{seed}-windows")) if limited else None  # noqa: S311 - traffic
        self._began = asyncio.get_running_loop().time()

    async def complete(self, model: str, question: str) -> dict[str, Any]:
        """A completion in OpenAI's shape. Raises RefusedError."""
        loop = asyncio.get_running_loop()
        if self._windows is not None and self._windows.remaining(loop.time() - self._began) > 0:
            await asyncio.sleep(0.01)
            raise RefusedError
        messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": question}]
        answer = reply(self._seed, model, messages, 200)
        await asyncio.sleep(answer.seconds)
        self.bill.add(model, answer)
        return {
            "object": "chat.completion",
            "model": model,
            "choices": [{"message": {"role": "assistant", "content": answer.text}}],
            "usage": {"prompt_tokens": answer.prompt_tokens, "completion_tokens": answer.completion_tokens},
        }
