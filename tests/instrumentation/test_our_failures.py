"""Whatever of ours fails: the user's call gives what it would have given, and one line tells."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
from ai_runtime_intelligent import (
    CachePrimitive,
    ConcurrencyLimitPrimitive,
    FallbackPrimitive,
    ParallelPrimitive,
    RetryPrimitive,
    RouterPrimitive,
    TimeoutPrimitive,
    guard,
    instrument,
    setup_apm,
)
from ai_runtime_intelligent.contract.env import CAPTURE_CONTENT
from ai_runtime_intelligent.primitives import shared
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.primitives.frame import current_frame
from ai_runtime_intelligent.runtime.arms import Experiment
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support import tta_like

ANSWER = {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 40, "completion_tokens": 10}, "text": "Yes."}
ERROR = KeyError("the user's own")


class RefusingError(Exception):
    """An error that can neither be put into words nor be written to."""

    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__

    def __setattr__(self, name: str, value: object) -> None:
        raise RuntimeError("no attributes")


REFUSING = RefusingError()


def double(n: int) -> int:
    """Twice as much."""
    return 2 * n


def fails(_: Any) -> int:
    """Nothing but an error."""
    raise ERROR


def refuses(_: Any) -> int:
    """Nothing but an awkward error."""
    raise REFUSING


async def soon(n: int) -> int:
    """The same, later."""
    await asyncio.sleep(0)
    return 2 * n


async def fails_soon(_: Any) -> int:
    """The same, later."""
    await asyncio.sleep(0)
    raise ERROR


def begin(n: int) -> Coroutine[Any, Any, int]:
    """A plain function that gives a coroutine."""
    return soon(n)


def ask(_: Any) -> dict[str, Any]:
    """A model's answer."""
    return ANSWER


def stream(_: Any) -> Iterator[dict[str, Any]]:
    """A model's answer, bit by bit."""
    yield {"model": "gpt-4o-mini"}
    yield ANSWER


async def stream_soon(_: Any) -> AsyncIterator[dict[str, Any]]:
    """The same, later."""
    for chunk in stream(0):
        yield chunk


class Greeter:
    """Anyone's object with ``execute``."""

    async def execute(self, value: int, context: Any = None) -> tuple[int, Any]:
        """Greet."""
        return value, context


def outcome(call: Callable[[], Any]) -> tuple[str, Any]:
    """What a call gave; of an error, the error itself."""
    try:
        return "gave", call()
    except Exception as error:  # noqa: BLE001 - any outcome is to be compared
        return "raised", error


def workflow() -> list[tuple[str, Any]]:
    """Calls of every sort, made anew and called: what each of them gave."""
    router = RouterPrimitive(
        "router", {"fast": instrument(ask, name="fast", kind="llm"), "premium": double}, score=lambda _: 0.1
    )
    cache = CachePrimitive("cache", router, ttl_seconds=60.0)
    retry = RetryPrimitive("retry", fails, max_attempts=2, backoff_seconds=0.0)
    foreign = tta_like.LambdaPrimitive(lambda value, _: 2 * value) >> tta_like.LambdaPrimitive(lambda value, _: value)
    calls: list[Callable[[], Any]] = [
        lambda: instrument(double, name="double")(2),
        lambda: instrument(fails, name="fails")(2),
        lambda: asyncio.run(instrument(soon, name="soon")(2)),
        lambda: asyncio.run(instrument(fails_soon, name="fails_soon")(2)),
        lambda: asyncio.run(instrument(begin, name="plain")(2)),
        lambda: list(instrument(stream, name="items")(2)),
        lambda: instrument(ask, name="ask", kind="llm", model="gpt-4o-mini")(2),
        lambda: instrument(fails, name="no answer", kind="llm")(2),
        lambda: list(instrument(stream, name="stream", kind="llm")(2)),
        lambda: list(instrument(lambda: stream(0), name="stand-in", kind="llm")()),
        lambda: asyncio.run(_all(instrument(stream_soon, name="stream soon", kind="llm")(2))),
        lambda: asyncio.run(_all(instrument(lambda: stream_soon(0), name="stand-in soon", kind="llm")())),
        lambda: asyncio.run(instrument(Greeter(), name="greeter").execute(2, "context")),
        lambda: asyncio.run(instrument(foreign, name="foreign").execute(2, tta_like.WorkflowContext())),
        lambda: asyncio.run(cache.execute(2)),
        lambda: asyncio.run(cache.execute(2)),
        lambda: CachePrimitive("sync cache", double).execute_sync(3),
        lambda: asyncio.run(retry.execute(2)),
        lambda: asyncio.run(FallbackPrimitive("fallback", fails, double).execute(2)),
        lambda: asyncio.run(TimeoutPrimitive("timeout", soon, timeout_seconds=60.0).execute(2)),
        lambda: asyncio.run(ConcurrencyLimitPrimitive("limit", soon).execute(2)),
        lambda: asyncio.run(ParallelPrimitive("parallel", [soon, double]).execute(2)),
    ]
    return [outcome(call) for call in calls]


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


