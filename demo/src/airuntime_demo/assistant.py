"""The support assistant: an ordinary async program that its author instrumented.

The order of its parts decides what a waste costs: a cache in front of the retry saves whole calls, and the retry is in
front of the router, so that a second attempt is routed anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from ai_runtime_intelligent import CachePrimitive, ParallelPrimitive, RetryPrimitive, RouterPrimitive, instrument
from openai import APIConnectionError, AsyncOpenAI, InternalServerError, RateLimitError
from openai.types.chat import ChatCompletion

from .questions import complexity, normalised
from .stores import Asked, Stores
from .wastes import Knobs

FAST: Final = "gpt-4o-mini"
PREMIUM: Final = "gpt-4o"

_TASK: Final = "You are a support assistant. Answer in a few sentences, without greeting."


class Assistant(Protocol):
    """What :func:`build` gives: one coroutine from a question to an answer."""

    async def __call__(self, asked: Asked) -> str:
        """Answer. Raises openai.APIError when the model does not."""


def build(
    client: AsyncOpenAI, stores: Stores, knobs: Knobs, *, clock: Callable[[], float] = time.monotonic
) -> Assistant:
    """Put the assistant together. ``client`` must not retry by itself, or attempts would be hidden.

    ``clock`` gives the seconds by which answers grow old.
    """

    @instrument(name="fast_model", kind="llm", model=FAST)
    async def fast_model(question: str) -> ChatCompletion:
        """Ask the small model."""
        return await _complete(client, FAST, question)

    @instrument(name="premium_model", kind="llm", model=PREMIUM)
    async def premium_model(question: str) -> ChatCompletion:
        """Ask the large model."""
        return await _complete(client, PREMIUM, question)

    model_router = RouterPrimitive(
        "model_router",
        routes={"fast": fast_model, "premium": premium_model},
        default="premium",
        cheap="fast",
        score=complexity,
        threshold=knobs.threshold,
        models={"fast": FAST, "premium": PREMIUM},
    )
    model_retry = RetryPrimitive(
        "model_retry",
        model_router,
        max_attempts=knobs.max_attempts,
        backoff_seconds=knobs.backoff_seconds,
        retry_on=(RateLimitError, InternalServerError, APIConnectionError),
    )
    answer_cache = CachePrimitive(
        "answer_cache",
        model_retry,
        key=normalised,
        ttl_seconds=knobs.ttl_seconds,
        max_entries=5_000,
        clock=clock,
    )
    context_lookup = ParallelPrimitive(
        "context_lookup",
        {"profile": stores.profile, "orders": stores.orders, "knowledge": stores.knowledge},
        max_concurrency=knobs.max_concurrency,
    )

    @instrument(name="assistant")
    async def execute(asked: Asked) -> str:
        """Answer one question: look up who asks, get the general answer, make it personal."""
        context = await context_lookup.execute(asked)
        completion = await answer_cache.execute(asked.question)
        return _personal(context, completion)

    return execute


async def _complete(client: AsyncOpenAI, model: str, question: str) -> ChatCompletion:
    return await client.chat.completions.create(
        model=model,
        messages=[{"role": "system", "content": _TASK}, {"role": "user", "content": question}],
        max_tokens=200,
    )


def _personal(context: dict[str, Any], completion: ChatCompletion) -> str:
    see = f" See also {', '.join(context['knowledge'])}." if context["knowledge"] else ""
    return f"Dear {context['profile']['name']}, {completion.choices[0].message.content or ''}{see}"
