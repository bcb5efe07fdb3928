"""Experiments in a process: who obeys which value, and what is counted in which arm."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from ai_runtime_intelligent import (
    Apm,
    CachePrimitive,
    ConcurrencyLimitPrimitive,
    ConfigRefusedError,
    RetryPrimitive,
    RouterPrimitive,
    instrument,
    rate_quality,
)
from ai_runtime_intelligent.contract.kinds import ARMS
from ai_runtime_intelligent.contract.metrics import ARM_TOTALS, SETTLING_TOTALS
from ai_runtime_intelligent.primitives.frame import current_frame, frames_here
from ai_runtime_intelligent.runtime import trial
from ai_runtime_intelligent.runtime.arms import Experiment
from ai_runtime_intelligent.runtime.document import read_config
from ai_runtime_intelligent.runtime.manifest import manifest_of
from ai_runtime_intelligent.runtime.tunables import TUNABLES, TunableSpec
from support import tta_like as tta

Value = Callable[..., float | None]

SPEC = TunableSpec("p.size", "p", "function", "int", 5, 1, 10, "1", "A size.")


def run(tunable: str, candidate: float, share: float = 0.5, **more: Any) -> None:
    """Let an experiment run."""
    TUNABLES.apply({}, [Experiment(tunable, "rollout_1", candidate, share, **more)])


def totals(value: Value, arm: str, primitive: str = "p", kind: str = "function") -> dict[str, float]:
    """The counters of an arm, every one of which is there."""
    labels = {"primitive": primitive, "kind": kind, "rollout": "rollout_1", "arm": arm}
    found = {field: value(metric.name, **labels) for field, metric in ARM_TOTALS.items()}
    return {field: number for field, number in found.items() if number is not None or pytest.fail(field)}


def sized(results: list[float]) -> Any:
    """An instrumented function of the name `p` that notes the size which it obeys for a key."""
    size = TUNABLES.declare(SPEC)

    @instrument(name="p")
    def p(key: object = None, score: float | None = None, error: Exception | None = None) -> None:
        results.append(size.get(key))
        assert size.get(key) == results[-1]  # within one execution it stays what it is
        if score is not None:
            rate_quality(score)
        if error is not None:
            raise error

    return p


def test_calls_obey_their_arm_and_are_counted_in_it(value: Value) -> None:
    """Each execution once, under the value that it obeyed."""
    seen: list[float] = []
    p = sized(seen)
    run("p.size", 9)

    for _ in range(200):
        p()

    control, candidate = totals(value, "control"), totals(value, "candidate")
    assert (control["calls"], candidate["calls"]) == (seen.count(5), seen.count(9))
    assert 50 < seen.count(9) < 150
    assert 0 < candidate["cubed_seconds"] < candidate["squared_seconds"] < candidate["seconds"]


def test_a_key_stays_in_its_arm(value: Value) -> None:
    """However often it comes."""
    seen: list[float] = []
    p = sized(seen)
    run("p.size", 9)

    for _ in range(20):
        p("a key")

    assert len(set(seen)) == 1
    assert {totals(value, "control")["calls"], totals(value, "candidate")["calls"]} == {0, 20}


def test_counters_start_at_zero_and_the_shares_are_shown(value: Value) -> None:
    """So that a rate sees the first increase, and the backend what each process obeys."""
    sized([])
    run("p.size", 9, share=0.25)
    labels = {"primitive": "p", "kind": "function", "rollout": "rollout_1"}

    assert set(totals(value, "candidate").values()) == {0.0}
    assert value("airuntime_arm_share", **labels, arm="candidate") == 0.25
    assert value("airuntime_arm_share", **labels, arm="control") == 0.75
    TUNABLES.apply({})
    assert value("airuntime_arm_share", **labels, arm="candidate") == 0.0
    assert value("airuntime_arm_share", **labels, arm="control") == 0.0


def test_errors_slow_calls_and_ratings_are_counted(value: Value) -> None:
    """Slow is what takes longer than the bounds; a call's first rating stands."""
    p = sized([])
    run("p.size", 9, share=1.0, slow_p95=1e-9, slow_p99=3600.0)

    p(score=0.5)
    with pytest.raises(KeyError):
        p(error=KeyError("x"))

    counted = totals(value, "candidate")
    assert (counted["calls"], counted["errors"]) == (2, 1)
    assert (counted["slow_p95"], counted["slow_p99"]) == (2, 0)
    assert [counted[name] for name in ("rated", "quality", "squared_quality", "cubed_quality")] == [1, 0.5, 0.25, 0.125]


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_rating_is_from_0_to_1(score: float) -> None:
    """Anything else is refused with the value, inside an experiment or not."""
    with pytest.raises(ValueError, match="score must be from 0 to 1"):
        rate_quality(score)