TARGETS = [
    "apm.bound:Bound.begin",
    "apm.bound:Bound.end",
    "apm.bound:Bound.initialise",
    "apm.bound:Bound.joined",
    "apm.bound:status_of",
    "apm.cells:Buckets.observe",
    "apm.cells:Number.inc",
    "apm.counters:_instrument_name",
    "apm.current:RecordedSpan.__init__",
    "apm.current:RecordedSpan.finish",
    "apm.current:RecordedSpan.tag",
    "apm.current:record",
    "apm.failure:captures_content",
    "apm.joined:ArmTotals.count",
    "apm.light:Template.start",
    "apm.llm_calls:LlmBound._record",
    "apm.llm_calls:answer_of",
    "apm.llm_calls:watch_of",
    "apm.recorder:Recorder.bind",
    "apm.recorder:Recorder.child",
    "apm.trials:Trials.show",
    "apm.spans:HeadStart.start",
    "primitives.answers:Store.keep",
    "primitives.content:_messages",
    "primitives.content:answered",
    "primitives.content:asked",
    "primitives.content:piece",
    "primitives.foreign:count",
    "primitives.definition:Definition.calls",
    "primitives.foreign:_context_in",
    "primitives.frame:Frame._covered_at",
    "primitives.frame:Frame._enter",
    "primitives.frame:Frame.child_began",
    "primitives.frame:Frame.child_ended",
    "primitives.pricing:Prices.usd",
    "primitives.pricing:provider_of",
    "primitives.recognise:get",
    "primitives.size:sys.getsizeof",
    "primitives.streams:Watch.follow",
    "primitives.streams:answered",
    "primitives.streams:model_of",
    "primitives.streams:reported",
    "primitives.watch:Watch.role_of",
    "runtime.arms:Experiment.arm",
    "runtime.arms:Experiment.counts",
    "runtime.places:_function_behind",
]
"""Functions of ours below every boundary between the user's code and ours, each to be broken."""


class BrokenError(Exception):
    """What breaks in us."""


def broken(*_: Any, **__: Any) -> Any:
    """What stands in the place of a function of ours."""
    raise BrokenError("the prompt was: my secret")


class BrokenLock:
    """A lock that cannot be taken."""

    def __enter__(self) -> None:
        broken()

    def __exit__(self, *_: object) -> None:
        """Never reached."""


@pytest.fixture
def expected() -> list[tuple[str, Any]]:
    """What the calls give when nobody measures them."""
    outcomes = workflow()
    CATALOG.clear()
    TUNABLES.clear()
    shared.clear()
    assert [what for kind, what in outcomes if kind == "raised"] == [ERROR] * 4
    return outcomes


