"""Prices: the user's own above those of genai-prices, cached tokens, and what is unpriced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ai_runtime_intelligent import ConfigFileError, instrument, setup_apm

Usage = dict[str, Any]

OPENAI: Usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}}
ANTHROPIC: Usage = {
    "input_tokens": 400,
    "output_tokens": 100,
    "cache_read_input_tokens": 500,
    "cache_creation_input_tokens": 100,
    "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
}
Spend = Callable[..., tuple[float | None, float | None]]


@contextmanager
def spending(**more: Any) -> Iterator[Spend]:
    """Ask for the cost of one answer; gives USD and the number of unpriced calls."""
    apm = setup_apm("svc", export_to_prometheus=False, **more)

    def spend(model: str, usage: Any, asked: str | None = None) -> tuple[float | None, float | None]:
        answer = {"model": model, "usage": usage}
        instrument(lambda: answer, name=model, kind="llm", model=asked)()
        labels = {"service": "svc", "primitive": model, "kind": "llm", "model": asked or model}
        cost = apm.registry.get_sample_value("airuntime_cost_usd_total", {**labels, "route": "", "router": ""})
        return cost, apm.registry.get_sample_value("airuntime_unpriced_calls_total", labels)

    try:
        yield spend
    finally:
        apm.shutdown()


def test_own_prices_go_first() -> None:
    """A model in the user's table costs what the table says, known to genai-prices or not."""
    table = {"gpt-4o": {"input": 1, "output": 2, "cache_read": 0.5}, "house-model": {"input": 3.0, "output": 4.0}}

    with spending(prices=table) as spend:
        assert spend("gpt-4o", OPENAI)[0] == pytest.approx((600 * 1 + 400 * 0.5 + 100 * 2) / 1e6)
        assert spend("house-model", OPENAI)[0] == pytest.approx((1000 * 3 + 100 * 4) / 1e6)
        assert spend("gpt-4o-mini", OPENAI)[0] == pytest.approx((600 * 0.15 + 400 * 0.075 + 100 * 0.6) / 1e6)


def test_cache_writes_have_their_own_prices() -> None:
    """Tokens written to the cache, for minutes or an hour, cost what the table says, or what their wider sort does."""
    table = {
        "a": {"input": 1, "output": 1, "cache_read": 0.1, "cache_write": 1.25, "cache_write_1h": 2},
        "b": {"input": 1, "output": 1, "cache_write_1h": 2},
    }

    with spending(prices=table) as spend:
        assert spend("a", ANTHROPIC)[0] == pytest.approx((400 + 500 * 0.1 + 60 * 1.25 + 40 * 2 + 100) / 1e6)
        assert spend("b", ANTHROPIC)[0] == pytest.approx((400 + 500 + 60 + 40 * 2 + 100) / 1e6)


def test_cache_writes_of_known_models() -> None:
    """genai-prices knows what a written token costs, for minutes and for an hour."""
    with spending() as spend:
        cost, _ = spend("claude-sonnet-4-6", ANTHROPIC)

    assert cost == pytest.approx((400 * 3 + 500 * 0.3 + 60 * 3.75 + 40 * 6 + 100 * 15) / 1e6)


def test_patterns_and_case() -> None:
    """A name may be a pattern; an exact name goes first, then the longest pattern; case does not matter."""
    table = {"house-*": {"input": 1}, "house-large-*": {"input": 2}, "House-Large-7": {"input": 3}}
    usage = {"prompt_tokens": 1_000_000, "total_tokens": 1_000_000}

    with spending(prices=table) as spend:
        assert [spend(name, usage)[0] for name in ("house-x", "house-large-6", "house-large-7")] == [1, 2, 3]


def test_price_of_the_model_that_was_asked_for() -> None:
    """When the model that answered has no price, that of the model that was asked for is taken."""
    with spending(prices={"alias": {"input": 1, "output": 1}}) as spend:
        assert spend("internal-build-9", OPENAI, asked="alias")[0] == pytest.approx(1100 / 1e6)


def test_provider_may_be_named_with_the_model() -> None:
    """A name that begins with its provider is priced there, whoever's shape the answer has."""
    with spending() as spend:
        assert spend("openai/gpt-4o", OPENAI)[0] == spend("gpt-4o", OPENAI)[0]
        assert spend("x", OPENAI, asked="groq/llama-3.3-70b-versatile")[0] == pytest.approx(
            (1000 * 0.59 + 100 * 0.79) / 1e6
        )
        assert spend("nobody/gpt-4o", OPENAI) == (None, 1)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": 1},
        {"prompt_tokens": 1, "total_tokens": 5},
        {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 11}},
        {"input_tokens": "10", "output_tokens": 1},
        {"input_tokens": float("nan"), "output_tokens": 1},
        {"tokens": 10},
        "10",
        object(),
    ],
)
def test_usage_that_does_not_add_up_is_unpriced(usage: Any) -> None:
    """Usage that is missing, no number, or contradicts itself is counted as unpriced, and never as free."""
    with spending() as spend:
        assert spend("gpt-4o", usage) == (None, 1)


