"""`enable_context7`: what is suggested in the process comes with source lines and documentation, offline too."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, SelfOptimizingPrimitive
from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.intelligence.self_optimizing import KEY
from ai_runtime_intelligent.testing import FakeClock
from airuntime_demo.fake_context7 import FakeContext7
from support.context7 import serving
from support.prometheus import free_port

WAIT_SECONDS = 20.0


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Context7 of whoever runs the tests, and any free port for metrics."""
    for variable in (env.CONTEXT7_KEY, env.CONTEXT7_URL):
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv(env.METRICS_PORT.name, "0")


class Context:
    """What a caller hands on."""

    def __init__(self) -> None:
        self.metadata: dict[str, Any] = {}


def suggested(times: int = 150, until: Callable[[list[dict[str, Any]]], bool] = bool, **more: Any) -> Any:
    """What is suggested of a cold cache, asked until ``until`` or the time is up."""
    clock = FakeClock()
    cache = CachePrimitive("answers", lambda question: f"{question}!", ttl_seconds=2.0, clock=clock)
    wrapped = SelfOptimizingPrimitive(cache, **more)

    async def ask(times: int) -> Any:
        context = Context()
        for _ in range(times):
            clock.advance(3.0)
            await wrapped.execute("q", context)
        return context.metadata[KEY]

    deadline = time.monotonic() + WAIT_SECONDS
    found = asyncio.run(ask(times))
    while not until(found) and time.monotonic() < deadline:
        time.sleep(0.02)
        found = asyncio.run(ask(1))
    return found


def grounded(found: list[dict[str, Any]]) -> bool:
    """Whether the first suggestion has its evidence."""
    return bool(found) and bool(found[0]["evidence"]["code"])


def test_suggestions_come_with_source_and_documentation_of_what_is_installed() -> None:
    """Without a network: the line that makes the primitive, and documentation of the very version that is installed."""
    with IntelligentRuntime("svc", enable_context7=True):
        (told,) = suggested(until=grounded)

    (code,) = told["evidence"]["code"]
    assert code["file"] == Path(__file__).name
    assert code["text"].strip().startswith('cache = CachePrimitive("answers"')
    assert told["evidence"]["docs"]
    for doc in told["evidence"]["docs"]:
        assert (doc["source"], doc["version"]) == ("installed:cachetools", version("cachetools"))
    assert json.loads(json.dumps(told)) == told


def test_context7_is_asked_with_the_key_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its answers stand beside those of what is installed; the file's key goes before the environment's."""
    fake = FakeContext7()
    monkeypatch.setenv(env.CONTEXT7_KEY.name, "ctx7sk-of-the-environment")
    with serving(fake) as url:
        monkeypatch.setenv(env.CONTEXT7_URL.name, url)
        config = tmp_path / "config.yaml"
        config.write_text("context7: {enabled: true, auto_analyze: true, api_key: ctx7sk-mine}\n")
        with IntelligentRuntime.from_config(config):
            (told,) = suggested(until=grounded)

    assert {doc["source"].partition(":")[0] for doc in told["evidence"]["docs"]} == {"context7", "installed"}
    assert set(fake._used) == {"ctx7sk-mine"}


def test_a_context7_that_does_not_answer_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is installed answers in its place, and no call waits for it."""
    monkeypatch.setenv(env.CONTEXT7_URL.name, f"http://127.0.0.1:{free_port()}/api")
    with IntelligentRuntime("svc", enable_context7=True):
        (told,) = suggested(until=grounded)

    assert {doc["source"] for doc in told["evidence"]["docs"]} == {"installed:cachetools"}
    assert caplog.text.count("no documentation of cachetools: Context7 at") == 1


def test_what_stands_out_in_the_source_is_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the checks of the source have something to say of the code that is measured, its lines are shown."""
    (tmp_path / "slow_shop.py").write_text(
        """
from ai_runtime_intelligent import ConcurrencyLimitPrimitive, instrument
import asyncio, time

