"""Reading what a model call returned: the model that answered and its tokens, in the shapes of three providers.

They are OpenAI's (chat completions, Responses API, embeddings), Anthropic's and Gemini's. Objects, pydantic models and
mappings are read alike. What the numbers mean in each API (whether cached tokens are part of the input or come on top)
is known by the genai-prices package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from .usage import TokenUsage


@dataclass(frozen=True)
class Shape:
    """An API by which a provider reports usage: its names in genai-prices, and in OpenTelemetry's conventions."""

    provider: str
    flavor: str
    operation: str


_OPENAI_CHAT: Final = Shape("openai", "chat", "chat")
_OPENAI_RESPONSES: Final = Shape("openai", "responses", "chat")
_OPENAI_EMBEDDINGS: Final = Shape("openai", "embeddings", "embeddings")
_ANTHROPIC: Final = Shape("anthropic", "default", "chat")
_GEMINI: Final = Shape("google", "default", "generate_content")

_USAGE: Final = ("usage", "usage_metadata", "usageMetadata")
_MODEL: Final = ("model", "model_version", "modelVersion")
_NOTHING: Final[Mapping[str, Any]] = {}
_SNAKE: Final = re.compile(r"_([a-z])")
_INNER: Final = ("message", "response", "chunk")
"""Where the events of a stream carry the answer: Anthropic's ``message_start``, OpenAI's ``response.completed`` and the
``chunk`` of its chat helper."""


@dataclass(frozen=True)
class Answer:
    """What one call answered. ``shape`` and ``usage`` are None when the response tells no tokens.

    ``text`` is what was streamed, where that may be recorded.
    """

    model: str | None = None
    shape: Shape | None = None
    usage: TokenUsage | None = None
    text: str = field(default="", repr=False)


def answer_of(response: Any) -> Answer:
    """What ``response`` tells of itself; an answer that was read already is taken as it is."""
    if isinstance(response, Answer):
        return response
    return answered(model_of(response), reported(response))


def answered(model: str | None, usage: Mapping[str, Any] | None) -> Answer:
    """The answer of ``model`` with ``usage`` as :func:`reported` gives it."""
    shape = None if usage is None else _shape(usage)
    tokens = None if usage is None or shape is None else _tokens(shape, usage)
    return Answer(model, shape if tokens else None, tokens)


def model_of(response: Any) -> str | None:
    """The model that answered, as the response names it."""
    for holder in _holders(response):
        for name in _MODEL:
            model = read(holder, name)
            if isinstance(model, str) and model:
                return model
    return None


def reported(response: Any) -> dict[str, Any] | None:
    """Usage as the response, or an event of a stream, reports it; None when it reports none."""
    for holder in _holders(response):
        for name in _USAGE:
            usage = _plain(read(holder, name))
            if usage:
                return usage
    return None


def _holders(response: Any) -> tuple[Any, ...]:
    return (response, *(inner for name in _INNER if (inner := read(response, name)) is not None))


def _shape(usage: Mapping[str, Any]) -> Shape | None:
    if "promptTokenCount" in usage or "candidatesTokenCount" in usage:
        return _GEMINI
    if "prompt_tokens" in usage:
        if "completion_tokens" in usage:
            return _OPENAI_CHAT
        # Without completion_tokens only a total that is all prompt says that nothing was generated.
        return _OPENAI_EMBEDDINGS if usage.get("total_tokens") == usage["prompt_tokens"] else None
    if "input_tokens" in usage and "output_tokens" in usage:
        return _OPENAI_RESPONSES if {"input_tokens_details", "total_tokens"} & usage.keys() else _ANTHROPIC
    return None


def _tokens(shape: Shape, usage: Mapping[str, Any]) -> TokenUsage | None:
    from genai_prices import extract_usage  # noqa: PLC0415 - loaded only when something is priced

    response = {"usageMetadata" if shape is _GEMINI else "usage": usage}
    try:
        found = extract_usage(response, provider_id=shape.provider, api_flavor=shape.flavor).usage
    except (LookupError, ValueError):
        return None
    return TokenUsage({name: value for name, value in vars(found).items() if isinstance(value, int | float)})


def read(holder: Any, name: str) -> Any:
    """What ``holder`` has under ``name``, or None. Every chunk of a stream is asked for names that most do not have."""
    kind: Any = type(holder)
    try:
        if kind is dict or isinstance(holder, Mapping):
            return holder.get(name)
        own = getattr(holder, "__dict__", _NOTHING)
        if name in own:
            return own[name]
        if _may_have(kind, name):
            return getattr(holder, name, None)
        return (getattr(holder, "__pydantic_extra__", None) or _NOTHING).get(name)
    except Exception:  # noqa: BLE001 - a property of somebody else's object
        return None


@lru_cache(maxsize=1024)
def _may_have(kind: type, name: str) -> bool:
    """Whether objects of this type can have ``name`` beside what stands in their ``__dict__``.

    A pydantic model answers for names that it does not have too, slowly; what it has more is in its extras.
    """
    names = {one for base in kind.__mro__ for one in vars(base)}
    return name in names or ("__getattr__" in names and "__pydantic_extra__" not in names)


def _plain(usage: Any) -> dict[str, Any] | None:
    """``usage`` as nested mappings under the API's own names, what is None left out."""
    found = _nested(usage)
    if not isinstance(found, dict) or not found:
        return None
    gemini = "prompt_token_count" in found or "candidates_token_count" in found
    return dict(_camelled(found)) if gemini else found


def _nested(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_nested(one) for one in value]
    return {name: inner for name, one in _fields(value).items() if (inner := _nested(one)) is not None}


def _fields(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    try:
        dumped = value.model_dump(exclude_none=True, warnings=False)  # what the provider added since is in it too
    except (AttributeError, TypeError, ValueError):
        dumped = getattr(value, "__dict__", None)
    return dumped if isinstance(dumped, Mapping) else {}


def _camelled(value: Any) -> Any:
    """The names of Gemini's Python client as its API has them."""
    if isinstance(value, dict):
        return {_SNAKE.sub(lambda match: match[1].upper(), name): _camelled(one) for name, one in value.items()}
    return [_camelled(one) for one in value] if isinstance(value, list) else value
