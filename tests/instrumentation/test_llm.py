"""Model calls: tokens, cost, and what has no price."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import instrument
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion

Value = Callable[..., float | None]


def completion(model: str, usage: dict[str, Any] | None) -> ChatCompletion:
    """What the openai client returns."""
    parsed = CompletionUsage.model_validate(usage) if usage else None
    return ChatCompletion(id="1", choices=[], created=0, model=model, object="chat.completion", usage=parsed)


def cost(value: Value, model: str) -> float | None:
    """Spend so far."""
    return value("airuntime_cost_usd_total", primitive="m", kind="llm", model=model, route="", router="")


def test_tokens_and_cost_of_a_completion(value: Value) -> None:
    """A completion of the openai client is counted in tokens and USD; unrouted, its baseline is its cost."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}

    @instrument(name="m", kind="llm", model="gpt-4o")
    def call() -> ChatCompletion:
        return completion("gpt-4o-2024-08-06", usage)

    call()

    gen_ai = {
        "gen_ai_operation_name": "chat",
        "gen_ai_provider_name": "openai",
        "gen_ai_request_model": "gpt-4o",
    }
    tokens = {**gen_ai, "gen_ai_response_model": "gpt-4o-2024-08-06"}
    assert value("gen_ai_client_token_usage_sum", **tokens, gen_ai_token_type="input") == 1000
    assert value("gen_ai_client_token_usage_sum", **tokens, gen_ai_token_type="output") == 100
    assert value("gen_ai_client_operation_duration_seconds_count", **gen_ai, error_type="") == 1
    assert cost(value, "gpt-4o") == pytest.approx(1000 * 2.5e-6 + 100 * 10e-6)
    assert value(
        "airuntime_baseline_cost_usd_total", primitive="m", kind="llm", model="gpt-4o", route="", router=""
    ) == cost(value, "gpt-4o")


def test_cached_tokens_cost_less(value: Value) -> None:
    """Tokens read from the provider's prompt cache are priced as such."""
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 0,
        "total_tokens": 1000,
        "prompt_tokens_details": {"cached_tokens": 1000},
    }
    instrument(lambda: completion("gpt-4o", usage), name="m", kind="llm")()

    assert cost(value, "gpt-4o") == pytest.approx(1000 * 1.25e-6)


def test_mappings_and_the_responses_api_are_read(value: Value) -> None:
    """The same is read from plain mappings, under the names of either API."""
    answer = {"model": "gpt-4o", "usage": {"input_tokens": 10, "output_tokens": 1, "input_tokens_details": None}}
    instrument(lambda: answer, name="m", kind="llm")()

    assert cost(value, "gpt-4o") == pytest.approx(10 * 2.5e-6 + 10e-6)


@pytest.mark.parametrize(
    "answer",
    [
        {"model": "nobody-knows-this", "usage": {"prompt_tokens": 1, "completion_tokens": 1}},
        {"model": "nobody-knows-this"},
        {"model": "nobody-knows-this", "usage": {"prompt_tokens": "many", "completion_tokens": None}},
    ],
)
def test_call_without_a_price_is_counted_not_guessed(value: Value, answer: dict[str, Any]) -> None:
    """No known price, or no usable usage, counts an unpriced call; it never costs 0."""
    assert instrument(lambda: answer, name="m", kind="llm")() is answer

    assert value("airuntime_unpriced_calls_total", primitive="m", kind="llm", model="nobody-knows-this") == 1
    assert cost(value, "nobody-knows-this") is None


def test_failed_call_costs_nothing_and_names_its_error(value: Value) -> None:
    """An error is told in the operation's duration; no tokens, no cost, and nothing unpriced."""

    @instrument(name="m", kind="llm", model="gpt-4o")
    def fails() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        fails()

    labels = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "openai", "gen_ai_request_model": "gpt-4o"}
    assert value("gen_ai_client_operation_duration_seconds_count", **labels, error_type="ConnectionError") == 1
    assert value("airuntime_unpriced_calls_total", primitive="m", kind="llm", model="gpt-4o") == 0
    assert cost(value, "gpt-4o") is None
