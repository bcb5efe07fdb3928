"""The wrapper that tells its caller what could be better: in the caller's own context, wherever it stands."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ai_runtime_intelligent import (
    Apm,
    CachePrimitive,
    ConcurrencyLimitPrimitive,
    IntelligentRuntime,
    ParallelPrimitive,
    RetryPrimitive,
    RouterPrimitive,
    SelfOptimizingPrimitive,
    instrument,
)
from ai_runtime_intelligent.intelligence.looks import Looks
from ai_runtime_intelligent.intelligence.self_optimizing import KEY
from support import tta_like as tta

pytestmark = pytest.mark.asyncio

MAKER = tta.WorkflowContext.create_child_context
"""As it was written."""


class Clock:
    """A clock that goes on by a second for every question."""

    now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


def cold_cache(name: str = "answers") -> tuple[CachePrimitive, Clock]:
    """A cache that forgets after two seconds what is asked for again after three."""
    clock = Clock()
    return CachePrimitive(name, lambda question: f"{question}!", ttl_seconds=2.0, clock=clock), clock


async def asked(wrapped: Any, clock: Clock, times: int = 150, make: Callable[[], Any] = tta.WorkflowContext) -> Any:
    """The context of the last of so many executions, three seconds apart."""
    context = None
    for _ in range(times):
        clock.now += 3.0
        context = make()
        await wrapped.execute("q", context)
    return context


async def test_suggestions_are_in_the_callers_context(apm: Apm) -> None:
    """After enough executions a cold cache is told: what to change, from what to what, and what will come of it."""
    cache, clock = cold_cache()
    wrapped = SelfOptimizingPrimitive(cache)
    first = await asked(wrapped, clock, times=20)
    context = await asked(wrapped, clock, times=130)

    assert apm.recorder is not None
    assert first.metadata == {KEY: []}
    (told,) = context.metadata[KEY]
    assert (told["primitive"], told["kind"], told["finding"], told["rule"]) == (
        "answers",
        "cache",
        "cold_cache",
        "keep_longer",
    )
    assert (told["tunable"], told["from"], told["to"] > 3.0, told["unit"]) == ("answers.ttl_seconds", 2.0, True, "s")
    assert told["expected"]["high"] < told["expected"]["now"]
    assert json.loads(json.dumps(told)) == told
    assert copy.deepcopy(context.metadata) == context.metadata


async def test_nothing_is_changed_and_nothing_suggested_when_all_is_well(apm: Apm) -> None:
    """A healthy cache gets an empty list, and no value is ever touched."""
    clock = Clock()
    cache = CachePrimitive("answers", len, ttl_seconds=1000.0, clock=clock)

    assert (await asked(SelfOptimizingPrimitive(cache), clock)).metadata == {KEY: []}
    assert apm.recorder is not None
    cold, clock = cold_cache("cold")
    await asked(SelfOptimizingPrimitive(cold), clock)
    assert cold.ttl_seconds.value == 2.0


@pytest.mark.parametrize(
    "chain",
    [
        lambda one: tta.LambdaPrimitive(lambda v, _: v) >> one >> tta.LambdaPrimitive(lambda v, _: v),
        lambda one: tta.LambdaPrimitive(lambda v, _: v) | one,
        lambda one: tta.SequentialPrimitive([tta.ParallelPrimitive([tta.RetryPrimitive(one)])]),
        lambda one: tta.SequentialPrimitive([CopyingStep(one)]),
        lambda one: one >> tta.LambdaPrimitive(lambda v, _: v),
        lambda one: (lambda v: v) >> one,
        lambda one: one | (lambda v: v),
    ],
    ids=["their chain", "their branches", "nested", "copied child", "our chain", "ours last", "our branches"],
)
async def test_callers_context_is_reached_from_inside_chains(
    apm: Apm, chain: Callable[[SelfOptimizingPrimitive], Any]
) -> None:
    """Steps and branches get copies of the context; the caller's own has the suggestions all the same."""
    assert apm.recorder is not None
    cache, clock = cold_cache()
    whole = chain(SelfOptimizingPrimitive(cache))

    context = await asked(whole, clock)
    assert [one["rule"] for one in context.metadata[KEY]] == ["keep_longer"]


class CopyingStep(tta.WorkflowPrimitive[Any, Any]):
    """A step that gives its inner one a named child, which is a copy of the child that was made."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def execute(self, input_data: Any, context: tta.WorkflowContext) -> Any:
        """Hand on."""
        return await self.inner.execute(input_data, tta.WorkflowContext.child(context, "step"))


async def test_concurrent_callers_get_what_is_theirs(apm: Apm) -> None:
    """Each of many callers at once finds the list in its own context, and nothing else of anybody's."""
    assert apm.recorder is not None
    cache, clock = cold_cache()
    whole = tta.LambdaPrimitive(lambda v, _: v) >> SelfOptimizingPrimitive(cache)
    await asked(whole, clock)
    contexts = [tta.WorkflowContext(metadata={"who": i}) for i in range(50)]
    await asyncio.gather(*(whole.execute("q", context) for context in contexts))

    assert [context.metadata["who"] for context in contexts] == list(range(50))
    assert all(len(context.metadata[KEY]) == 1 for context in contexts)


