"""A model that is slow, dead or lies, what it is shown, and how each provider's is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.adapters.advisor_llm import editor
from airuntime_backend.adapters.advisor_llm.client import ApiClient
from airuntime_backend.adapters.advisor_llm.gemini_cli import GeminiCli
from airuntime_backend.adapters.advisor_llm.model import Model
from airuntime_backend.errors import BadRequestError, UpstreamError
from airuntime_demo.fake_llm import FakeLLM
from airuntime_demo.scripted_llm import Scripted
from airuntime_demo.serving import in_thread
from support.advice import GOOD, KEY, MODEL, WRITTEN, Desk, desk
from support.backend import settings
from support.environment import forget
from support.prometheus import free_port
from support.world import Clock


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Desk]:
    """Two suggestions, and a model that answers the first of them well."""
    with desk(tmp_path) as one:
        yield one


def told(shop: Desk, **more: Any) -> str:
    """Why the model did not word the suggestion; nothing when it did."""
    (suggestion,), missing = shop.editor(**more).edit([shop.offer()])
    assert (suggestion == shop.offer().suggestion) == bool(missing)
    return missing[0].partition("did not word it: ")[2] if missing else ""


def test_a_good_answer_is_taken(shop: Desk) -> None:
    """The words are the model's; value, claim in numbers, guardrails and risk the rule's."""
    before = shop.offer().suggestion
    (after,), _ = shop.editor().edit([shop.offer()])

    assert after.title == "Keep entries of answers for 300 s instead of 12 s"
    assert after.wording is not None
    assert after.wording.author == "openai:gpt-4o-mini"
    assert (after.to_value, after.expected, after.guardrails, after.risk, after.id) == (
        before.to_value, before.expected, before.guardrails, before.risk, before.id,
    )  # fmt: skip


def test_a_slow_model_is_not_waited_for(shop: Desk) -> None:
    """The limit is that of the whole pass, and the next passes leave the model alone for a while."""
    shop.said.append(Scripted(arguments=GOOD.arguments, seconds=12.0))
    slow, began = shop.editor(seconds=2.0), time.monotonic()
    (_, _), first = slow.edit([shop.offer(), shop.offer("stage")])

    assert time.monotonic() - began < 11
    assert "no answer within 2 s" in first[0]
    assert "it is left alone for a while: no answer within 2 s" in first[1]
    with pytest.raises(UpstreamError, match="no answer within"):
        slow.ready()

    shop.said.append(GOOD)
    shop.timer.at += 301

    assert slow.edit([shop.offer()])[1] == ()
    assert len(shop.model.asked) == 2


def test_a_pass_has_one_time_limit(shop: Desk) -> None:
    """What one suggestion waited for is not there for the next."""
    editor = shop.editor(seconds=1.0)
    moments = iter((0.0, 0.0, 0.0, 2.0, 2.0, 2.0))
    editor.asker.timer = lambda: next(moments)
    _, missing = editor.edit([shop.offer(), shop.offer("stage")])

    assert [one.partition("did not word it: ")[2] for one in missing] == ["no time is left of the 1 s of a pass"]


def test_a_dead_model_costs_nothing(shop: Desk) -> None:
    """Nobody was reached: nothing is paid, and the rule's words stand."""
    dead = ApiClient(MODEL, f"http://127.0.0.1:{free_port()}/v1")

    assert told(shop, client=dead) == "it cannot be reached"
    assert shop.calls.spent(0.0) == 0.0


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_a_refusal_is_told_by_its_number(shop: Desk, status: int) -> None:
    """Without what the other side wrote, and it is not tried again."""
    shop.said.append(Scripted(raw=json.dumps({"error": {"message": f"no, {KEY}"}}), status=status))

    assert told(shop) == f"it answered HTTP {status}"
    assert len(shop.model.asked) == 1


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ("obeys the documentation", "is outside"),
        ("cites what was not shown", "which is no evidence that was shown"),
        ("text instead of the tool", "not of the form that was asked"),
    ],
)
def test_a_lie_is_refused_with_its_reason(shop: Desk, lie: str, words: str) -> None:
    """And paid for, for it was made."""
    found = next((one for one in WRITTEN.values() if one.name == lie and one.offer == "cache"), None)
    shop.said.append(found.said if found else LIES[lie])

    assert words in told(shop)
    assert shop.calls.spent(0.0) > 0


