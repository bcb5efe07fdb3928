"""Prompts and answers: recorded nowhere unless asked for, and then on spans, as OpenTelemetry's conventions say."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import UserDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive, FallbackPrimitive, RetryPrimitive, RouterPrimitive, instrument
from ai_runtime_intelligent.apm.setup import setup_apm
from ai_runtime_intelligent.contract import env, names
from ai_runtime_intelligent.primitives import content
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest
from support import otlp

VARIABLE = env.CAPTURE_CONTENT.name
PROMPT = "what-ails-patient-4711"
ANSWER = "it-is-the-gout"

CHAT = {"choices": [{"message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}]}
RESPONSES = {"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER}]}]}
ANTHROPIC = {"role": "assistant", "content": [{"type": "text", "text": ANSWER}], "stop_reason": "stop"}
GEMINI = {"candidates": [{"content": {"role": "model", "parts": [{"text": ANSWER}]}, "finish_reason": "stop"}]}


class RefusedError(Exception):
    """An error of a client that quotes what it was given."""


def refuse(text: str) -> None:
    """Fail as a client does, twice over, with the words of the prompt in both errors."""
    try:
        "".encode(f"not a codec: {text}")
    except LookupError as error:
        raise RefusedError(f"your prompt {text!r} was refused") from error


async def workload() -> None:
    """Every way in which a prompt and an answer pass: calls, streams, blocks, primitives, and all of them failing."""

    @instrument(name="ask", kind="llm", model="gpt-4o")
    async def ask(text: str) -> dict[str, Any]:
        if text.startswith("broken"):
            refuse(text)
        return {**CHAT, "usage": {"prompt_tokens": 4, "completion_tokens": 4}}

    @instrument(name="stream", kind="llm")
    async def stream(text: str) -> AsyncIterator[str]:
        yield ANSWER
        refuse(text)

    for text in (PROMPT, f"broken {PROMPT}"):
        inner = RouterPrimitive("route", {"fast": ask, "premium": ask}, score=lambda _: 0.0)
        chain = CachePrimitive("cache", RetryPrimitive("retry", inner, max_attempts=2, backoff_seconds=0.0))
        await FallbackPrimitive("fallback", chain, lambda _: ANSWER).execute(text)
        with suppress(RefusedError):
            await chain.execute(text)
    with suppress(RefusedError):
        async for _ in stream(PROMPT):
            pass
    with instrument(name="block", kind="llm") as block:
        block.request, block.result = PROMPT, CHAT


def words(span: ReadableSpan) -> Mapping[str, Any]:
    """What a span says."""
    return json.loads(span.to_json())  # type: ignore[no-any-return]


def messages(span: ReadableSpan, name: str) -> Any:
    """The messages in one attribute."""
    return json.loads(str((span.attributes or {})[name]))


@pytest.mark.parametrize("setting", [None, "", "false", "NO_CONTENT", "EVENT_ONLY", "perhaps"])
def test_nothing_that_is_exported_holds_a_prompt_or_an_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, setting: str | None
) -> None:
    """Neither a span, a metric nor a log line does, also where the words are those of an error, or of its cause."""
    if setting is not None:
        monkeypatch.setenv(VARIABLE, setting)
    caplog.set_level(logging.DEBUG)
    with otlp.running() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
        monkeypatch.setenv("OTEL_METRICS_EXPORTER", "otlp")
        apm = setup_apm("shop", port=0)
        asyncio.run(workload())
        exposed = generate_latest(apm.registry).decode()
        apm.shutdown()
        sent = "".join(str(request.body) for request in receiver.received)

    assert "ask" in exposed
    for told in ("RefusedError", "LookupError", "in refuse", "gen_ai.client.token.usage"):
        assert told in sent
    for text in (PROMPT, ANSWER):
        assert text not in sent
        assert text not in exposed
        assert text not in caplog.text


@pytest.mark.parametrize("setting", ["true", "SPAN_ONLY", "span_and_event"])
def test_recorded_when_asked_for(monkeypatch: pytest.MonkeyPatch, exporter: InMemorySpanExporter, setting: str) -> None:
    """Spans of model calls hold messages, all spans the words of errors; metrics hold nothing of either."""
    monkeypatch.setenv(VARIABLE, setting)
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=exporter)
    asyncio.run(workload())
    exposed = generate_latest(apm.registry).decode()
    apm.shutdown()

    spans = exporter.get_finished_spans()
    asked = [span for span in spans if span.name.endswith("ask")]
    assert messages(asked[0], names.INPUT_MESSAGES) == [
        {"role": "user", "parts": [{"type": "text", "content": PROMPT}]}
    ]
    assert messages(asked[0], names.OUTPUT_MESSAGES) == [
        {"role": "assistant", "parts": [{"type": "text", "content": ANSWER}], "finish_reason": "stop"}
    ]
    (streamed,) = (span for span in spans if span.name.endswith("stream"))
    (block,) = (span for span in spans if span.name == "block")
    for span in (streamed, block):
        assert messages(span, names.INPUT_MESSAGES)[0]["parts"][0]["content"] == PROMPT
        assert messages(span, names.OUTPUT_MESSAGES)[0]["parts"][0]["content"] == ANSWER
    assert "was refused" in str(words(streamed)["events"])
    others = [span for span in spans if span not in (*asked, streamed, block)]
    assert not any(names.INPUT_MESSAGES in (span.attributes or {}) for span in others)
    assert PROMPT not in exposed


def test_a_failed_call_names_type_and_way_of_its_error(spans: Callable[[], dict[str, ReadableSpan]]) -> None:
    """Without its words an error is still found: its class, each function it went through, and the errors behind it."""

    def fails() -> None:
        refuse(PROMPT)

    with pytest.raises(RefusedError):
        instrument(fails, name="fails")()

    (event,) = next(iter(spans().values())).events
    told = dict(event.attributes or {})
    assert set(told) == {"exception.type", "exception.stacktrace"}
    assert str(told["exception.type"]).endswith("RefusedError")
    lines = str(told["exception.stacktrace"]).splitlines()
    assert [line.rpartition(" ")[2] for line in lines if line.startswith("  File")] == ["refuse", "fails", "refuse"]
    assert "LookupError" in lines
    assert lines[-1].endswith("RefusedError")
    assert __file__ in told["exception.stacktrace"]  # type: ignore[operator]


def test_errors_that_cause_each_other_are_told_once(spans: Callable[[], dict[str, ReadableSpan]]) -> None:
    """A chain of causes that runs in a circle ends, and one that the user hid stays hidden."""

    def circle() -> None:
        first, second = ValueError(PROMPT), KeyError(PROMPT)
        first.__cause__, second.__cause__ = second, first
        raise first

    with pytest.raises(ValueError, match=PROMPT):
        instrument(circle, name="circle")()

    (event,) = next(iter(spans().values())).events
    assert str((event.attributes or {})["exception.stacktrace"]).count("ValueError\n") == 1


@pytest.mark.parametrize("response", [ANSWER, CHAT, RESPONSES, ANTHROPIC, GEMINI, {"model": "m", "text": ANSWER}])
def test_answers_in_every_shape(response: Any) -> None:
    """Plain text, and responses of the three providers, are one message of the assistant."""
    (message,) = json.loads(str(content.answered(response)))

    assert message["role"] == "assistant"
    assert message["parts"] == [{"type": "text", "content": ANSWER}]


@pytest.mark.parametrize(
    ("args", "kwargs", "roles"),
    [
        ((PROMPT,), {}, ["user"]),
        ((object(), PROMPT), {"temperature": 1}, ["user"]),
        ((), {"messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": PROMPT}]}, None),
        ((), {"system": "be brief", "messages": [{"role": "user", "content": PROMPT}]}, None),
        ((), {"instructions": "be brief", "input": PROMPT}, None),
        ((), {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}, ["user"]),
        (({"prompt": PROMPT, "customer": 5},), {}, ["user"]),
        ((), {"messages": [SimpleNamespace(role="user", content=PROMPT)]}, ["user"]),
    ],
)
def test_requests_in_every_shape(args: tuple[Any, ...], kwargs: dict[str, Any], roles: list[str] | None) -> None:
    """What is sent is found among the arguments, with who says it."""
    found = json.loads(str(content.asked(args, kwargs)))

    assert [one["role"] for one in found] == (roles or ["system", "user"])
    assert found[-1]["parts"] == [{"type": "text", "content": PROMPT}]


@pytest.mark.parametrize(
    ("chunks", "text"),
    [
        ([{"choices": [{"delta": {"content": "It "}}]}, {"choices": [{"delta": {"content": "is"}}]}], "It is"),
        (
            [
                {"type": "response.output_text.delta", "delta": "It is"},
                {"type": "response.output_text.done", "text": "It is"},
            ],
            "It is",
        ),
        (
            [
                {"type": "message_start", "message": {"role": "assistant", "content": []}},
                {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "It is"}},
            ],
            "It is",
        ),
        ([{"candidates": [{"content": {"parts": [{"text": "It is"}]}}]}], "It is"),
        (["It ", "is"], "It is"),
    ],
)
def test_pieces_of_streams_in_every_shape(chunks: list[Any], text: str) -> None:
    """The text of a stream is what its events bring, once."""
    assert "".join(map(content.piece, chunks)) == text


def test_what_is_no_text_is_named_and_not_held() -> None:
    """A picture in a prompt is told as one; a text without an end is cut; what never ends is left."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    endless: dict[str, Any] = {}
    endless["content"] = endless

    (message,) = json.loads(str(content.asked(([{"role": "user", "content": [picture, "?"]}],), {})))

    assert message["parts"] == [{"type": "image_url"}, {"type": "text", "content": "?"}]
    assert len(str(content.asked(("x" * 1_000_000,), {}))) < 70_000
    assert content.answered(endless) is None
    assert content.answered(None) is None
    assert content.asked((object(),), {"model": "gpt-4o"}) is None


def test_a_stream_that_is_handed_out_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, exporter: InMemorySpanExporter
) -> None:
    """Its span is over when it is read: what was asked is recorded, what comes later is not, and all of it comes."""
    monkeypatch.setenv(VARIABLE, "true")
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=exporter)

    def answers(text: str) -> Iterator[str]:
        return iter([ANSWER, text])

    assert list(instrument(answers, name="answers", kind="llm")(PROMPT)) == [ANSWER, PROMPT]
    apm.shutdown()

    (span,) = exporter.get_finished_spans()
    assert names.INPUT_MESSAGES in (span.attributes or {})
    assert names.OUTPUT_MESSAGES not in (span.attributes or {})


def test_requests_that_cannot_be_read_disturb_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that fails when it is looked at is not recorded, and the call gets it as it is."""
    monkeypatch.setenv(VARIABLE, "true")

    class Odd(UserDict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            raise RuntimeError(PROMPT)

    apm = setup_apm("svc", export_to_prometheus=False)
    odd = Odd(prompt=PROMPT)

    assert instrument(lambda given: given is odd, name="odd", kind="llm")(odd) is True
    apm.shutdown()
    assert caplog.text.count("Frame.asks failed") == 1
    assert PROMPT not in caplog.text
