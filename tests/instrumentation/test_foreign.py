"""Primitives that look like TTA's, instrumented one by one: what is seen of them, and what stays as it was."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive, TimeoutPrimitive, instrument, setup_apm
from ai_runtime_intelligent.primitives.names import MOST, NUMBERS, made_name
from ai_runtime_intelligent.primitives.recognise import Recognised, recognise
from ai_runtime_intelligent.runtime.manifest import manifest_of
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tta_like as tta

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio


class Model(tta.WorkflowPrimitive[Any, Any]):
    """Answers, or fails so many times before it does."""

    def __init__(self, failures: int = 0, seconds: float = 0.0) -> None:
        self.failures = failures
        self.seconds = seconds
        self.calls = 0

    async def execute(self, input_data: Any, context: tta.WorkflowContext) -> Any:  # noqa: ARG002 - as all of them
        """Take a moment."""
        self.calls += 1
        await asyncio.sleep(self.seconds)
        if self.calls <= self.failures:
            raise KeyError(self.calls)
        return input_data


class Small(Model):
    """The cheap one."""


class Bare:
    """Has `execute`, and nothing that it can be recognised by."""

    __slots__ = ()

    async def execute(self, input_data: Any, context: Any) -> Any:  # noqa: ARG002 - as all of them
        """Answer."""
        return input_data


def context() -> tta.WorkflowContext:
    """A fresh context."""
    return tta.WorkflowContext()


def key(value: Any, _: tta.WorkflowContext) -> str:
    """The key of an input."""
    return str(value)


KINDS = [
    (tta.RouterPrimitive({"a": Model()}, lambda *_: "a"), "router"),
    (tta.CachePrimitive(Model(), key), "cache"),
    (tta.RetryPrimitive(Model()), "retry"),
    (tta.TimeoutPrimitive(Model(), 1.0), "timeout"),
    (tta.TimeoutPrimitive(Model(), 1.0, fallback=Model()), "timeout"),
    (tta.FallbackPrimitive(Model(), Model()), "fallback"),
    (tta.SequentialPrimitive([Model(), Model()]), "sequential"),
    (tta.ParallelPrimitive([Model(), Model()]), "parallel"),
    (tta.AdaptiveRetryPrimitive(Model()), "retry"),
    (tta.LambdaPrimitive(lambda value, _: value), "function"),
    (Model(), "function"),
]


@pytest.mark.parametrize(("target", "kind"), KINDS, ids=[type(target).__name__ for target, _ in KINDS])
async def test_kind_is_told_by_what_an_object_has(target: Any, kind: str) -> None:
    """Each is what it looks like, though nothing of it was imported to find out."""
    found = recognise(target)

    assert found is not None
    assert found.kind == kind


async def test_nothing_is_read_into_other_objects() -> None:
    """Classes, functions, ours, objects without an asynchronous `execute` and those whose attributes raise are left."""

    class Hostile:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    class Plain:
        routes, router_fn = {"a": 1}, len

        def execute(self, value: Any) -> Any:
            return value

    for target in (tta.RouterPrimitive, len, Plain(), Bare(), Hostile(), None, 3):
        assert recognise(target) is None


async def test_router_counts_its_own_decision_only(value: Value) -> None:
    """The note that it makes is its decision; a router below it has its own, and a failed choice is none."""
    inner = tta.RouterPrimitive({"x": Small(), "y": Small()}, lambda v, _: "x" if v == "a" else "nowhere", default="y")
    outer = instrument(tta.RouterPrimitive({"a": inner, "b": Model()}, lambda v, _: v), name="outer")
    instrument(inner, name="inner")
    shared = context()
    for route in ("a", "b", "b", "a"):
        await outer.execute(route, shared)
    with pytest.raises(ValueError, match="no route"):
        await outer.execute("c", shared)
    await inner.execute("z", context())

    def decisions(primitive: str, route: str, reason: str) -> float | None:
        labels = {"primitive": primitive, "kind": "router", "route": route, "reason": reason}
        return value("airuntime_router_decisions_total", **labels)

    assert [decisions("outer", route, "chosen") for route in "ab"] == [2, 2]
    assert [decisions("inner", route, "chosen") for route in "xy"] == [2, 0]
    assert decisions("inner", "y", "default") == 1
    assert value("airuntime_executions_total", primitive="outer", kind="router", status="error") == 1


async def test_model_call_below_a_router_knows_its_route(value: Value) -> None:
    """What a model call costs is counted on the route that led to it."""

    @instrument(name="llm", kind="llm", model="gpt-4o-mini")
    async def ask(_: Any, __: Any) -> dict[str, Any]:
        return {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}

    step = tta.LambdaPrimitive(ask)
    router = tta.RouterPrimitive({"cheap": step, "other": step}, lambda *_: "cheap")
    await instrument(router, name="router").execute("q", context())

    labels = {"primitive": "llm", "kind": "llm", "model": "gpt-4o-mini", "route": "cheap", "router": "router"}
    assert (value("airuntime_cost_usd_total", **labels) or 0) > 0


async def test_cache_counts_hits_and_misses_of_each_level(value: Value) -> None:
    """Two caches in one another share a context; each request counts once at each level that it reaches."""
    inner = tta.CachePrimitive(Model(), key)
    outer = instrument(tta.CachePrimitive(inner, key), name="outer")
    instrument(inner, name="inner")
    shared = context()
    await inner.execute("a", shared)
    for question in ("a", "a", "b", "b"):
        await outer.execute(question, shared)

    def requests(primitive: str, result: str) -> float | None:
        return value("airuntime_cache_requests_total", primitive=primitive, kind="cache", result=result)

    assert (requests("outer", "hit"), requests("outer", "miss")) == (2, 2)
    assert (requests("inner", "hit"), requests("inner", "miss")) == (1, 2)
    assert value("airuntime_cache_entries", primitive="outer", kind="cache") == 2


async def test_cache_counts_are_exact_under_concurrency(value: Value) -> None:
    """A hundred requests at once in one context: the misses are the calls, the rest are hits."""
    model = Model(seconds=0.01)
    cache = instrument(tta.CachePrimitive(model, key), name="c")
    shared = context()
    await asyncio.gather(*(cache.execute(i % 10, shared) for i in range(50)))
    await asyncio.gather(*(cache.execute(i % 10, shared) for i in range(50)))

    labels = {"primitive": "c", "kind": "cache"}
    assert value("airuntime_cache_requests_total", **labels, result="miss") == model.calls == 50
    assert value("airuntime_cache_requests_total", **labels, result="hit") == 50


async def test_cache_counts_expiries_and_misses_that_raise(value: Value) -> None:
    """An entry that is too old is counted; so is a miss whose call fails; a key that cannot be made is neither."""
    cache = instrument(tta.CachePrimitive(Model(failures=1), key, ttl_seconds=0.01), name="c")
    with pytest.raises(KeyError):
        await cache.execute("q", context())
    await cache.execute("q", context())
    await asyncio.sleep(0.02)
    await cache.execute("q", context())
    broken = instrument(tta.CachePrimitive(Model(), lambda *_: str(1 / 0)), name="broken")
    with pytest.raises(ZeroDivisionError):
        await broken.execute("q", context())

    assert value("airuntime_cache_requests_total", primitive="c", kind="cache", result="miss") == 3
    assert value("airuntime_cache_evictions_total", primitive="c", kind="cache", reason="expired") == 1
    for result in ("hit", "miss"):
        assert value("airuntime_cache_requests_total", primitive="broken", kind="cache", result=result) == 0


def attempts(value: Value, primitive: str, outcome: str, error_class: str = "KeyError") -> float | None:
    """Attempts so far that ended so."""
    labels = {"primitive": primitive, "kind": "retry", "outcome": outcome, "error_class": error_class}
    return value("airuntime_retry_attempts_total", **labels)


async def test_retry_counts_its_own_attempts(value: Value) -> None:
    """Nested retries mix their checkpoints in one context; each counts the runs of what it wraps."""
    inner = tta.RetryPrimitive(Model(failures=5), tta.RetryStrategy(max_retries=1))
    outer = instrument(tta.RetryPrimitive(inner, tta.RetryStrategy(max_retries=3)), name="outer")
    instrument(inner, name="inner")
    await outer.execute("q", context())

    assert (attempts(value, "outer", "retried"), attempts(value, "outer", "ok", "")) == (2, 1)
    assert (attempts(value, "inner", "retried"), attempts(value, "inner", "gave_up")) == (3, 2)
    assert attempts(value, "inner", "ok", "") == 1


async def test_retry_whose_part_cannot_be_seen_is_counted_by_its_notes(value: Value) -> None:
    """Where what it wraps takes no attributes, the checkpoints tell how often it was tried."""

    class Failing:
        __slots__ = ("calls",)

        def __init__(self) -> None:
            self.calls = 0

        async def execute(self, input_data: Any, context: Any) -> Any:  # noqa: ARG002 - as all of them
            self.calls += 1
            if self.calls < 3:
                raise KeyError
            return input_data

    retry = instrument(tta.RetryPrimitive(Failing()), name="r")
    cache = instrument(tta.CachePrimitive(Bare(), key), name="c")
    shared = context()
    await retry.execute("q", shared)
    for question in ("a", "a", "b"):
        await cache.execute(question, shared)

    assert (attempts(value, "r", "retried", "unknown"), attempts(value, "r", "ok", "")) == (2, 1)
    assert value("airuntime_cache_requests_total", primitive="c", kind="cache", result="miss") == 2
    assert value("airuntime_cache_requests_total", primitive="c", kind="cache", result="hit") == 1


async def test_retry_that_is_cancelled_in_its_wait_has_not_given_up(value: Value) -> None:
    """The attempt before the wait was to be followed by another one."""
    strategy = tta.RetryStrategy(backoff_base=60.0)
    retry = instrument(tta.RetryPrimitive(Model(failures=9), strategy), name="r")
    task = asyncio.ensure_future(retry.execute("q", context()))
    await asyncio.sleep(0.02)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert (attempts(value, "r", "retried"), attempts(value, "r", "gave_up")) == (1, None)
    assert value("airuntime_executions_total", primitive="r", kind="retry", status="cancelled") == 1


async def test_adaptive_retry_reports_and_counts_its_failure(value: Value) -> None:
    """What it returns instead of raising is a failed execution; the report itself comes out as it was."""
    retry = instrument(tta.AdaptiveRetryPrimitive(Model(failures=3), max_retries=2), name="r")

    told = await retry.execute("q", context())
    assert (told["success"], told["error_type"], told["attempts"]) == (False, "KeyError", 3)
    assert (await retry.execute("q", context()))["success"] is True
    assert (attempts(value, "r", "retried"), attempts(value, "r", "gave_up"), attempts(value, "r", "ok", "")) == (
        2,
        1,
        1,
    )
    for status in ("error", "ok"):
        assert value("airuntime_executions_total", primitive="r", kind="retry", status=status) == 1


async def test_timeouts_and_fallbacks_are_counted_by_their_reason(value: Value) -> None:
    """Their own timeout is a timeout; what stands in is counted for what went wrong."""
    slow = instrument(tta.TimeoutPrimitive(Model(seconds=60), 0.01), name="slow")
    with pytest.raises(tta.TimeoutError):
        await slow.execute("q", context())
    helped = instrument(tta.TimeoutPrimitive(Model(seconds=60), 0.01, fallback=Small()), name="helped")
    assert await helped.execute("q", context()) == "q"
    instead = instrument(tta.FallbackPrimitive(Model(failures=1), Small()), name="instead")
    for _ in range(2):
        assert await instead.execute("q", context()) == "q"
    same = Model(failures=1)
    again = instrument(tta.FallbackPrimitive(same, same), name="again")
    assert await again.execute("q", context()) == "q"
    lost = instrument(tta.FallbackPrimitive(Model(failures=1), Small(failures=1)), name="lost")
    with pytest.raises(KeyError):
        await lost.execute("q", context())

    def called(primitive: str, kind: str, reason: str, outcome: str) -> float | None:
        labels = {"primitive": primitive, "kind": kind, "reason": reason, "outcome": outcome}
        return value("airuntime_fallbacks_total", **labels)

    assert value("airuntime_executions_total", primitive="slow", kind="timeout", status="timeout") == 1
    assert called("helped", "timeout", "timeout", "ok") == 1
    assert called("instead", "fallback", "error", "ok") == 1
    assert called("again", "fallback", "error", "ok") == 1
    assert called("lost", "fallback", "error", "error") == 1


async def test_object_stays_what_it_was() -> None:
    """Class, attributes, operators, truth and flattening are theirs; signature and docstring of `execute` too."""
    router = tta.RouterPrimitive({"a": Model()}, lambda *_: "a")
    signature, doc = inspect.signature(router.execute), router.execute.__doc__

    assert instrument(router) is router
    assert instrument(router) is router
    assert (inspect.signature(router.execute), router.execute.__doc__) == (signature, doc)
    assert inspect.iscoroutinefunction(router.execute)
    chain = Model() >> router >> Model()
    assert isinstance(chain, tta.SequentialPrimitive)
    assert chain.primitives[1] is router
    assert isinstance(router | Model() | router, tta.ParallelPrimitive)
    assert await chain.execute(input_data="q", context=context()) == "q"
    assert bool(router)


async def test_ours_and_theirs_go_together(value: Value) -> None:
    """Ours stands in their chains and theirs in ours, each measured."""
    cache = CachePrimitive("ours", instrument(tta.LambdaPrimitive(lambda v, _: v * 2), name="theirs"))
    assert await (Model() >> cache).execute(3, context()) == 6
    assert (
        await (TimeoutPrimitive("t", Model()) >> instrument(Model() >> cache, name="chain")).execute(3, context()) == 6
    )

    assert value("airuntime_cache_requests_total", primitive="ours", kind="cache", result="hit") == 1
    assert value("airuntime_executions_total", primitive="theirs", kind="function", status="ok") == 1


async def test_error_comes_out_with_its_own_traceback() -> None:
    """The error is the same, and its traceback shows the user's code only."""
    retry = instrument(tta.RetryPrimitive(Model(failures=9), tta.RetryStrategy(max_retries=0)))

    with pytest.raises(KeyError) as caught:
        await retry.execute("q", context())
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert [file for file in files if "ai_runtime_intelligent" in file] == []
    assert len(files) == 3


