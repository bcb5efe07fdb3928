"""Model calls through the providers' own clients: the same tokens and cost, streamed or at once, sync or async."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from ai_runtime_intelligent import instrument
from anthropic import Anthropic, AsyncAnthropic
from anthropic import Stream as AnthropicStream
from google.genai import Client
from google.genai.types import HttpOptions
from openai import AsyncOpenAI, OpenAI, Stream
from support import providers

Value = Callable[..., float | None]
Call = Callable[..., Any]

OPENAI_USD = (600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6
"""gpt-4o: input, input read from the cache, output."""
ANTHROPIC_USD = (400 * 3 + 500 * 0.3 + 100 * 3.75 + 100 * 15) / 1e6
"""claude-sonnet-4-6: input, read from the cache, written to it, output."""
GEMINI_USD = (600 * 0.30 + 400 * 0.03 + 100 * 2.5) / 1e6
"""gemini-2.5-flash: input, input read from the cache, output and thoughts."""
MESSAGES: Any = [{"role": "user", "content": "Is it open?"}]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Base URL of the fake providers."""
    with providers.running() as url:
        yield url


@pytest.fixture
def openai(url: str) -> Iterator[OpenAI]:
    """OpenAI's own client."""
    with OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0) as client:
        yield client


@pytest_asyncio.fixture
async def async_openai(url: str) -> AsyncIterator[AsyncOpenAI]:
    """OpenAI's own asynchronous client."""
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture
def anthropic(url: str) -> Iterator[Anthropic]:
    """Anthropic's own client."""
    with Anthropic(base_url=url, api_key="k", max_retries=0) as client:
        yield client


