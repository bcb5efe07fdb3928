"""What users' own tests are given: measuring in memory, set tunables, a clock, and fixtures of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

import pytest
from ai_runtime_intelligent import CachePrimitive, instrument, setup_apm
from ai_runtime_intelligent.testing import FakeClock, measuring, tuned
from support import otlp

pytest_plugins = ("pytester",)

PLAIN = [word for plugin in ("cacheprovider", "ddtrace", "asyncio") for word in ("-p", f"no:{plugin}")]

ANSWER: dict[str, object] = {"model": "house-model", "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}}


def one() -> int:
    """A function of the user's."""
    return 1


def test_what_was_measured_is_told() -> None:
    """Calls by how they ended, any sample by its labels, spans in the order of their ends, and what models cost."""

    def step(number: int) -> float:
        return 1 / number

    def respond() -> dict[str, object]:
        return ANSWER

    ask = instrument(respond, name="ask", kind="llm")
    call = instrument(step, name="step")

    with measuring(prices={"house-model": {"input": 2.0, "output": 1.0}}) as measured:
        call(1)
        call(2)
        with pytest.raises(ZeroDivisionError):
            call(0)
        ask()

    assert (measured.calls("step"), measured.calls("step", "ok"), measured.calls("step", "error")) == (3, 2, 1)
    assert measured.calls("nobody") == 0
    assert measured.value("airuntime_duration_seconds_count", primitive="step") == 3
    assert [span.status.is_ok for span in measured.spans("step")] == [True, True, False]
    assert len(measured.spans()) == 4
    assert measured.cost_usd() == measured.cost_usd(model="house-model", primitive="ask") == 2.0
    assert measured.cost_usd(model="another") == 0.0


def test_each_measuring_begins_at_zero_and_what_was_before_goes_on() -> None:
    """Two of them one after the other do not see each other, and one inside another takes its calls alone."""
    call = instrument(one, name="call")
    with measuring() as first:
        call()
        with measuring() as inner:
            call()
        call()
    with measuring() as last:
        pass
    call()

    assert [one.calls("call") for one in (first, inner, last)] == [2, 1, 0]
    assert [len(one.spans("call")) for one in (first, inner, last)] == [2, 1, 0]