async def test_several_in_one_chain_add_up(apm: Apm) -> None:
    """Two wrappers in a chain tell both of theirs; the same one twice does not repeat itself."""
    assert apm.recorder is not None
    (one, clock), (other, other_clock) = cold_cache("one"), cold_cache("other")
    one_wrapped, other_wrapped = SelfOptimizingPrimitive(one), SelfOptimizingPrimitive(other)
    whole = one_wrapped >> other_wrapped
    context = None
    for _ in range(150):
        clock.now += 3.0
        other_clock.now += 3.0
        context = tta.WorkflowContext()
        await whole.execute("q", context)
        await whole.execute("q", context)

    assert context is not None
    assert [told["primitive"] for told in context.metadata[KEY]] == ["one", "other"]


async def test_suggestions_are_about_what_is_wrapped_and_below(apm: Apm) -> None:
    """A cold cache that somebody else calls is none of this wrapper's business; one that it calls is."""
    assert apm.recorder is not None
    (cache, clock), (foreign, foreign_clock) = cold_cache("mine"), cold_cache("somebody's")

    async def outer(question: str) -> Any:
        return await cache.execute(question)

    wrapped = SelfOptimizingPrimitive(outer, name="outer")
    for _ in range(200):
        foreign_clock.now += 3.0
        await foreign.execute("q")
    context = await asked(wrapped, clock, times=300)

    assert [told["primitive"] for told in context.metadata[KEY]] == ["mine"]


async def test_every_rule_speaks(apm: Apm) -> None:
    """Each waste that the embedded rules know is told, by its rule."""
    assert apm.recorder is not None
    calls = 0

    async def refusing(_: Any) -> str:
        nonlocal calls
        calls += 1
        if calls % 4:
            raise KeyError
        return "ok"

    async def slow(_: Any) -> None:
        await asyncio.sleep(0.001)

    @instrument(name="llm", kind="llm", model="gpt-4o")
    async def ask(_: Any) -> dict[str, Any]:
        return {"model": "gpt-4o", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}

    router = RouterPrimitive("router", {"fast": ask, "premium": ask}, score=lambda _: 0.2, threshold=0.0)
    retry = RetryPrimitive("retry", refusing, max_attempts=3, backoff_seconds=0)
    parallel = ParallelPrimitive("parallel", [slow, slow, slow], max_concurrency=1)
    limit = ConcurrencyLimitPrimitive("limit", slow, limit=1)

    async def everything(question: Any) -> None:
        await router.execute(question)
        await asyncio.gather(retry.execute(question), return_exceptions=True)
        await parallel.execute(question)
        await asyncio.gather(*(limit.execute(question) for _ in range(4)))

    wrapped, context = SelfOptimizingPrimitive(everything, name="all"), None
    for _ in range(210):
        context = tta.WorkflowContext()
        await wrapped.execute("q", context)

    assert context is not None
    assert {(told["rule"], told["tunable"]) for told in context.metadata[KEY]} == {
        ("cheap_where_easy", "router.threshold"),
        ("wait_first", "retry.backoff_seconds"),
        ("side_by_side", "parallel.max_concurrency"),
        ("more_slots", "limit.limit"),
    }


@pytest.mark.parametrize(
    "make",
    [lambda: {"metadata": {}}, lambda: SimpleNamespace(metadata={})],
    ids=["mapping", "object"],
)
async def test_contexts_of_other_makes_get_them_too(apm: Apm, make: Callable[[], Any]) -> None:
    """Whatever has `metadata`, as an attribute or a key, is told."""
    assert apm.recorder is not None
    cache, clock = cold_cache()
    context = await asked(SelfOptimizingPrimitive(cache), clock, make=make)

    metadata = context["metadata"] if isinstance(context, dict) else context.metadata
    assert [told["rule"] for told in metadata[KEY]] == ["keep_longer"]


@pytest.mark.parametrize("context", [None, 3, {}, SimpleNamespace(), SimpleNamespace(metadata=None)])
async def test_context_without_metadata_is_left_alone(apm: Apm, context: Any) -> None:
    """Nothing to write to is no error, and the result is that of what is wrapped."""
    assert apm.recorder is not None
    before = copy.deepcopy(context)

    assert await SelfOptimizingPrimitive(lambda v: v * 2).execute(4, context) == 8
    assert context == before