def test_output_without_a_price_is_unpriced() -> None:
    """A table with a price for input alone prices embeddings, not answers."""
    with spending(prices={"embed": {"input": 1}}) as spend:
        assert spend("embed", OPENAI) == (None, 1)
        assert spend("embed", {"prompt_tokens": 5, "total_tokens": 5})[0] == pytest.approx(5e-6)


def test_plain_objects_are_read() -> None:
    """Usage may be an object with attributes, nested ones too."""
    details = SimpleNamespace(cached_tokens=400, audio_tokens=None)
    usage = SimpleNamespace(prompt_tokens=1000, completion_tokens=100, prompt_tokens_details=details)

    with spending() as spend:
        assert spend("gpt-4o", usage)[0] == pytest.approx((600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6)


def test_gemini_in_the_spelling_of_its_api() -> None:
    """The JSON of Gemini's API is read as its client's objects are."""
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 100, "cachedContentTokenCount": 400}
    answer = {"modelVersion": "gemini-2.5-flash", "usageMetadata": usage}
    apm = setup_apm("svc", export_to_prometheus=False)
    instrument(lambda: answer, name="m", kind="llm")()
    labels = {"primitive": "m", "kind": "llm", "model": "gemini-2.5-flash", "route": "", "router": ""}
    cost = apm.registry.get_sample_value("airuntime_cost_usd_total", {"service": "svc", **labels})
    apm.shutdown()

    assert cost == pytest.approx((600 * 0.30 + 400 * 0.03 + 100 * 2.5) / 1e6)


def test_file_of_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices come from a YAML or JSON file, by argument or by the environment; the argument goes first."""
    yaml, json = tmp_path / "prices.yaml", tmp_path / "prices.json"
    yaml.write_text("house: {input: 1, output: 1}\n", encoding="utf-8")
    json.write_text('{"house": {"input": 2, "output": 2}}', encoding="utf-8")
    monkeypatch.setenv("AIRUNTIME_PRICES", str(yaml))

    with spending() as spend:
        assert spend("house", OPENAI)[0] == pytest.approx(1100 / 1e6)
    with spending(prices=json) as spend:
        assert spend("house", OPENAI)[0] == pytest.approx(2200 / 1e6)


def test_mistake_in_a_file_of_prices(tmp_path: Path) -> None:
    """File, line, model, field and value are named."""
    path = tmp_path / "prices.yaml"
    path.write_text("gpt-4o:\n  input: 1\n  output: free\n", encoding="utf-8")

    with pytest.raises(ConfigFileError, match=r"prices.yaml:3: gpt-4o.output: must be a number, got 'free'"):
        setup_apm("svc", prices=path)
    with pytest.raises(FileNotFoundError):
        setup_apm("svc", prices=tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("text", [None, "gpt-4o: {input: free}\n"])
def test_mistake_in_the_file_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str | None
) -> None:
    """A file that the environment names and that is absent or wrong is told, and stops nobody."""
    path = tmp_path / "prices.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AIRUNTIME_PRICES", str(path))

    with spending() as spend:
        assert spend("gpt-4o", OPENAI)[0] is not None
    assert "AIRUNTIME_PRICES: " in caplog.text
    assert "prices.yaml" in caplog.text


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        ({"m": {"input": -1}}, ValueError, r"prices\['m'\]\['input'\] must be USD per million tokens from 0, got -1"),
        ({"m": {"input": "1"}}, ValueError, r"prices\['m'\]\['input'\] must be .*, got '1'"),
        ({"m": {"input": True}}, ValueError, r"prices\['m'\]\['input'\] must be .*, got True"),
        ({"m": {"input": float("inf")}}, ValueError, r"prices\['m'\]\['input'\] must be .*, got inf"),
        ({"m": {"in": 1}}, ValueError, r"prices\['m'\] has an unknown field 'in'; known are input, output"),
        ({"m": {"output": 1}}, ValueError, r"prices\['m'\] needs a price for 'input'"),
        ({"m": 3}, TypeError, r"prices\['m'\] must be a mapping of USD per million tokens, got 3"),
    ],
)
def test_mistake_in_a_table_of_prices(table: Any, error: type[Exception], said: str) -> None:
    """Model, field and value are named, and what was expected."""
    with pytest.raises(error, match=said):
        setup_apm("svc", prices=table)


def test_baseline_is_priced_by_the_same_table() -> None:
    """What the default route would have cost is taken from the user's table too."""
    from ai_runtime_intelligent.primitives.price_table import price_table  # noqa: PLC0415 - one test's
    from ai_runtime_intelligent.primitives.pricing import Prices  # noqa: PLC0415 - the same
    from ai_runtime_intelligent.primitives.usage import TokenUsage  # noqa: PLC0415 - the same

    prices = Prices(price_table({"cheap": {"input": 1, "output": 1}, "dear": {"input": 10, "output": 10}}))
    usage = TokenUsage.of(1000, 100, cached=10, written=5)

    assert prices.usd("dear", usage) == pytest.approx(10 * (prices.usd("cheap", usage) or 0))
    assert prices.usd("neither", usage) is None
