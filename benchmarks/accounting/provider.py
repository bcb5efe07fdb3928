"""The demo's fake model without a socket: the same answers, refusals and bill, in the loop's own time."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx2
from airuntime_demo.bill import Bill
from airuntime_demo.rate_limit import RateLimitWindows
from airuntime_demo.replies import reply
from openai import RateLimitError
from openai.types.chat import ChatCompletion

_REFUSED = httpx2.Response(429, request=httpx2.Request("POST", "http://fake.invalid/v1/chat/completions"))


class Provider:
    """An ``AsyncOpenAI`` as far as the assistant uses one.

    Answers, refuses by windows of time when ``limited``, and charges what it answered.
    """

    def __init__(self, seed: int, *, limited: bool) -> None:
        self.bill = Bill()
        self.chat = self.completions = self
        self._seed = seed
        self._windows = RateLimitWindows(random.Random(f"{seed}-windows")) if limited else None  # noqa: S311 - traffic
        self._began = asyncio.get_running_loop().time()

    async def create(self, *, model: str, messages: list[dict[str, str]], max_tokens: int) -> ChatCompletion:
        """A completion. Raises openai.RateLimitError."""
        loop = asyncio.get_running_loop()
        if self._windows is not None and self._windows.remaining(loop.time() - self._began) > 0:
            await asyncio.sleep(0.01)
            raise RateLimitError("slow down", response=_REFUSED, body=None)
        answer = reply(self._seed, model, messages, max_tokens)
        await asyncio.sleep(answer.seconds)
        self.bill.add(model, answer)
        message = {"role": "assistant", "content": answer.text}
        usage = {"prompt_tokens": answer.prompt_tokens, "completion_tokens": answer.completion_tokens}
        told: dict[str, Any] = {
            "id": "chatcmpl-fake",
            "created": 0,
            "object": "chat.completion",
            "model": model,
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {**usage, "total_tokens": sum(usage.values())},
        }
        return ChatCompletion.model_validate(told)