async def test_names_are_made_of_what_is_inside_and_numbered() -> None:
    """Two of one make are two primitives; the same program gives the same names again."""
    NUMBERS.clear()
    twins = [instrument(tta.CachePrimitive(Small(), key)) for _ in range(2)]
    router = instrument(tta.RouterPrimitive({"a": Model(), "b": Small()}, lambda *_: "a"))
    chain = instrument(Model() >> tta.LambdaPrimitive(key))
    instrument(router, name="ignored: it has one already")

    names = {one.name: one.kind for one in manifest_of("svc").primitives}
    assert names == {
        "CachePrimitive(Small)": "cache",
        "CachePrimitive(Small) #2": "cache",
        "RouterPrimitive(a, b)": "router",
        "SequentialPrimitive(Model >> key)": "sequential",
    }
    details = {one.name: one.details for one in manifest_of("svc").primitives}
    assert details["RouterPrimitive(a, b)"] == {"parts": {"a": "Model", "b": "Small"}}
    assert (len(twins), chain) == (2, chain)


async def test_numbers_are_few_and_free_again() -> None:
    """An object that is gone gives its number back; past so many living ones they share the name."""
    NUMBERS.clear()
    first, second = Model(), Model()
    assert [NUMBERS.tell_apart(one, "m") for one in (first, second)] == ["m", "m #2"]
    del second
    crowd = [first, *(Model() for _ in range(MOST + 1))]
    names = [NUMBERS.tell_apart(one, "m") for one in crowd[1:]]
    assert names == [*(f"m #{number}" for number in range(2, MOST + 1)), "m", "m"]


