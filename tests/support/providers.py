"""Fake model providers: one loopback server that answers as OpenAI, Anthropic and Gemini do, streamed or at once.

The usage that it reports is fixed, so that a test can say what a call must cost. The vendors' own clients talk to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from .http_server import Quiet, serving

Body = dict[str, Any]
Event = tuple[str | None, Any]

CHAT_USAGE: Final[Body] = {
    "prompt_tokens": 1000,
    "completion_tokens": 100,
    "total_tokens": 1100,
    "prompt_tokens_details": {"cached_tokens": 400},
}
RESPONSES_USAGE: Final[Body] = {
    "input_tokens": 1000,
    "output_tokens": 100,
    "total_tokens": 1100,
    "input_tokens_details": {"cached_tokens": 400, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
EMBEDDINGS_USAGE: Final[Body] = {"prompt_tokens": 1000, "total_tokens": 1000}
MESSAGES_USAGE: Final[Body] = {
    "input_tokens": 400,
    "output_tokens": 100,
    "cache_read_input_tokens": 500,
    "cache_creation_input_tokens": 100,
}
"""Anthropic counts what was read from and written to the cache beside its input, not within."""
GEMINI_USAGE: Final[Body] = {
    "promptTokenCount": 1000,
    "candidatesTokenCount": 60,
    "thoughtsTokenCount": 40,
    "totalTokenCount": 1100,
    "cachedContentTokenCount": 400,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1000}],
}
WORDS: Final = ("It ", "depends", ".")


def _chat(asked: Body) -> Body:
    message = {"role": "assistant", "content": "".join(WORDS)}
    choice = {"index": 0, "finish_reason": "stop", "message": message, "logprobs": None}
    return _completion(asked, "chat.completion", [choice]) | {"usage": CHAT_USAGE}


def _completion(asked: Body, kind: str, choices: list[Body]) -> Body:
    return {"id": "c1", "object": kind, "created": 1, "model": asked["model"], "choices": choices}


def _chat_events(asked: Body) -> Iterator[Event]:
    for word in WORDS:
        choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
        yield None, _completion(asked, "chat.completion.chunk", [choice])
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield None, _completion(asked, "chat.completion.chunk", []) | {"usage": CHAT_USAGE}
    yield None, "[DONE]"


def _response(asked: Body) -> Body:
    text = {"type": "output_text", "text": "".join(WORDS), "annotations": []}
    output = [{"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [text]}]
    shared: Body = {"id": "r1", "object": "response", "created_at": 1, "model": asked["model"], "status": "completed"}
    rest: Body = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return shared | rest | {"output": output, "usage": RESPONSES_USAGE}


def _response_events(asked: Body) -> Iterator[Event]:
    created = _response(asked) | {"status": "in_progress", "output": [], "usage": None}
    yield "response.created", {"type": "response.created", "sequence_number": 0, "response": created}
    where = {"item_id": "m1", "output_index": 0, "content_index": 0, "logprobs": []}
    for number, word in enumerate(WORDS, start=1):
        delta = {"type": "response.output_text.delta", "sequence_number": number, "delta": word}
        yield "response.output_text.delta", delta | where
    yield "response.completed", {"type": "response.completed", "sequence_number": 9, "response": _response(asked)}


def _embeddings(asked: Body) -> Body:
    data = [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}]
    return {"object": "list", "model": asked["model"], "data": data, "usage": EMBEDDINGS_USAGE}


def _message(asked: Body) -> Body:
    shared: Body = {"id": "m1", "type": "message", "role": "assistant", "model": asked["model"]}
    content = [{"type": "text", "text": "".join(WORDS)}]
    return shared | {"content": content, "stop_reason": "end_turn", "stop_sequence": None, "usage": MESSAGES_USAGE}


def _message_events(asked: Body) -> Iterator[Event]:
    begun = _message(asked) | {"content": [], "stop_reason": None, "usage": MESSAGES_USAGE | {"output_tokens": 1}}
    block = {"type": "text", "text": ""}
    yield "message_start", {"type": "message_start", "message": begun}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}
    for word in WORDS:
        delta = {"type": "text_delta", "text": word}
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    stopped = {"stop_reason": "end_turn", "stop_sequence": None}
    usage = {"output_tokens": MESSAGES_USAGE["output_tokens"]}
    yield "message_delta", {"type": "message_delta", "delta": stopped, "usage": usage}
    yield "message_stop", {"type": "message_stop"}


def _gemini(asked: Body, text: str | None = None, usage: Body = GEMINI_USAGE) -> Body:
    content = {"role": "model", "parts": [{"text": "".join(WORDS) if text is None else text}]}
    candidates = [{"content": content, "index": 0}]
    return {"candidates": candidates, "usageMetadata": usage, "modelVersion": asked["model"]}


def _gemini_events(asked: Body) -> Iterator[Event]:
    for number, word in enumerate(WORDS):
        grown = 60 * (number + 1) // len(WORDS)
        yield None, _gemini(asked, word, GEMINI_USAGE | {"candidatesTokenCount": grown})


def _at_once(path: str, asked: Body) -> Body:
    answers = {"completions": _chat, "responses": _response, "embeddings": _embeddings, "messages": _message}
    return answers[path.rpartition("/")[2]](asked) if "generateContent" not in path else _gemini(asked)


def _streamed(path: str, asked: Body) -> Iterator[Event]:
    if "streamGenerateContent" in path:
        return _gemini_events(asked)
    answers = {"completions": _chat_events, "responses": _response_events, "messages": _message_events}
    return answers[path.rpartition("/")[2]](asked)


class _Handler(Quiet, BaseHTTPRequestHandler):
    """Answers one call."""

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "/models/" in path:  # Gemini names the model in the path
            asked["model"] = path.rpartition("/")[2].partition(":")[0]
        streamed = asked.get("stream") or "streamGenerateContent" in path
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.end_headers()
        if not streamed:
            self.wfile.write(json.dumps(_at_once(path, asked)).encode())
            return
        for name, data in _streamed(path, asked):
            event = f"event: {name}\n" if name else ""
            self.wfile.write(f"{event}data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())


@contextmanager
def running() -> Iterator[str]:
    """The server; gives its base URL."""
    with serving(_Handler) as url:
        yield url