async def test_without_a_runtime_it_is_the_bare_call() -> None:
    """Nothing is measured, so nothing is suggested; the list is there and empty. Errors come out as they are."""
    context, error = tta.WorkflowContext(), KeyError("no")

    async def fails(_: Any) -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        await SelfOptimizingPrimitive(fails).execute(input_data="q", context=context)
    assert caught.value is error
    assert context.metadata == {KEY: []}


async def test_what_it_wraps_is_measured_and_stays_what_it_was(apm: Apm) -> None:
    """A function, an object of theirs and one without attributes are measured, once, under a name of their own."""

    class Slotted:
        __slots__ = ()

        async def execute(self, value: Any, context: Any) -> Any:  # noqa: ARG002 - as all of them
            return value

    retry = tta.RetryPrimitive(tta.LambdaPrimitive(lambda v, _: v))
    for wrapped in (retry, Slotted(), lambda v: v):
        assert await SelfOptimizingPrimitive(wrapped).execute("q", tta.WorkflowContext()) == "q"
    await SelfOptimizingPrimitive(SelfOptimizingPrimitive(retry), name="given").execute("q", tta.WorkflowContext())

    def executions(primitive: str, kind: str) -> float | None:
        labels = {"service": "svc", "primitive": primitive, "kind": kind, "status": "ok"}
        return apm.registry.get_sample_value("airuntime_executions_total", labels)

    assert isinstance(retry, tta.RetryPrimitive)
    assert executions("RetryPrimitive(LambdaPrimitive)", "retry") == 2
    assert executions("Slotted", "function") == 1
    with pytest.raises(TypeError):
        SelfOptimizingPrimitive(3)


async def test_inside_a_runtime_with_their_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under `IntelligentRuntime`, where their classes are measured anyway, it is the same."""
    monkeypatch.setenv("AIRUNTIME_METRICS_PORT", "0")
    cache, clock = cold_cache()
    whole = tta.LambdaPrimitive(lambda v, _: v) >> SelfOptimizingPrimitive(cache) >> tta.LambdaPrimitive(lambda v, _: v)
    with IntelligentRuntime("svc"):
        context = await asked(whole, clock)

    assert [told["rule"] for told in context.metadata[KEY]] == ["keep_longer"]


async def test_contexts_make_their_children_as_before_when_nobody_writes_any_more(apm: Apm) -> None:
    """Watching who makes children ends with the last wrapper, and keeps no context alive."""
    assert apm.recorder is not None
    wrapped = SelfOptimizingPrimitive(lambda v: v)
    assert tta.WorkflowContext.create_child_context is not MAKER
    context = tta.WorkflowContext()
    child = context.create_child_context()
    assert (child.metadata, child.correlation_id) == (context.metadata, context.correlation_id)
    assert await wrapped.execute(1, child) == 1

    del wrapped
    gc.collect()
    assert tta.WorkflowContext.create_child_context is MAKER


async def test_looking_costs_a_hundredth_of_the_time(apm: Apm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between doublings of the calls it looks again only when a hundred times its own cost has passed."""
    assert apm.recorder is not None
    looks, cost = Looks(apm.recorder, min_samples=10), 0.0
    looked: list[int] = []
    now = 0.0

    def analyse(_: float) -> Any:
        nonlocal now
        looked.append(looks._calls)
        now += cost
        return SimpleNamespace(suggestions=())

    monkeypatch.setattr(looks._advisor, "analyse", analyse)
    monkeypatch.setattr("ai_runtime_intelligent.intelligence.looks.time.perf_counter", lambda: now)
    cost = 0.005
    for _ in range(2000):
        now += 0.001
        looks.suggestions()

    assert looked[:4] == [10, 20, 40, 80]
    assert len(looked) * cost <= 0.01 * now + 8 * cost


async def test_long_look_is_left_to_a_thread(apm: Apm, monkeypatch: pytest.MonkeyPatch) -> None:
    """When looking takes long, the call does not wait for it, and no second one begins meanwhile."""
    assert apm.recorder is not None
    looks, may_end = Looks(apm.recorder, min_samples=10), threading.Event()
    threads: list[str] = []

    def analyse(_: float) -> Any:
        threads.append(threading.current_thread().name)
        may_end.wait(5)
        return SimpleNamespace(suggestions=("one",))

    monkeypatch.setattr(looks._advisor, "analyse", analyse)
    looks._cost = 1.0
    assert [looks.suggestions() for _ in range(50)] == [()] * 50
    may_end.set()
    async with asyncio.timeout(5):
        while not looks.suggestions():  # noqa: ASYNC110 - there is nothing to wait for but the other thread
            await asyncio.sleep(0.001)

    assert threads == ["airuntime-look"]