async def test_tunables_of_theirs_are_obeyed_and_given_back() -> None:
    """A cache's time to live, a retry's attempts and a timeout's limit can be set from outside, and return."""
    cache = instrument(tta.CachePrimitive(Model(), key, ttl_seconds=60.0), name="c")
    strategy, model = tta.RetryStrategy(max_retries=4), Model(failures=99)
    retry = instrument(tta.RetryPrimitive(model, strategy), name="r")
    slow = instrument(tta.TimeoutPrimitive(Model(seconds=60), 60.0), name="t")
    declared = {tunable.spec.name: tunable.value for tunable in TUNABLES.all()}
    assert declared == {
        "c.ttl_seconds": 60.0,
        "r.max_attempts": 5,
        "r.max_backoff_seconds": 60.0,
        "t.timeout_seconds": 60.0,
    }

    TUNABLES.apply({"c.ttl_seconds": 600.0, "r.max_attempts": 2, "t.timeout_seconds": 0.01})
    await cache.execute("q", context())
    with pytest.raises(KeyError):
        await retry.execute("q", context())
    with pytest.raises(tta.TimeoutError):
        await slow.execute("q", context())
    assert (cache.ttl_seconds, model.calls) == (600.0, 2)
    assert strategy.max_retries == 4

    TUNABLES.apply({})
    await cache.execute("q", context())
    assert cache.ttl_seconds == 60.0


