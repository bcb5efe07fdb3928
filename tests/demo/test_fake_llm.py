"""The fake model, asked through the real client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from aiohttp.test_utils import TestServer
from airuntime_demo.fake_llm import FakeLLM
from airuntime_demo.http import session
from airuntime_demo.replies import count_tokens, reply
from genai_prices import Usage, calc_price
from openai import (
    APIStatusError,
    AsyncOpenAI,
    AuthenticationError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    RateLimitError,
)

MESSAGES: Any = [{"role": "user", "content": "How do I return a pair of shoes?"}]


T = TypeVar("T")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


def with_server(llm: FakeLLM, use: Callable[[AsyncOpenAI], Awaitable[T]]) -> T:
    """Serve ``llm`` on a free port while ``use`` asks it through the real client."""

    async def run() -> T:
        server = TestServer(llm.app())
        await server.start_server()
        url = str(server.make_url("/v1"))
        async with server, AsyncOpenAI(base_url=url, api_key="any", max_retries=0) as client:
            return await use(client)

    return asyncio.run(run())


def served(seed: int = 7) -> FakeLLM:
    """A model that refuses nothing: its clock stands still before the first window."""
    return FakeLLM(seed, clock=Clock(), server_error_ratio=0.0)


def test_usage_adds_up_and_the_bill_agrees() -> None:
    """Tokens of prompt and completion sum to the total, and the bill charges just those at the published price."""
    llm = served()

    async def ask(client: AsyncOpenAI) -> Any:
        return [await client.chat.completions.create(model="gpt-4o", messages=MESSAGES) for _ in range(2)]

    answers = with_server(llm, ask)
    usage = answers[0].usage
    price = calc_price(
        Usage(input_tokens=2 * usage.prompt_tokens, output_tokens=2 * usage.completion_tokens),
        model_ref="gpt-4o",
        provider_id="openai",
    )

    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.completion_tokens == count_tokens(answers[0].choices[0].message.content)
    assert llm.bill.as_json()["calls"] == 2
    assert llm.bill.as_json()["usd"] == pytest.approx(float(price.total_price))


def test_the_same_prompt_gets_the_same_answer() -> None:
    """Answers depend on seed, model and prompt, and on nothing else."""
    assert reply(7, "gpt-4o", MESSAGES) == reply(7, "gpt-4o", MESSAGES)
    assert reply(7, "gpt-4o", MESSAGES) != reply(8, "gpt-4o", MESSAGES)


def test_latency_grows_with_tokens_and_with_the_model() -> None:
    """More tokens take longer, and the premium model takes about three times as long as the fast one."""
    prompts = [[{"role": "user", "content": f"question {number}"}] for number in range(200)]
    fast = [reply(7, "gpt-4o-mini", prompt) for prompt in prompts]
    premium = [reply(7, "gpt-4o", prompt) for prompt in prompts]
    by_tokens = sorted(fast, key=lambda one: one.completion_tokens)
    short, long = (sum(one.seconds for one in part) for part in (by_tokens[:50], by_tokens[-50:]))
    ratio = sum(one.seconds for one in premium) / sum(one.seconds for one in fast)

    assert long > 1.3 * short
    assert ratio == pytest.approx(3.0, abs=0.3)
    assert all(0.05 < one.seconds < 0.16 for one in fast)


def test_an_answer_takes_as_long_as_it_says() -> None:
    """The server really waits: a call takes at least the latency of its reply."""

    async def ask(client: AsyncOpenAI) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        return loop.time() - began

    assert with_server(served(), ask) >= reply(7, "gpt-4o", MESSAGES).seconds


def test_max_tokens_cuts_the_answer() -> None:
    """An answer ends at max_tokens, and says so."""

    async def ask(client: AsyncOpenAI) -> Any:
        return await client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, max_tokens=5)

    answer = with_server(served(), ask)

    assert answer.usage.completion_tokens == 5
    assert answer.choices[0].finish_reason == "length"


def test_a_window_refuses_every_request_and_then_none() -> None:
    """Inside a window each request is answered 429 with Retry-After, at its end it is served; refusals cost nothing."""
    clock = Clock()
    llm = FakeLLM(7, clock=clock, server_error_ratio=0.0)
    while llm.windows.remaining(clock.now) == 0:
        clock.now += 0.01

    async def ask(client: AsyncOpenAI) -> list[RateLimitError]:
        refused = []
        for _ in range(8):
            with pytest.raises(RateLimitError) as error:
                await client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
            refused.append(error.value)
        clock.now += float(refused[0].response.headers["Retry-After-Ms"]) / 1000 + 0.001
        await client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
        return refused

    refused = with_server(llm, ask)

    assert {error.code for error in refused} == {"rate_limit_exceeded"}
    assert all(int(error.response.headers["Retry-After"]) >= 1 for error in refused)
    assert dict(llm.counts) == {"429": 8, "200": 1}
    assert llm.bill.calls.total() == 1


def test_server_errors_are_counted_and_not_charged() -> None:
    """A 500 has OpenAI's error shape, appears in the statistics and not on the bill."""
    llm = FakeLLM(7, clock=Clock(), server_error_ratio=1.0)

    async def ask(client: AsyncOpenAI) -> None:
        with pytest.raises(InternalServerError, match="server had an error"):
            await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)

    with_server(llm, ask)

    assert dict(llm.counts) == {"500": 1}
    assert llm.bill.as_json() == {"usd": 0.0, "calls": 0, "models": {}}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"model": "gpt-0"}, NotFoundError),
        ({"messages": []}, BadRequestError),
        ({"messages": [{"role": "user"}]}, BadRequestError),
        ({"max_tokens": 0}, BadRequestError),
        ({"stream": True}, BadRequestError),
    ],
)
def test_wrong_requests_are_refused_with_the_reason(wrong: dict[str, Any], error: type[APIStatusError]) -> None:
    """What the API would refuse is refused, in its error shape."""

    async def ask(client: AsyncOpenAI) -> None:
        arguments: Any = {"model": "gpt-4o", "messages": MESSAGES} | wrong
        with pytest.raises(error) as caught:
            await client.chat.completions.create(**arguments)
        assert caught.value.type == "invalid_request_error"

    with_server(served(), ask)


def test_a_request_without_a_key_is_refused() -> None:
    """No bearer token: 401."""

    async def ask(client: AsyncOpenAI) -> None:
        with pytest.raises(AuthenticationError):
            await client.chat.completions.create(
                model="gpt-4o", messages=MESSAGES, extra_headers={"Authorization": "Basic x"}
            )

    with_server(served(), ask)


def test_models_bill_and_stats_can_be_read() -> None:
    """The list of models comes through the client; bill and statistics are plain JSON."""
    llm = served()

    async def ask(client: AsyncOpenAI) -> tuple[list[str], Any, Any]:
        await client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
        base = str(client.base_url).removesuffix("/v1/")

        def read(path: str) -> Any:
            with session() as once:
                return once.get(base + path, timeout=5).json()

        models = [model.id async for model in client.models.list()]
        return models, await asyncio.to_thread(read, "/fake/bill"), await asyncio.to_thread(read, "/fake/stats")

    models, bill, stats = with_server(llm, ask)

    assert models == ["gpt-4o-mini", "gpt-4o"]
    assert bill["models"]["gpt-4o-mini"]["calls"] == 1
    assert stats["requests"] == {"200": 1}
    assert stats["inflight"] == 0