def test_nothing_is_counted_without_an_experiment(value: Value) -> None:
    """And the value is the plain one."""
    seen: list[float] = []

    sized(seen)(score=1.0)

    assert seen == [5]
    assert (
        value("airuntime_arm_calls_total", primitive="p", kind="function", rollout="rollout_1", arm="control") is None
    )


def test_what_nobody_measures_stays_on_the_old_value() -> None:
    """Without a recorder, and outside of the primitive that owns the tunable."""
    seen: list[float] = []
    p = sized(seen)
    run("p.size", 9, share=1.0)

    p()

    assert seen == [5]
    assert TUNABLES.all()[0].get() == 5


@pytest.mark.usefixtures("apm")
def test_another_primitive_that_asks_gets_the_old_value() -> None:
    """An arm is of the executions of the owner."""
    size = TUNABLES.declare(SPEC)
    run("p.size", 9, share=1.0)

    def ask() -> float:
        return size.get()

    assert instrument(ask, name="q")() == 5
    assert instrument(ask, name="p")() == 9


def test_growing_goes_on_with_the_same_totals(value: Value) -> None:
    """The rollout is the same, only its share is another one."""
    p = sized([])
    run("p.size", 9, share=1.0)
    p()
    run("p.size", 9, share=0.0)
    p()

    assert (totals(value, "candidate")["calls"], totals(value, "control")["calls"]) == (1, 1)


def test_an_experiment_waits_for_its_tunable(value: Value) -> None:
    """As a value does; one that does not fit is told once, and every call is its control."""
    run("p.size", 9, share=1.0)
    seen: list[float] = []
    sized(seen)()
    assert seen == [9]
    assert totals(value, "candidate")["calls"] == 1

    TUNABLES.clear()
    run("p.size", 99, share=1.0)
    sized(seen)()
    assert seen == [9, 5]


def test_totals_of_old_experiments_make_room(apm: Apm, value: Value) -> None:
    """The last twenty are still shown; a process that lives long does not grow."""
    sized([])
    for number in range(30):
        TUNABLES.apply({}, [Experiment("p.size", f"rollout_{number}", 9, 0.5)])

    shown = [
        number
        for number in range(30)
        if value(
            "airuntime_arm_calls_total", primitive="p", kind="function", rollout=f"rollout_{number}", arm="control"
        )
        is not None
    ]
    assert shown == list(range(9, 30))
    assert apm.recorder is not None


class Clock:
    """A time that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(trial, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the trials."""
    return Clock(monkeypatch)


def test_all_calls_of_a_block_obey_one_value(value: Value, clock: Clock) -> None:
    """By turns, and none is counted while the block settles."""
    seen: list[float] = []
    p = sized(seen)
    run("p.size", 9, mode="block", block_seconds=10.0, settle_seconds=2.0)

    for second in range(40):
        clock.now = float(second)
        p(second)

    assert all(len(set(seen[start : start + 10])) == 1 for start in range(0, 40, 10))
    assert (seen.count(5), seen.count(9)) == (20, 20)
    assert (totals(value, "control")["calls"], totals(value, "candidate")["calls"]) == (16, 16)


@pytest.mark.usefixtures("clock")
@pytest.mark.asyncio
async def test_a_limit_is_switched_for_all_at_once(value: Value) -> None:
    """A concurrency limit is one for all calls: its experiments take turns in time."""
    limit = ConcurrencyLimitPrimitive("limited", instrument(lambda x: x, name="inner"), limit=2)
    run("limited.limit", 7, share=1.0, mode="block", block_seconds=10.0)

    await limit.execute(1)

    assert limit.limit.get() == 7
    assert totals(value, "candidate", "limited", "limit")["calls"] == 1


