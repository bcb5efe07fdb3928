"""The planted wastes, and the assistant that has them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from aiohttp.test_utils import TestServer
from airuntime_demo.assistant import build
from airuntime_demo.fake_llm import FakeLLM
from airuntime_demo.service import ServiceSettings
from airuntime_demo.stores import Asked, Stores
from airuntime_demo.wastes import KNOBS, PRIMITIVES, Knobs, parse
from openai import AsyncOpenAI, RateLimitError


def test_without_a_waste_every_value_is_healthy() -> None:
    """None plants nothing: the declared values are the defaults."""
    assert KNOBS["none"] == Knobs(300.0, 0.5, 3, 0.5, 8)


@pytest.mark.parametrize(
    ("waste", "changed"),
    [
        ("cache", {"ttl_seconds": 1.0}),
        ("router", {"threshold": 0.0}),
        ("retry", {"max_attempts": 8, "backoff_seconds": 0.0}),
        ("serial", {"max_concurrency": 1}),
    ],
)
def test_a_waste_changes_its_own_values_and_no_others(waste: Any, changed: dict[str, float]) -> None:
    """Each waste differs from the healthy values just where it is planted."""
    assert vars(KNOBS[waste]) == vars(Knobs()) | changed


def test_an_unknown_waste_is_refused_with_the_names_there_are() -> None:
    """The message lists what may be written."""
    with pytest.raises(ValueError, match="cache, router, retry, serial, none"):
        parse("cash")


@pytest.mark.parametrize(("name", "text"), [("DEMO_RATE", "fast"), ("DEMO_RATE", "0"), ("DEMO_SEED", "nan")])
def test_a_wrong_setting_names_its_variable(name: str, text: str) -> None:
    """Numbers that are none, or not above 0, are refused."""
    with pytest.raises(ValueError, match=name):
        ServiceSettings.read({name: text})


def test_settings_have_the_defaults_of_the_contract() -> None:
    """With nothing set: the short cache lifetime, seed 7, 25 questions a second."""
    settings = ServiceSettings.read({})

    assert (settings.waste, settings.seed, settings.rate) == ("cache", 7, 25.0)


def test_a_storm_of_retries_gets_more_calls_unless_a_rate_is_asked_for() -> None:
    """The model refuses seldom: at the usual rate a minute would show too few of its refusals."""
    usual, asked = ServiceSettings.read({"DEMO_WASTE": "retry"}), {"DEMO_WASTE": "retry", "DEMO_RATE": "5"}

    assert (usual.rate, ServiceSettings.read(asked).rate) == (60.0, 5.0)


def ask(knobs: Knobs, llm: FakeLLM, *questions: str) -> list[Any]:
    """Put questions to the assistant in turn; its answers, or the errors that it raised."""

    async def run() -> list[Any]:
        async with (
            TestServer(llm.app()) as server,
            AsyncOpenAI(base_url=str(server.make_url("/v1")), api_key="any", max_retries=0) as client,
        ):
            assistant = build(client, Stores(), knobs)
            return [
                (await asyncio.gather(assistant(Asked("customer-3", question)), return_exceptions=True))[0]
                for question in questions
            ]

    return asyncio.run(run())


def test_the_assistant_is_personal_and_caches_what_is_general() -> None:
    """Two typings of one question cost one model call; the answer names the customer."""
    llm = FakeLLM(clock=lambda: 0.0, server_error_ratio=0.0)

    answers = ask(Knobs(), llm, "How do I get a refund?", "  how do I get a refund")

    assert answers[0].startswith("Dear Customer 3, ")
    assert llm.bill.calls.total() == 1


@pytest.mark.parametrize(("threshold", "models"), [(0.5, {"gpt-4o-mini": 1, "gpt-4o": 1}), (0.0, {"gpt-4o": 2})])
def test_the_router_sends_hard_questions_to_premium(threshold: float, models: dict[str, int]) -> None:
    """With a healthy threshold an easy question takes the small model, with the planted one nothing does."""
    llm = FakeLLM(clock=lambda: 0.0, server_error_ratio=0.0)

    ask(Knobs(threshold=threshold), llm, "Can I pause a delivery?", "Compare, explain why, step by step, and because?")

    assert dict(llm.bill.calls) == models


def test_a_storm_burns_its_attempts_inside_one_window() -> None:
    """Without a backoff all eight attempts meet the same refusal, and the question fails."""
    clock = [0.0]
    llm = FakeLLM(clock=lambda: clock[0], server_error_ratio=0.0)
    while llm.windows.remaining(clock[0]) == 0:
        clock[0] += 0.01

    [error] = ask(KNOBS["retry"], llm, "Can I pause a delivery?")

    assert isinstance(error, RateLimitError)
    assert dict(llm.counts) == {"429": 8}


def test_the_primitives_and_tunables_are_those_that_people_read_about() -> None:
    """The assistant declares the primitives in which wastes are planted, and their tunables."""
    ask(KNOBS["cache"], FakeLLM())
    names = {definition.name for definition in CATALOG.all()}

    assert {name for name in PRIMITIVES.values() if name} <= names
    assert {"assistant", "fast_model", "premium_model"} <= names
    assert {tunable.spec.name: tunable.get() for tunable in TUNABLES.all()}["answer_cache.ttl_seconds"] == 1.0