async def test_value_that_the_object_sets_itself_is_left_alone() -> None:
    """Until somebody changes the tunable, the attribute belongs to its owner."""
    cache = instrument(tta.CachePrimitive(Model(), key, ttl_seconds=60.0), name="c")
    cache.ttl_seconds = 7.0
    await cache.execute("q", context())

    assert cache.ttl_seconds == 7.0


async def test_object_without_attributes_is_refused_with_advice() -> None:
    """What takes no attribute cannot be measured as an object, and the error says what to do."""
    with pytest.raises(TypeError, match="instrument its execute method in the class"):
        instrument(Bare())


async def test_long_names_are_cut() -> None:
    """A sequence of many steps has a name that fits everywhere."""
    chain = tta.SequentialPrimitive([Model() for _ in range(60)])

    assert len(made_name(chain, recognise(chain) or Recognised("function"))) <= 120


outcomes = st.lists(st.sampled_from(["ok", "KeyError", "TimeoutError", "None"]), min_size=1, max_size=12)


def workflow(script: list[str], max_retries: int) -> list[Any]:
    """A fallback around a router around a retry and a cache, whose calls end as the script says; outermost first."""
    left = iter(script)

    async def ask(value: Any, _: Any) -> Any:
        outcome = next(left, "ok")
        if outcome in {"KeyError", "TimeoutError"}:
            raise {"KeyError": KeyError, "TimeoutError": tta.TimeoutError}[outcome](value)
        return None if outcome == "None" else value

    cache = tta.CachePrimitive(tta.LambdaPrimitive(ask), key)
    retry = tta.RetryPrimitive(cache, tta.RetryStrategy(max_retries=max_retries))
    router = tta.RouterPrimitive({"even": retry, "odd": cache}, lambda v, _: "odd" if v % 2 else "even")
    return [tta.FallbackPrimitive(router, cache), router, retry, cache]


async def story_of(whole: Any) -> list[Any]:
    """What six executions gave or raised, and what they left in their context."""
    shared = context()
    seen: list[Any] = []
    for i in range(6):
        try:
            seen.append(await whole.execute(i // 2, shared))
        except Exception as error:  # noqa: BLE001 - any outcome is to be compared
            seen.append((type(error).__name__, error.args))
    notes = [[note["route"] for note in shared.state["routing_history"]], [name for name, _ in shared.checkpoints]]
    return [seen, *notes, shared.state.get("cache_hits"), shared.state.get("cache_misses")]


@pytest.mark.parametrize("measuring", [True, False])
@settings(max_examples=40, deadline=None)
@given(outcomes, st.integers(0, 3))
async def test_property_instrumented_is_bare(
    measuring: bool,  # noqa: FBT001 - a parameter of the test
    script: list[str],
    max_retries: int,
) -> None:
    """For any outcomes of what is wrapped: results, errors and notes in the context are those of the bare workflow."""
    apm = setup_apm("property", export_to_prometheus=False) if measuring else None
    instrumented = [instrument(one) for one in workflow(script, max_retries)]

    assert await story_of(instrumented[0]) == await story_of(workflow(script, max_retries)[0])
    if apm is not None:
        apm.shutdown()