def break_at(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Break one function of ours, wherever it is looked up."""
    module, _, path = target.partition(":")
    holder: Any = importlib.import_module(f"ai_runtime_intelligent.{module}")
    *outer, name = path.split(".")
    for one in outer:
        holder = getattr(holder, one)
    assert callable(getattr(holder, name)), target
    monkeypatch.setattr(holder, name, broken)


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What we logged."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("ai_runtime_intelligent")]


def assert_bare(outcomes: list[tuple[str, Any]], expected: list[tuple[str, Any]]) -> None:
    """The same values, and the same errors by identity."""
    for number, (actual, wanted) in enumerate(zip(outcomes, expected, strict=True)):
        same = actual[1] is wanted[1] or actual[1] == wanted[1]
        assert actual[0] == wanted[0], (number, actual)
        assert same, (number, actual)


@pytest.mark.parametrize("target", TARGETS)
def test_a_broken_function_of_ours_changes_no_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, expected: list[tuple[str, Any]], target: str
) -> None:
    """Values and errors are those of the bare calls, nothing of ours stays current, and each boundary tells once."""
    if "content:" in target or target.endswith(".tag"):
        monkeypatch.setenv(CAPTURE_CONTENT.name, "true")
    experiment = Experiment("cache.ttl_seconds", "r1", 30.0, 0.5)
    TUNABLES.apply({}, [experiment])
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=InMemorySpanExporter())
    break_at(monkeypatch, target)

    outcomes = workflow()

    assert_bare(outcomes, expected)
    assert current_frame() is None
    assert not trace.get_current_span().get_span_context().is_valid
    lines = lines_of(caplog)
    assert lines, "it was never reached"
    assert len(lines) == len(set(lines))
    assert all("failed (BrokenError at " in line for line in lines), lines
    assert "secret" not in caplog.text
    monkeypatch.undo()
    apm.shutdown()


def test_a_lock_that_cannot_be_taken_changes_no_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, expected: list[tuple[str, Any]]
) -> None:
    """Even the one lock of measuring may fail."""
    apm = setup_apm("svc", export_to_prometheus=False)
    with monkeypatch.context() as patch:
        patch.setattr(guard, "lock", BrokenLock())
        outcomes = workflow()

    assert_bare(outcomes, expected)
    assert lines_of(caplog)
    apm.shutdown()


def test_a_log_that_fails_changes_no_call(monkeypatch: pytest.MonkeyPatch, expected: list[tuple[str, Any]]) -> None:
    """A filter or a handler of the user's that raises, on top of a failure of ours, is not felt either."""
    logger = logging.getLogger("ai_runtime_intelligent")
    monkeypatch.setattr(logger, "filters", [broken])
    apm = setup_apm("svc", export_to_prometheus=False)
    break_at(monkeypatch, "apm.bound:Bound.end")

    assert_bare(workflow(), expected)
    monkeypatch.undo()
    apm.shutdown()


def test_an_awkward_error_is_counted_and_its_span_ends(exporter: InMemorySpanExporter) -> None:
    """An error without words costs its description on the span, nothing else."""
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=exporter)

    with pytest.raises(RefusingError) as caught:
        instrument(refuses, name="refuses")(1)

    assert caught.value is REFUSING
    labels = {"service": "svc", "primitive": "refuses", "kind": "function", "status": "error"}
    assert apm.registry.get_sample_value("airuntime_executions_total", labels) == 1
    apm.tracer_provider.force_flush()
    (span,) = exporter.get_finished_spans()
    assert span.status.description == "RefusingError"
    apm.shutdown()


def test_a_sampler_or_processor_that_fails_costs_the_span_only(
    python: Callable[[str], str],
) -> None:
    """Counts, tokens and costs are exact without the spans that somebody else's code spoils."""
    code = """
from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import Sampler

class Failing(Sampler, SpanProcessor):
    def should_sample(self, *_, **__):
        raise RuntimeError("no decision")
    def get_description(self):
        return "failing"
    def on_end(self, span):
        raise RuntimeError("no end")

for made in (lambda: TracerProvider(sampler=Failing()), TracerProvider):
    provider = made()
    provider.add_span_processor(Failing())
    trace._TRACER_PROVIDER = None
    trace._TRACER_PROVIDER_SET_ONCE._done = False
    trace.set_tracer_provider(provider)
    from ai_runtime_intelligent import instrument, setup_apm
    apm = setup_apm("svc", port=0)
    ask = instrument(lambda: {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 4, "completion_tokens": 1}},
                     name="ask", kind="llm")
    ask(), ask()
    read = apm.registry.get_sample_value
    own = {"service": "svc", "primitive": "ask", "kind": "llm"}
    print(read("airuntime_executions_total", {**own, "status": "ok"}), read("airuntime_inflight", own),
          read("airuntime_cost_usd_total", {**own, "model": "gpt-4o-mini", "route": "", "router": ""}) > 0)
    apm.shutdown()
"""

    assert python(code).splitlines() == ["2 0 True", "2 0 True"]