@pytest_asyncio.fixture
async def async_anthropic(url: str) -> AsyncIterator[AsyncAnthropic]:
    """Anthropic's own asynchronous client."""
    async with AsyncAnthropic(base_url=url, api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture
def gemini(url: str) -> Client:
    """Google's own client."""
    return Client(api_key="k", http_options=HttpOptions(base_url=url))


def measured(call: Call) -> Call:
    """``call`` as an instrumented model call."""
    return instrument(call, name="m", kind="llm")


def cost(value: Value, model: str) -> float | None:
    """Spend so far in USD."""
    return value("airuntime_cost_usd_total", primitive="m", kind="llm", model=model, route="", router="")


def unpriced(value: Value, model: str) -> float | None:
    """Calls without a price so far."""
    return value("airuntime_unpriced_calls_total", primitive="m", kind="llm", model=model)


def tokens(value: Value, operation: str, provider: str, model: str) -> tuple[float | None, float | None]:
    """Tokens sent and received so far."""
    labels = {
        "gen_ai_operation_name": operation,
        "gen_ai_provider_name": provider,
        "gen_ai_request_model": model,
        "gen_ai_response_model": model,
    }
    name = "gen_ai_client_token_usage_sum"
    sent = value(name, **labels, gen_ai_token_type="input")
    return sent, value(name, **labels, gen_ai_token_type="output")


def test_chat_completion(openai: OpenAI, value: Value) -> None:
    """A chat completion is priced with its cached tokens."""
    measured(openai.chat.completions.create)(model="gpt-4o", messages=MESSAGES)

    assert tokens(value, "chat", "openai", "gpt-4o") == (1000, 100)
    assert cost(value, "gpt-4o") == pytest.approx(OPENAI_USD)


def test_streamed_chat_completion(openai: OpenAI, value: Value) -> None:
    """A stream with include_usage costs the same, once it has ended and not before; its chunks come as they are."""
    stream = measured(openai.chat.completions.create)(
        model="gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    assert isinstance(stream, Stream)
    assert stream.response.status_code == 200
    assert cost(value, "gpt-4o") is None

    words = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]

    assert tuple(words) == providers.WORDS
    assert tokens(value, "chat", "openai", "gpt-4o") == (1000, 100)
    assert cost(value, "gpt-4o") == pytest.approx(OPENAI_USD)


def test_stream_without_usage_is_unpriced(openai: OpenAI, value: Value) -> None:
    """Without include_usage no chunk tells the tokens: the call is counted as unpriced, not as free."""
    for _ in measured(openai.chat.completions.create)(model="gpt-4o", messages=MESSAGES, stream=True):
        assert unpriced(value, "gpt-4o") is None

    assert (cost(value, "gpt-4o"), unpriced(value, "gpt-4o")) == (None, 1)


@pytest.mark.asyncio
async def test_asynchronous_chat_completion(async_openai: AsyncOpenAI, value: Value) -> None:
    """The asynchronous client is read the same way, at once and streamed."""
    create = measured(async_openai.chat.completions.create)
    await create(model="gpt-4o", messages=MESSAGES)
    stream = await create(model="gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True})
    words = [chunk.choices[0].delta.content async for chunk in stream if chunk.choices]

    assert tuple(words) == providers.WORDS
    assert cost(value, "gpt-4o") == pytest.approx(2 * OPENAI_USD)


def test_responses_api(openai: OpenAI, value: Value) -> None:
    """The Responses API is priced, at once and by the event that completes its stream."""
    create = measured(openai.responses.create)
    create(model="gpt-4o", input="Is it open?")
    kinds = [event.type for event in create(model="gpt-4o", input="Is it open?", stream=True)]

    assert kinds[-1] == "response.completed"
    assert tokens(value, "chat", "openai", "gpt-4o") == (2000, 200)
    assert cost(value, "gpt-4o") == pytest.approx(2 * OPENAI_USD)


def test_embeddings(openai: OpenAI, value: Value) -> None:
    """Embeddings have input tokens alone, and are their own operation."""
    measured(openai.embeddings.create)(model="text-embedding-3-small", input="open?", encoding_format="float")

    assert tokens(value, "embeddings", "openai", "text-embedding-3-small") == (1000, None)
    assert cost(value, "text-embedding-3-small") == pytest.approx(1000 * 0.02 / 1e6)


def test_chat_helper_stream(openai: OpenAI, value: Value) -> None:
    """The events of the client's own streaming helper carry the chunks, which are read."""
    options: Any = {"include_usage": True}

    @instrument(name="m", kind="llm")
    def ask() -> Any:
        return openai.chat.completions.stream(model="gpt-4o", messages=MESSAGES, stream_options=options).__enter__()

    assert {event.type for event in ask()} > {"chunk"}
    assert cost(value, "gpt-4o") == pytest.approx(OPENAI_USD)


def test_message(anthropic: Anthropic, value: Value) -> None:
    """Anthropic counts cached tokens beside its input: they are part of what was sent, at their own prices."""
    measured(anthropic.messages.create)(model="claude-sonnet-4-6", max_tokens=100, messages=MESSAGES)

    assert tokens(value, "chat", "anthropic", "claude-sonnet-4-6") == (1000, 100)
    assert cost(value, "claude-sonnet-4-6") == pytest.approx(ANTHROPIC_USD)


def test_streamed_message(anthropic: Anthropic, value: Value) -> None:
    """The input of `message_start` and the output of `message_delta` make up the usage of a streamed message."""
    create = measured(anthropic.messages.create)
    with create(model="claude-sonnet-4-6", max_tokens=100, messages=MESSAGES, stream=True) as stream:
        assert isinstance(stream, AnthropicStream)
        words = [event.delta.text for event in stream if event.type == "content_block_delta"]

    assert tuple(words) == providers.WORDS
    assert tokens(value, "chat", "anthropic", "claude-sonnet-4-6") == (1000, 100)
    assert cost(value, "claude-sonnet-4-6") == pytest.approx(ANTHROPIC_USD)


@pytest.mark.asyncio
async def test_asynchronous_streamed_message(async_anthropic: AsyncAnthropic, value: Value) -> None:
    """An asynchronous stream left by its context manager is over, with what it had reported until then."""
    create = measured(async_anthropic.messages.create)
    async with await create(model="claude-sonnet-4-6", max_tokens=9, messages=MESSAGES, stream=True) as stream:
        async for _ in stream:
            break

    assert tokens(value, "chat", "anthropic", "claude-sonnet-4-6") == (1000, 1)


def test_generated_content(gemini: Client, value: Value) -> None:
    """Gemini's thoughts are output, its cached content is part of its prompt."""
    measured(gemini.models.generate_content)(model="gemini-2.5-flash", contents="Is it open?")

    assert tokens(value, "generate_content", "gcp.gemini", "gemini-2.5-flash") == (1000, 100)
    assert cost(value, "gemini-2.5-flash") == pytest.approx(GEMINI_USD)


def test_streamed_generated_content(gemini: Client, value: Value) -> None:
    """Each chunk of Gemini reports what was used so far: the last one counts."""

    @instrument(name="m", kind="llm")
    def ask() -> Any:
        return gemini.models.generate_content_stream(model="gemini-2.5-flash", contents="Is it open?")

    assert tuple(chunk.text for chunk in ask()) == providers.WORDS
    assert tokens(value, "generate_content", "gcp.gemini", "gemini-2.5-flash") == (1000, 100)
    assert cost(value, "gemini-2.5-flash") == pytest.approx(GEMINI_USD)


@pytest.mark.asyncio
async def test_asynchronous_generated_content(gemini: Client, value: Value) -> None:
    """The asynchronous client of Gemini is read the same way."""
    models = gemini.aio.models
    await measured(models.generate_content)(model="gemini-2.5-flash", contents="Is it open?")
    stream = await measured(models.generate_content_stream)(model="gemini-2.5-flash", contents="Is it open?")

    assert tuple([chunk.text async for chunk in stream]) == providers.WORDS
    assert cost(value, "gemini-2.5-flash") == pytest.approx(2 * GEMINI_USD)


def test_stream_that_is_dropped(anthropic: Anthropic, value: Value) -> None:
    """A stream that the caller drops half-way costs what it had reported until then."""
    create = measured(anthropic.messages.create)
    stream = create(model="claude-sonnet-4-6", max_tokens=100, messages=MESSAGES, stream=True)
    next(stream)
    response = stream.response
    assert cost(value, "claude-sonnet-4-6") is None

    del stream
    gc.collect()

    assert tokens(value, "chat", "anthropic", "claude-sonnet-4-6") == (1000, 1)
    assert cost(value, "claude-sonnet-4-6") == pytest.approx(ANTHROPIC_USD - 99 * 15 / 1e6)
    response.close()


def test_stream_that_is_closed(openai: OpenAI, value: Value) -> None:
    """A stream that is closed before its usage came is unpriced; nothing more is recorded when it is dropped."""
    stream = measured(openai.chat.completions.create)(
        model="gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    next(stream)
    stream.close()
    assert unpriced(value, "gpt-4o") == 1

    del stream
    gc.collect()

    assert (cost(value, "gpt-4o"), unpriced(value, "gpt-4o")) == (None, 1)