@pytest.mark.usefixtures("apm")
def test_what_is_one_for_all_calls_is_not_dealt_by_call() -> None:
    """It would carry over from one arm to the other: refused, with what to do."""
    ConcurrencyLimitPrimitive("limited", instrument(lambda x: x, name="inner"), limit=2)

    with pytest.raises(ValueError, match=r"limited\.limit is one value for all calls.*mode 'block'"):
        run("limited.limit", 7)


@pytest.mark.asyncio
async def test_a_cache_deals_its_keys(value: Value) -> None:
    """Each key has its time to live, and its requests are counted in its arm."""
    cache = CachePrimitive("answers", instrument(lambda x: x, name="inner"), ttl_seconds=1.0)
    run("answers.ttl_seconds", 60.0)

    for _ in range(3):
        for key in range(40):
            await cache.execute(key)

    control, candidate = (totals(value, arm, "answers", "cache")["calls"] for arm in ("control", "candidate"))
    assert control + candidate == 120
    assert control % 3 == candidate % 3 == 0
    assert min(control, candidate) > 15


def answered(prompt: int, completion: int) -> dict[str, Any]:
    """What a chat completion returns."""
    return {
        "model": "gpt-4o-mini",
        "choices": [],
        "usage": {"prompt_tokens": prompt, "completion_tokens": completion},
    }


@pytest.mark.asyncio
async def test_the_cost_of_model_calls_belongs_to_the_call_that_waits(value: Value) -> None:
    """Of both attempts of a retry; and with squares and cubes of the whole call, not of its parts."""
    tries = iter([KeyError("first"), None, None])

    async def ask(_: object) -> dict[str, Any]:
        return answered(1_000_000, 0)

    llm = instrument(ask, name="llm", kind="llm")

    async def twice(value: object) -> object:
        await llm(value)
        if (error := next(tries)) is not None:
            raise error
        return await llm(value)

    retry = RetryPrimitive("retried", twice, max_attempts=3, backoff_seconds=0.0)
    run("retried.max_attempts", 2, share=1.0)

    await retry.execute("q")

    counted = totals(value, "candidate", "retried", "retry")
    spent = value("airuntime_cost_usd_total", primitive="llm", kind="llm", model="gpt-4o-mini", route="", router="")
    assert spent is not None
    assert spent > 0
    assert counted["cost_usd"] == pytest.approx(spent)
    assert counted["squared_cost_usd"] == pytest.approx(spent**2)
    assert counted["cubed_cost_usd"] == pytest.approx(spent**3)


@pytest.mark.asyncio
async def test_cost_and_rating_may_come_after_the_call(value: Value) -> None:
    """What a task that the call left behind spends is still the call's, as if it had come in time."""
    go = asyncio.Event()
    left: list[asyncio.Task[None]] = []

    @instrument(name="llm", kind="llm")
    def llm(_: object) -> dict[str, Any]:
        return answered(1_000_000, 0)

    async def later() -> None:
        await go.wait()
        llm("q")
        rate_quality(0.5)
        rate_quality(1.0)

    async def fast(_: object) -> str:
        llm("q")
        left.append(asyncio.create_task(later()))
        return "done"

    async def easy(_: object) -> float:
        return 0.1

    router = RouterPrimitive("routed", {"fast": fast, "premium": fast}, score=easy)
    run("routed.threshold", 0.9, share=1.0)
    await router.execute("q")
    early = totals(value, "candidate", "routed", "router")

    go.set()
    await left[0]

    late = totals(value, "candidate", "routed", "router")
    assert early["cost_usd"] > 0
    assert (early["calls"], late["calls"], early["rated"], late["rated"]) == (1, 1, 0, 1)
    assert late["cost_usd"] == pytest.approx(2 * early["cost_usd"])
    assert late["squared_cost_usd"] == pytest.approx((2 * early["cost_usd"]) ** 2)
    assert late["quality"] == 0.5