def test_nothing_leaves_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a receiver in the environment neither spans nor metrics are sent there, and no port is opened."""
    with otlp.running() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
        monkeypatch.setenv("OTEL_METRICS_EXPORTER", "otlp")
        with measuring() as measured:
            instrument(lambda: 1, name="call")()

    assert measured.calls("call") == len(measured.spans("call")) == 1
    assert receiver.received == []
    assert measured._apm.metrics_port is None


@pytest.mark.parametrize(("variable", "value"), [("AIRUNTIME_DISABLED", "1"), ("OTEL_TRACES_SAMPLER", "always_off")])
def test_the_environment_of_a_build_does_not_matter(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """Where measuring is switched off, or samples, a test still sees every call; the variable stays as it was."""
    monkeypatch.setenv(variable, value)

    with measuring() as measured:
        instrument(lambda: 1, name="call")()
        assert os.environ[variable] == value

    assert measured.calls("call") == len(measured.spans("call")) == 1


def test_an_error_of_the_test_ends_the_measuring() -> None:
    """It is passed on, and calls are bare again."""
    nothing: dict[str, int] = {}
    call = instrument(nothing.__getitem__, name="call")
    with pytest.raises(KeyError), measuring() as measured:
        call("mine")
    with pytest.raises(KeyError):
        call("mine")

    assert measured.calls("call") == 1


def test_the_service_is_the_one_that_is_named() -> None:
    """It is a label of every series."""
    with measuring("shop") as measured:
        instrument(lambda: 1, name="call")()

    assert measured.value("airuntime_executions_total", service="shop", primitive="call") == 1
    assert measured.value("airuntime_executions_total", service="test") == 0


def test_tunables_have_other_values_for_a_while() -> None:
    """Those that are named; others keep theirs, and a value outside the bounds is refused and changes nothing."""
    cache = CachePrimitive("answers", str.upper, ttl_seconds=300.0, max_entries=10)
    with tuned({"answers.max_entries": 20}):
        with tuned({"answers.ttl_seconds": 5.0}):
            assert (cache.ttl_seconds.value, cache.max_entries.value) == (5.0, 20)
        assert (cache.ttl_seconds.value, cache.max_entries.value) == (300.0, 20)
        with (
            pytest.raises(ValueError, match=r"answers.ttl_seconds must be from 1.0"),
            tuned({"answers.ttl_seconds": 0}),
        ):
            pass
        assert cache.max_entries.value == 20
    assert cache.max_entries.value == 10


def test_a_cache_grows_old_without_waiting() -> None:
    """The clock moves when it is told to, and never back."""
    clock = FakeClock()
    asked: list[str] = []
    cache = CachePrimitive("answers", asked.append, ttl_seconds=60.0, clock=clock)

    asyncio.run(cache.execute("a"))
    clock.advance(59.0)
    asyncio.run(cache.execute("a"))
    assert asked == ["a"]
    clock.advance(1.1)
    asyncio.run(cache.execute("a"))

    assert asked == ["a", "a"]
    with pytest.raises(ValueError, match="time only passes"):
        clock.advance(-1)


def test_measuring_stands_above_what_a_program_set_up() -> None:
    """A program under test that measures itself is not disturbed: it counts before and after, not within."""
    apm = setup_apm("program", export_to_prometheus=False)
    call = instrument(one, name="call")
    call()
    with measuring() as measured:
        call()
    labels = {"service": "program", "primitive": "call", "kind": "function", "status": "ok"}
    counted = apm.registry.get_sample_value("airuntime_executions_total", labels)
    apm.shutdown()

    assert (measured.calls("call"), counted) == (1, 1)


def test_fixtures_for_pytest(pytester: pytest.Pytester) -> None:
    """A test suite that asks for them has them, one for each test, and tunables are back after each."""
    pytester.makeconftest('pytest_plugins = ["ai_runtime_intelligent.pytest_fixtures"]')
    pytester.makepyfile(
        """
        from ai_runtime_intelligent import CachePrimitive

        answers = CachePrimitive("answers", str.upper)

        def test_hit(airuntime):
            assert [answers.execute_sync("a"), answers.execute_sync("a")] == ["A", "A"]
            assert airuntime.value("airuntime_cache_requests_total", primitive="answers", result="hit") == 1

        def test_tuned(airuntime, airuntime_tunables, airuntime_clock):
            assert airuntime.calls("answers") == 0
            airuntime_tunables({"answers.ttl_seconds": 5.0})
            airuntime_tunables({"answers.max_entries": 7})
            assert (answers.ttl_seconds.value, answers.max_entries.value) == (5.0, 7)
            airuntime_clock.advance(1.0)
            assert airuntime_clock() == 1.0

        def test_back():
            assert answers.ttl_seconds.value == answers.ttl_seconds.spec.default
        """
    )

    result = pytester.runpytest_subprocess(*PLAIN, "-W", "error")

    result.assert_outcomes(passed=3)


def test_fixtures_are_not_there_unasked(pytester: pytest.Pytester) -> None:
    """Having the package installed changes nobody's test run."""
    pytester.makepyfile("def test_nothing(airuntime): pass")

    result = pytester.runpytest_subprocess(*PLAIN)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'airuntime' not found*"])


def test_importing_it_loads_nothing_heavy(python: Callable[[str], str]) -> None:
    """Neither pytest nor the SDK: any framework may use it."""
    code = """
import sys
from ai_runtime_intelligent import testing
print(testing.__all__, {"pytest", "opentelemetry.sdk"} & set(sys.modules))
"""

    assert python(code) == "['FakeClock', 'Measured', 'measuring', 'tuned'] set()"