async def look_up(number):
    time.sleep(0.0005)
    await asyncio.sleep(0.001)
    return number

def build():
    return ConcurrencyLimitPrimitive("slots", look_up, limit=1)
"""
    )
    monkeypatch.syspath_prepend(tmp_path)
    import slow_shop  # type: ignore[import-not-found]  # noqa: PLC0415 - written just now

    wrapped = SelfOptimizingPrimitive(slow_shop.build(), min_samples=100)

    async def busy() -> Any:
        context = Context()
        for _ in range(20):
            await asyncio.gather(*(wrapped.execute(number, context) for number in range(8)))
        return context.metadata[KEY]

    with IntelligentRuntime("svc", enable_context7=True):
        found, deadline = asyncio.run(busy()), time.monotonic() + WAIT_SECONDS
        while not grounded(found) and time.monotonic() < deadline:
            found = asyncio.run(busy())
    monkeypatch.delitem(sys.modules, "slow_shop")

    (told,) = found
    assert (told["rule"], told["evidence"]["code"][0]["file"]) == ("more_slots", "slow_shop.py")
    assert 'ConcurrencyLimitPrimitive("slots"' in told["evidence"]["code"][0]["text"]


@pytest.mark.parametrize("text", ["context7: {enabled: true}\n", "context7: {auto_analyze: true}\n", ""])
def test_evidence_is_looked_for_only_when_both_are_asked_for(tmp_path: Path, text: str) -> None:
    """`auto_analyze` alone, or look-ups alone, leave suggestions as they are; `docs` answers whoever asks."""
    config = tmp_path / "config.yaml"
    config.write_text(text)
    with IntelligentRuntime.from_config(config) as runtime:
        (told,) = suggested()
        docs = runtime.docs
        found = docs.find("cachetools", version("cachetools"), "How long is a TTL?") if docs is not None else None

    assert told["evidence"] == {"code": [], "docs": []}
    assert bool(found) is ("enabled" in text)
    assert runtime.docs is None


def test_without_the_extra_it_is_told_and_nothing_else_is_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The runtime starts, calls are measured, and one line says what to install."""
    monkeypatch.setitem(sys.modules, "ai_runtime_intelligent.context7.answers", None)
    with IntelligentRuntime("svc", enable_context7=True) as runtime:
        (told,) = suggested()

    assert told["evidence"] == {"code": [], "docs": []}
    assert runtime.docs is None
    assert caplog.text.count("install ai-runtime-intelligent[context7]") == 1


def test_least_calls_are_those_of_the_runtime(tmp_path: Path) -> None:
    """`intelligence.min_samples` says from how many calls on something is suggested; what is given in code wins."""
    config = tmp_path / "config.yaml"
    config.write_text("intelligence: {min_samples: 20}\n")
    with IntelligentRuntime.from_config(config):
        assert len(suggested(times=30, until=lambda _: True)) == 1
        assert suggested(times=30, until=lambda _: True, min_samples=1000, name="patient") == []
    with IntelligentRuntime("svc"):
        assert suggested(times=30, until=lambda _: True) == []


def test_the_optimizer_gets_what_the_file_says(tmp_path: Path) -> None:
    """`learning_rate` is the share of calls on which a change is tried first, `min_samples` the least for a verdict."""
    config = tmp_path / "config.yaml"
    config.write_text("intelligence: {auto_optimize: true, learning_rate: 0.05, min_samples: 20}\n")
    with IntelligentRuntime.from_config(config) as runtime:
        assert runtime.optimizer is not None
        given = runtime.optimizer._pace.growth
    with IntelligentRuntime("svc", enable_auto_optimization=True) as runtime:
        assert runtime.optimizer is not None
        default = runtime.optimizer._pace.growth

    assert (given.steps, given.min_n) == ((0.05, 0.1, 0.5), 20)
    assert (default.steps[0], default.min_n) == (0.01, 100)
