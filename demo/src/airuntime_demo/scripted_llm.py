"""A fake model whose answers are written beforehand, behind OpenAI's chat completions and Anthropic's messages.

It answers the one tool that is offered, as a model does that was told to; what it says is the script's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from .replies import count_tokens

Body = dict[str, Any]
_HEADERS: Final = ("Authorization", "x-api-key")


@dataclass(frozen=True)
class Scripted:
    """One answer. ``arguments`` go to the tool; ``text`` is said instead; ``raw`` is the whole body of the response.

    ``tool`` is called instead of the one that is offered; ``seconds`` pass first; ``usage`` is told instead of what
    was used.
    """

    arguments: str | None = None
    text: str | None = None
    raw: str | None = None
    tool: str | None = None
    status: int = 200
    seconds: float = 0.0
    usage: tuple[int, int] | None = None


class ScriptedLLM:
    """Answers every request by the script, which gets the request's body; ``asked`` are the bodies, oldest first."""

    def __init__(self, script: Callable[[Body], Scripted]) -> None:
        self.script = script
        self.asked: list[Body] = []
        self.keys: list[str] = []

    def app(self) -> web.Application:
        """The aiohttp application; OpenAI's base URL is its ``/v1``, Anthropic's its root."""
        app = web.Application()
        routes = [web.post("/v1/chat/completions", self.complete), web.post("/v1/messages", self.message)]
        app.add_routes(routes)
        return app

    async def complete(self, request: web.Request) -> web.Response:
        """Answer as OpenAI does."""
        body, said = await self._said(request)
        if said.raw is not None or said.status != 200:  # noqa: PLR2004 - HTTP's OK
            return _raw(said)
        offered = body["tools"][0]["function"]["name"] if body.get("tools") else ""
        message: Body = {"role": "assistant", "content": said.text, "refusal": None}
        if said.arguments is not None:
            function = {"name": said.tool or offered, "arguments": said.arguments}
            message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
        given, made = _used(body, said)
        return web.json_response(
            {
                "id": f"chatcmpl-scripted{len(self.asked):04d}",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made},
            }
        )

    async def message(self, request: web.Request) -> web.Response:
        """Answer as Anthropic does."""
        body, said = await self._said(request)
        if said.raw is not None or said.status != 200:  # noqa: PLR2004 - HTTP's OK
            return _raw(said)
        content: list[Body] = [{"type": "text", "text": said.text}] if said.text is not None else []
        if said.arguments is not None:
            name = said.tool or body["tools"][0]["name"]
            content.append({"type": "tool_use", "id": "toolu_1", "name": name, "input": json.loads(said.arguments)})
        given, made = _used(body, said)
        return web.json_response(
            {
                "id": f"msg_scripted{len(self.asked):04d}",
                "type": "message",
                "role": "assistant",
                "model": body["model"],
                "content": content,
                "stop_reason": "tool_use" if said.arguments is not None else "end_turn",
                "stop_sequence": None,
                "usage": {"input_tokens": given, "output_tokens": made},
            }
        )

    async def _said(self, request: web.Request) -> tuple[Body, Scripted]:
        body: Body = await request.json()
        self.asked.append(body)
        self.keys.append(next((request.headers[one] for one in _HEADERS if one in request.headers), ""))
        said = self.script(body)
        await asyncio.sleep(said.seconds)
        return body, said


def _raw(said: Scripted) -> web.Response:
    return web.Response(text=said.raw or "", status=said.status, content_type="application/json")


def _used(body: Body, said: Scripted) -> tuple[int, int]:
    return said.usage or (count_tokens(json.dumps(body)), count_tokens(f"{said.arguments or ''}{said.text or ''}"))
