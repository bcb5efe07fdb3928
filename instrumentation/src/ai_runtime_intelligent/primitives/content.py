"""What was asked of a model and what it answered, as messages of OpenTelemetry's gen_ai conventions.

Read only where it was asked for. Requests and answers are read in the shapes of OpenAI, Anthropic and Gemini, and as
plain text. Only text is taken: what else a message holds is named by its type.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from .llm import Answer, read

Message = dict[str, Any]

MOST_TEXT: Final = 65_536
"""Characters of one text that are recorded."""

_ASKED: Final = ("messages", "contents", "input", "prompt", "question", "text", "query")
"""What functions that call models name what they send, the whole conversation first."""

_SYSTEM: Final = ("system", "instructions")
_ANSWERS: Final = ("choices", "candidates", "output")
"""Where answers lie in a response of OpenAI's chat, of Gemini's and of OpenAI's Responses API."""

_DEEPEST: Final = 8
_INNER: Final = ("message", "content", "delta", "parts", "text")
_TYPE_OF_TEXT: Final = frozenset({"", "text", "input_text", "output_text", "message", "text_delta"})


def asked(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """The messages of a call with these arguments, as JSON; None where they hold none."""
    first = _first(args)
    given = {**first, **kwargs} if isinstance(first, Mapping) else kwargs
    named = next((given[name] for name in _ASKED if given.get(name) is not None), first)
    system = (one for name in _SYSTEM for one in _messages(given.get(name), "system"))
    return _as_json([*system, *_messages(named, "user")])


def answered(result: Any) -> str | None:
    """The messages of what a call returned, as JSON; None where it holds none."""
    if isinstance(result, Answer):
        return _as_json(_messages(result.text, "assistant"))
    given = next((found for name in _ANSWERS if (found := read(result, name))), None)
    return _as_json(_messages(result if given is None else given, "assistant"))


def piece(chunk: Any) -> str:
    """The text that one event of a stream brings."""
    if str(read(chunk, "type")).endswith(".done"):
        return ""  # it repeats what came in pieces
    held = next((found for name in _ANSWERS if (found := read(chunk, name))), None)
    return "".join(part.get("content", "") for part in _parts(chunk if held is None else held))


def _first(args: Iterable[Any]) -> Any:
    """The first argument that may hold a request: ``self`` and clients do not."""
    return next((one for one in args if isinstance(one, str | list | tuple | Mapping)), None)


def _messages(value: Any, role: str) -> Iterator[Message]:
    """``value`` as messages: a list of them, one, or a text."""
    conversation = isinstance(value, list | tuple) and any(_role(one) for one in value)
    for one in value if conversation or _are_answers(value) else (value,):
        parts = list(_parts(one))
        if parts:
            finished = read(one, "finish_reason") or read(one, "stop_reason")
            reason = {"finish_reason": str(getattr(finished, "value", finished))} if finished else {}
            yield {"role": _role(one) or role, "parts": parts, **reason}


def _are_answers(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(read(one, "message") or read(one, "content") for one in value)


def _role(value: Any) -> str | None:
    role = read(value, "role") or read(read(value, "message"), "role") or read(read(value, "content"), "role")
    return "assistant" if role == "model" else role if isinstance(role, str) else None


def _parts(value: Any, depth: int = 0) -> Iterator[dict[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if value:
            yield {"type": "text", "content": value[:MOST_TEXT]}
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one, depth + 1)
    elif value is not None:
        kind = read(value, "type")
        inner = next((found for name in _INNER if (found := read(value, name))), None)
        if inner is not None:
            yield from _parts(inner, depth + 1)
        elif isinstance(kind, str) and kind not in _TYPE_OF_TEXT:
            yield {"type": kind}


def _as_json(messages: Iterable[Message]) -> str | None:
    found = list(messages)
    return json.dumps(found, ensure_ascii=False) if found else None