def test_the_manifest_says_whose_calls_a_value_touches() -> None:
    """By it the backend chooses how to deal."""
    CachePrimitive("answers", lambda x: x)
    RetryPrimitive("retried", lambda x: x)

    scopes = {tunable.name: tunable.scope for tunable in manifest_of("svc").tunables}

    assert scopes["answers.ttl_seconds"] == "key"
    assert scopes["answers.max_entries"] == "process"
    assert scopes["retried.max_attempts"] == "call"
    assert scopes["retried.retry_budget"] == "process"


def document(**experiments: object) -> bytes:
    """A config with experiments."""
    return json.dumps({"service": "svc", "generation": 1, "tunables": {}, "experiments": experiments}).encode()


FULL = {
    "rollout": "rollout_1",
    "candidate": 9,
    "share": 0.1,
    "mode": "block",
    "block_seconds": 30,
    "settle_seconds": 5,
    "slow_seconds": {"p95": 0.8, "p99": 2},
}


def test_experiments_are_read_from_the_config() -> None:
    """With everything that may stand there, and with the least."""
    (full,) = read_config(document(p=FULL), "svc").experiments
    (least,) = read_config(document(p={"rollout": "r", "candidate": 9, "share": 0.1}), "svc").experiments

    assert full == Experiment("p", "rollout_1", 9, 0.1, "block", 30.0, 5.0, 0.8, 2.0)
    assert least == Experiment("p", "r", 9, 0.1)
    assert read_config(b'{"generation": 1, "tunables": {}}', "svc").experiments == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rollout": ""}, "rollout"),
        ({"rollout": 3}, "rollout"),
        ({"candidate": "9"}, "candidate"),
        ({"candidate": float("nan")}, "candidate"),
        ({"candidate": None}, "candidate"),
        ({"share": 1.1}, "share"),
        ({"share": True}, "share"),
        ({"mode": "tenant"}, "mode"),
        ({"block_seconds": 0}, "block_seconds"),
        ({"block_seconds": None}, "block_seconds"),
        ({"settle_seconds": 30}, "settle_seconds"),
        ({"settle_seconds": -1}, "settle_seconds"),
        ({"slow_seconds": {"p50": 1}}, "slow_seconds.p50"),
        ({"slow_seconds": {"p95": -1}}, "slow_seconds.p95"),
        ({"slow_seconds": [1]}, "slow_seconds"),
        ({"shares": 1}, "shares"),
    ],
)
def test_what_is_not_understood_is_refused(change: dict[str, object], field: str) -> None:
    """Field and value are named; dealing otherwise than told would be a lie."""
    with pytest.raises(ConfigRefusedError, match=rf"experiments\.p\.{field}"):
        read_config(document(p={**FULL, **change}), "svc")


@pytest.mark.parametrize("section", [[1], {"p": 3}, "x"])
def test_a_section_that_is_no_object_is_refused(section: object) -> None:
    """Whole, as the rest of the document."""
    body = json.dumps({"generation": 1, "tunables": {}, "experiments": section}).encode()

    with pytest.raises(ConfigRefusedError, match="experiments"):
        read_config(body, "svc")


def test_a_candidate_out_of_bounds_refuses_the_document() -> None:
    """Before anything of it is obeyed."""
    size = TUNABLES.declare(SPEC)
    body = document(**{"p.size": {"rollout": "r", "candidate": 11, "share": 0.1}})

    with pytest.raises(ConfigRefusedError, match=r"p\.size must be from 1 to 10"):
        read_config(body, "svc")
    assert size.experiment is None


