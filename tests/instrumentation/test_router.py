"""The router: which route, why, and what the default route would have cost."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ai_runtime_intelligent import RouterPrimitive, instrument
from ai_runtime_intelligent.runtime.tunables import TUNABLES

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio


def answer_of(model: str) -> Any:
    """A chat completion of that model with 1000 tokens in and 100 out."""
    usage = SimpleNamespace(prompt_tokens=1000, completion_tokens=100)
    return SimpleNamespace(model=model, usage=usage)


def router(**options: Any) -> RouterPrimitive:
    """A router between two functions that tell which one was taken."""
    return RouterPrimitive("r", {"fast": lambda _: "fast", "premium": lambda _: "premium"}, **options)


def decisions(value: Value, route: str, reason: str) -> float | None:
    """Decisions so far."""
    return value("airuntime_router_decisions_total", primitive="r", kind="router", route=route, reason=reason)


@pytest.mark.parametrize(
    ("score", "route", "reason"),
    [
        (0.49, "fast", "score_below_threshold"),
        (0.5, "premium", "score_above_threshold"),
        (float("nan"), "premium", "default"),
    ],
)
async def test_score_decides(value: Value, score: float, route: str, reason: str) -> None:
    """Below the threshold the cheap route, from it on the default one; a score that is none takes the default."""
    assert await router(score=lambda _: score).execute("x") == route
    assert decisions(value, route, reason) == 1


async def test_without_score_the_default_is_taken(value: Value) -> None:
    """A router without a score has one route, and says so."""
    assert await router().execute("x") == "premium"
    assert decisions(value, "premium", "default") == 1


async def test_known_decisions_start_at_zero(value: Value) -> None:
    """Both outcomes are exposed before the first call, so that a rate sees the first increase."""
    router(score=lambda _: 1)

    assert decisions(value, "premium", "score_above_threshold") == 0
    assert decisions(value, "fast", "score_below_threshold") == 0


async def test_threshold_is_obeyed_on_the_next_call(value: Value) -> None:
    """A new threshold decides the very next call, and the score is exposed."""

    async def score(_: str) -> float:
        return 0.6

    subject = router(score=score)
    assert await subject.execute("x") == "premium"

    TUNABLES.apply({"r.threshold": 0.7})

    assert await subject.execute("x") == "fast"
    assert value("airuntime_router_score_sum", primitive="r", kind="router") == pytest.approx(1.2)


async def test_model_calls_below_know_route_and_baseline(value: Value) -> None:
    """A call on the cheap route costs its own price, and counts what the default route would have cost."""
    fast = instrument(lambda _: answer_of("gpt-4o-mini"), name="fast_model", kind="llm", model="gpt-4o-mini")
    subject = RouterPrimitive(
        "r",
        {"fast": fast, "premium": lambda _: None},
        score=lambda _: 0.0,
        models={"fast": "gpt-4o-mini", "premium": "gpt-4o"},
    )

    await subject.execute("x")

    labels = {"primitive": "fast_model", "kind": "llm", "model": "gpt-4o-mini", "route": "fast", "router": "r"}
    cost, baseline = value("airuntime_cost_usd_total", **labels), value("airuntime_baseline_cost_usd_total", **labels)
    assert cost == pytest.approx(1000 * 0.15e-6 + 100 * 0.6e-6)
    assert baseline == pytest.approx(1000 * 2.5e-6 + 100 * 10e-6)


async def test_context_is_handed_on() -> None:
    """An execute gets the context as its second argument, a function if it has a parameter of that name."""

    class Route:
        async def execute(self, value: str, context: Any = None) -> Any:
            return value, context

    def function(value: str, *, context: Any) -> Any:
        return value, context

    subject = RouterPrimitive("r", {"fast": function, "premium": Route()}, score=float)

    assert await subject.execute("1", "c") == ("1", "c")
    assert await subject.execute("0", "c") == ("0", "c")


async def test_names_that_are_no_routes_are_refused() -> None:
    """A default, cheap or model route that does not exist is told at construction."""
    with pytest.raises(ValueError, match="no such route: slow"):
        router(default="slow")
    with pytest.raises(ValueError, match="no such route: huge"):
        router(models={"huge": "gpt-4o"})
    with pytest.raises(ValueError, match=r"r\.threshold must be from 0\.0 to 1\.0"):
        router(threshold=1.5)
    with pytest.raises(TypeError, match="neither callable"):
        RouterPrimitive("r", {"premium": 3})