def _lie(**changed: Any) -> Scripted:
    return Scripted(arguments=json.dumps(json.loads(GOOD.arguments or "{}") | changed))


LIES = {
    "obeys the documentation": _lie(change={"tunable": "answers.ttl_seconds", "to": 999_999.0}),
    "cites what was not shown": _lie(cites=["s1", "d7"]),
    "text instead of the tool": Scripted(text="I have set ttl_seconds to 999999, as the documentation says."),
}


def test_a_real_chat_model_that_knows_no_tool_is_refused(shop: Desk) -> None:
    """The demo's stand-in for OpenAI answers in prose: no call of the tool, no words."""
    with in_thread(FakeLLM(server_error_ratio=0.0, clock=lambda: 0.0).app()) as url:
        client = ApiClient(Model("openai", "gpt-4o-mini"), f"{url}/v1")

        assert "not of the form that was asked" in told(shop, client=client)


def test_secrets_and_people_do_not_leave(shop: Desk) -> None:
    """Neither what the source holds nor what the backend knows by itself; the lines stay where they were."""
    told(shop)
    sent = json.dumps(shop.model.asked)
    shown = json.loads(next(one["content"] for one in shop.model.asked[0]["messages"] if one["role"] == "user"))

    assert "hunter2hunter2" not in sent
    assert "anna@shop.example" not in sent
    assert "[redacted]" in sent
    assert [line.partition("|")[0] for line in shown["code"][0]["lines"]] == ["11", "12", "13", "14"]


# which model is asked


Made = Callable[..., Any]


@pytest.fixture
def made(tmp_path: Path, shop: Desk, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Makes the client that settings name."""
    forget(monkeypatch)
    return lambda name, **more: editor(settings(tmp_path, llm_model=name, **more), shop.calls, Clock()).asker.client


@pytest.fixture
def programs_own_url(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it forgets variables first
    """A variable of the program's own clients."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/program")


@pytest.mark.parametrize(
    ("name", "kind", "url", "system"),
    [
        ("openai:gpt-4o-mini", "OpenAIChatModel", "https://api.openai.com/v1/", "openai"),
        ("google:gemini-2.5-flash", "OpenAIChatModel",
         "https://generativelanguage.googleapis.com/v1beta/openai/", "openai"),
        ("ollama:llama3.2", "OpenAIChatModel", "http://127.0.0.1:11434/v1/", "openai"),
        ("anthropic:claude-haiku-4-5", "AnthropicModel", "https://api.anthropic.com", "anthropic"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("programs_own_url")
@pytest.mark.asyncio
async def test_each_provider_is_asked_at_its_own_address(
    made: Made, name: str, kind: str, url: str, system: str
) -> None:
    """By the vendor's own client, whatever the program's own variables say."""
    async with made(name, llm_key=KEY)._connected(3.0) as model:
        assert (type(model).__name__, model.base_url, model.system) == (kind, url, system)
        assert model.model_name == name.partition(":")[2]
        assert (model.client.max_retries, model.client.timeout, model.client.api_key) == (0, 3.0, KEY)


def test_anthropics_api_is_spoken_too(shop: Desk) -> None:
    """The answer, its price and the key's own header."""
    model = Model("anthropic", "claude-haiku-4-5")
    worded, missing = shop.editor(model=model, client=ApiClient(model, shop.url)).edit([shop.offer()])

    assert missing == ()
    assert worded[0].wording is not None
    assert worded[0].wording.author == "anthropic:claude-haiku-4-5"
    assert shop.calls.spent(0.0) > 0


def test_the_command_is_a_provider(made: Made) -> None:
    """``gemini-cli:<model>``, with its login or with a key."""
    assert isinstance(made("gemini-cli:gemini-2.5-pro"), GeminiCli)


@pytest.mark.parametrize("name", ["gpt-4o", "openai:", "nobody:model", "openai:-x", "openai:a b", "openai:a\x1b[2J"])
def test_what_names_no_model_is_refused_at_the_start(made: Made, name: str) -> None:
    """With the variable, its value and what was expected."""
    with pytest.raises(BadRequestError, match=r"AIRUNTIME_LLM_MODEL is .*, expected <provider>:<model> with one of"):
        made(name)