class Failing(tta.WorkflowPrimitive[Any, Any]):
    """Never answers, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    async def execute(self, input_data: Any, context: tta.WorkflowContext) -> Any:  # noqa: ARG002 - as all of them
        """Fail."""
        self.calls += 1
        raise KeyError(self.calls)


@pytest.mark.asyncio
async def test_what_others_read_from_an_attribute_takes_turns_too(value: Value, clock: Clock) -> None:
    """It is set by the block, and the executions are counted in it."""
    failing = Failing()
    retry = instrument(tta.RetryPrimitive(failing, tta.RetryStrategy(max_retries=4)), name="r")
    run("r.max_attempts", 2, mode="block", block_seconds=10.0)

    for second in (5.0, 15.0):
        clock.now = second
        with pytest.raises(KeyError):
            await retry.execute("q", tta.WorkflowContext())

    assert failing.calls == 5 + 2
    counted = [totals(value, arm, "r", "retry") for arm in ("control", "candidate")]
    assert [(arm["calls"], arm["errors"]) for arm in counted] == [(1, 1), (1, 1)]


@pytest.mark.asyncio
async def test_a_cache_counts_what_it_answered_in_each_arm(value: Value) -> None:
    """Hits of those that asked; a coalesced or stale answer is one, a bypass is neither."""

    async def fetch(key: str) -> str:
        return key

    cache = CachePrimitive("answers", fetch, ttl_seconds=60.0)
    run("answers.ttl_seconds", 600, share=1.0)

    for key in ("a", "a", "b", "a"):
        await cache.execute(key)

    counted = totals(value, "candidate", "answers", "cache")
    assert (counted["calls"], counted["asked"], counted["hits"]) == (4, 4, 2)
    assert counted["tried"] == 0


@pytest.mark.asyncio
async def test_a_retry_counts_the_attempts_of_all_calls_in_each_arm(value: Value) -> None:
    """Those that never fail too: the mean is over all executions."""
    left = {"good": 0, "bad": 2}

    async def call(what: str) -> str:
        left[what] -= 1
        if left[what] >= 0:
            raise ConnectionError(what)
        return what

    retry = RetryPrimitive("calls", call, max_attempts=5, backoff_seconds=0.0)
    run("calls.max_attempts", 9, share=1.0)

    await retry.execute("good")
    await retry.execute("bad")

    counted = totals(value, "candidate", "calls", "retry")
    assert (counted["calls"], counted["tried"], counted["attempts"]) == (2, 2, 4)
    assert (counted["squared_attempts"], counted["cubed_attempts"]) == (10, 28)


@pytest.mark.asyncio
async def test_a_router_tells_which_calls_the_thresholds_tell_apart(value: Value) -> None:
    """Of the scores 0.1, 0.4 and 0.9 only the one between the thresholds goes another way."""

    async def answer(_: float) -> None:
        return None

    router = RouterPrimitive("models", {"premium": answer, "fast": answer}, score=lambda score: score, threshold=0.2)
    run("models.threshold", 0.5, share=1.0)

    for score in (0.1, 0.4, 0.4, 0.9):
        await router.execute(score)

    counted = totals(value, "candidate", "models", "router")
    assert (counted["calls"], counted["weighed"], counted["touched"]) == (4, 4, 2)


@pytest.mark.parametrize(
    ("tunable", "candidate", "touched"),
    [("max_attempts", 2, 2), ("max_attempts", 3, 1), ("backoff_seconds", 0.001, 3), ("max_backoff_seconds", 1.0, 3)],
)
@pytest.mark.asyncio
async def test_a_retry_tells_which_calls_the_values_tell_apart(
    value: Value, tunable: str, candidate: float, touched: int
) -> None:
    """Those that fail as often as the smaller number of attempts; where waits differ, those that fail at all."""
    left = {"never": 0, "once": 1, "twice": 2, "thrice": 3}

    async def call(what: str) -> None:
        left[what] -= 1
        if left[what] >= 0:
            raise ConnectionError(what)

    retry = RetryPrimitive("calls", call, max_attempts=4, backoff_seconds=0.0)
    run(f"calls.{tunable}", candidate, share=1.0)

    for what in tuple(left):
        with suppress(ConnectionError):
            await retry.execute(what)

    counted = totals(value, "candidate", "calls", "retry")
    assert (counted["calls"], counted["weighed"], counted["touched"]) == (4, 4, touched)


def test_what_touched_calls_cost_is_counted_apart(value: Value) -> None:
    """Also what is spent when they are over; those that are not weighed, or not in an arm, count nowhere."""
    size = TUNABLES.declare(SPEC)

    @instrument(name="p")
    def p(edge: float | None) -> Any:
        if edge is None:
            size.weigh(lambda _: 1 / 0)
            return None
        size.get()
        size.weigh(lambda value: value > edge)
        size.weigh(lambda _: None)
        frame = current_frame()
        assert frame is not None
        frame.spend(2.0)
        return frame

    run("p.size", 9, share=1.0)
    p(7).spend(1.0)
    p(20)
    p(None)

    counted = totals(value, "candidate")
    assert (counted["calls"], counted["weighed"], counted["touched"]) == (2, 2, 1)
    assert (counted["cost_usd"], counted["touched_cost_usd"]) == (5.0, 3.0)
    assert (counted["squared_touched_cost_usd"], counted["cubed_touched_cost_usd"]) == (9.0, 27.0)


def test_a_decision_that_cannot_be_made_is_told_nobody(value: Value) -> None:
    """The call goes on, weighed by nobody."""
    size = TUNABLES.declare(SPEC)

    @instrument(name="p")
    def p() -> float:
        found = size.get()
        size.weigh(lambda _: 1 / 0)
        return found

    run("p.size", 9, share=1.0)

    assert p() == 9
    assert totals(value, "candidate")["weighed"] == 0


@pytest.mark.asyncio
async def test_a_cache_foresees_what_the_old_time_to_live_would_have_cost(value: Value, clock: Clock) -> None:
    """The first request of a key is dear under both values; of the others the old one would have paid for two."""

    @instrument(name="model", kind="llm")
    async def fetch(_: str) -> str:
        for frame in frames_here():
            frame.spend(2.0)
        return "answer"

    cache = CachePrimitive("answers", fetch, ttl_seconds=60.0, clock=lambda: clock.now)
    run("answers.ttl_seconds", 600, share=1.0)

    for clock.now in (0.0, 10.0, 70.0, 75.0, 140.0):
        await cache.execute("a")

    counted = totals(value, "candidate", "answers", "cache")
    assert (counted["calls"], counted["weighed"], counted["touched"]) == (5, 5, 4)
    assert (counted["cost_usd"], counted["touched_cost_usd"], counted["expected_usd"]) == (2.0, 0.0, 4.0)


def test_a_synchronous_cache_foresees_it_too(value: Value, clock: Clock) -> None:
    """By the same entries."""

    def fetch(_: str) -> str:
        for frame in frames_here():
            frame.spend(2.0)
        return "answer"

    cache = CachePrimitive("answers", fetch, ttl_seconds=60.0, clock=lambda: clock.now)
    run("answers.ttl_seconds", 600, share=1.0)

    for clock.now in (0.0, 10.0, 70.0):
        cache.execute_sync("a")

    counted = totals(value, "candidate", "answers", "cache")
    assert (counted["touched"], counted["touched_cost_usd"], counted["expected_usd"]) == (2, 0.0, 2.0)


def test_what_is_paid_while_a_block_settles_is_counted_apart(value: Value, clock: Clock) -> None:
    """Calls and cost alone, from 0 on; no verdict sees them."""
    size = TUNABLES.declare(SPEC)

    @instrument(name="p")
    def p() -> None:
        size.get()
        for frame in frames_here():
            frame.spend(0.5)

    run("p.size", 9, mode="block", block_seconds=10.0, settle_seconds=2.0)
    labels = {"primitive": "p", "kind": "function", "rollout": "rollout_1"}
    assert [value(SETTLING_TOTALS["calls"].name, **labels, arm=arm) for arm in ARMS] == [0, 0]

    for clock.now in (1.0, 5.0, 11.0, 12.5, 13.0):
        p()

    settling = {field: _both(value, metric.name, labels) for field, metric in SETTLING_TOTALS.items()}
    assert (settling["calls"], settling["cost_usd"], settling["weighed"]) == (2, 1.0, 0)
    assert _both(value, ARM_TOTALS["calls"].name, labels) == 3


def _both(value: Value, name: str, labels: dict[str, str]) -> float:
    return sum(value(name, **labels, arm=arm) or 0.0 for arm in ARMS)
