"""A fake server with OpenAI's chat completions API: real HTTP, real waiting, usage that adds up, honest refusals."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import click
from aiohttp import web

from .bill import Bill
from .rate_limit import RateLimitWindows
from .replies import SPEEDS, Reply, reply
from .serving import run_app

SERVER_ERROR_RATIO: Final = 0.003
"""Share of requests that are answered 500."""


class FakeLLM:
    """The server's state: its seeded faults, its counts and its bill.

    ``seed`` fixes answers, latencies and faults; ``clock`` gives seconds and is replaced in tests;
    ``server_error_ratio`` is the share of requests answered 500.
    """

    def __init__(
        self,
        seed: int = 7,
        *,
        clock: Callable[[], float] = time.monotonic,
        server_error_ratio: float = SERVER_ERROR_RATIO,
    ) -> None:
        self.seed = seed
        self.bill = Bill()
        self.counts: Counter[str] = Counter()
        self.inflight = 0
        self.windows = RateLimitWindows(random.Random(f"{seed}-windows"))
        self._errors = random.Random(f"{seed}-errors")
        self._error_ratio = server_error_ratio
        self._clock, self._start = clock, clock()

    def app(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/chat/completions", self.complete),
                web.get("/v1/models", self.models),
                web.get("/fake/bill", self.show_bill),
                web.get("/fake/stats", self.show_stats),
            ]
        )
        return app

    async def models(self, _request: web.Request) -> web.Response:
        """List the models, as ``GET /v1/models`` does."""
        data = [{"id": name, "object": "model", "created": 1_715_367_049, "owned_by": "fake"} for name in SPEEDS]
        return web.json_response({"object": "list", "data": data})

    async def show_bill(self, _request: web.Request) -> web.Response:
        """Tell what was charged so far."""
        return web.json_response(self.bill.as_json())

    async def show_stats(self, _request: web.Request) -> web.Response:
        """Tell how requests were answered so far, by HTTP status."""
        body = {"requests": dict(self.counts), "inflight": self.inflight, "rate_limit_windows": self.windows.opened}
        return web.json_response(body)

    async def complete(self, request: web.Request) -> web.Response:
        """Answer one chat completion, or refuse it in OpenAI's error shape."""
        self.inflight += 1
        try:
            response = await self._complete(request)
        finally:
            self.inflight -= 1
        self.counts[str(response.status)] += 1
        return response

    async def _complete(self, request: web.Request) -> web.Response:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return _error(401, "You didn't provide an API key.", "invalid_request_error", "invalid_api_key")
        if (wait := self.windows.remaining(self._clock() - self._start)) > 0:
            return _rate_limited(wait)
        try:
            body = _checked(await request.text())
        except ValueError as problem:
            return _error(400, str(problem), "invalid_request_error", None)
        if (model := body["model"]) not in SPEEDS:
            return _error(404, f"The model `{model}` does not exist.", "invalid_request_error", "model_not_found")
        if self._errors.random() < self._error_ratio:
            return _error(500, "The server had an error while processing your request.", "server_error", None)
        answer = reply(self.seed, model, body["messages"], body.get("max_tokens"))
        await asyncio.sleep(answer.seconds)
        self.bill.add(model, answer)
        return web.json_response(_completion(model, answer, self.bill.calls.total()))


def _checked(text: str) -> dict[str, Any]:
    """The request's body. Raises ValueError with a sentence for the caller."""
    try:
        body = json.loads(text)
    except json.JSONDecodeError as problem:
        raise ValueError(f"We could not parse the JSON body of your request: {problem}") from problem
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise ValueError("You must provide a model parameter.")  # noqa: TRY004 - any wrong body is one error
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(map(_is_message, messages)):
        raise ValueError("'messages' must be a non-empty list of {role, content} with text as content.")
    if body.get("stream"):
        raise ValueError("This server does not stream: leave 'stream' out.")
    limit = body.get("max_tokens")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise ValueError("'max_tokens' must be a whole number of at least 1.")
    return body


def _is_message(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("content"), str) and isinstance(item.get("role"), str)


def _completion(model: str, answer: Reply, number: int) -> dict[str, object]:
    message = {"role": "assistant", "content": answer.text, "refusal": None}
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": "length" if answer.truncated else "stop",
    }
    usage = {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "total_tokens": answer.prompt_tokens + answer.completion_tokens,
    }
    return {
        "id": f"chatcmpl-fake{number:08d}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [choice],
        "usage": usage,
    }


def _rate_limited(wait: float) -> web.Response:
    response = _error(429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded")
    response.headers["Retry-After"] = str(max(1, round(wait + 0.5)))
    response.headers["Retry-After-Ms"] = str(round(wait * 1000))
    return response


def _error(status: int, message: str, kind: str, code: str | None) -> web.Response:
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return web.json_response(body, status=status)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True)
@click.option("--seed", type=int, default=7, show_default=True)
def main(host: str, port: int, seed: int) -> None:
    """Serve the fake model until SIGINT or SIGTERM."""
    run_app(FakeLLM(seed).app(), host, port)


if __name__ == "__main__":
    main()
