"""Reading token usage from what a model call returned, in OpenAI's shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TokenUsage:
    """Tokens of one call. ``cached`` are those of ``input`` that were read from the provider's prompt cache."""

    input: int
    output: int
    cached: int = 0


def usage_of(response: Any) -> TokenUsage | None:
    """Usage of a chat completion or of the Responses API, as object or mapping; None when it tells none."""
    usage = _get(response, "usage")
    chat = _tokens(usage, "prompt_tokens", "completion_tokens", "prompt_tokens_details")
    return chat or _tokens(usage, "input_tokens", "output_tokens", "input_tokens_details")


def _tokens(usage: Any, input_name: str, output_name: str, details_name: str) -> TokenUsage | None:
    read, written = _count(_get(usage, input_name)), _count(_get(usage, output_name))
    if read is None or written is None:
        return None
    cached = _count(_get(_get(usage, details_name), "cached_tokens")) or 0
    return TokenUsage(read, written, min(cached, read))


def model_of(response: Any) -> str | None:
    """The model that answered, as the response names it."""
    model = _get(response, "model")
    return model if isinstance(model, str) and model else None


def _get(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
