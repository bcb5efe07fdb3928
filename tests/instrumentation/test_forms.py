"""What `instrument()` takes: classes, methods of every sort, callable objects, blocks of code."""

from __future__ import annotations

import asyncio
import functools
import inspect
import pickle
from collections.abc import Callable
from types import MethodType
from typing import Any
from unittest.mock import Mock

import pytest
from ai_runtime_intelligent import instrument
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.primitives.block import Instrument
from ai_runtime_intelligent.primitives.naming import MARK
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan

Value = Callable[..., float | None]
Spans = Callable[[], dict[str, ReadableSpan]]


def counted(value: Value, name: str, status: str = "ok", kind: str = "function") -> float | None:
    """Executions of one primitive."""
    return value(metrics.EXECUTIONS.name, primitive=name, kind=kind, status=status)


class Step:
    """A step of somebody's workflow."""

    def __init__(self, by: int = 1) -> None:
        self.by = by

    async def execute(self, value: int, context: Any = None) -> int:
        """Add."""
        del context
        return value + self.by

    def plain(self, value: int) -> int:
        """Add at once."""
        return value + self.by


class Called:
    """An object that is called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, value: int) -> int:
        """Double."""
        self.calls += 1
        return 2 * value


@pytest.mark.asyncio
async def test_class_stays_itself_and_every_instance_is_measured(value: Value, spans: Spans) -> None:
    """A class is changed in place: instances made before and after, and subclasses, are measured under its name."""

    class Adder(Step):
        """Adds."""

    before = Adder(2)
    assert instrument(Adder) is Adder

    class Special(Adder):
        """A subclass."""

    assert await before.execute(1) == 3
    assert await Adder(3).execute(1, context="c") == 4
    assert await Special(4).execute(1) == 5
    assert counted(value, "Adder") == 3
    assert list(spans()) == ["Adder.execute"]
    assert not hasattr(Step.execute, MARK)
    assert str(inspect.signature(Adder.execute)) == str(inspect.signature(Step.execute))
    assert instrument(Special) is Special


def test_class_of_callable_objects_is_measured_by_its_call(value: Value) -> None:
    """A class without `execute` whose instances can be called is measured there."""

    @instrument(name="doubles")
    class Doubler(Called):
        """Doubles."""

    doubler = Doubler()
    assert (doubler(4), doubler.calls, isinstance(doubler, Called)) == (8, 1, True)
    assert counted(value, "doubles") == 1


def test_what_cannot_be_measured_is_refused() -> None:
    """A class with nothing to run, a builtin class, and an object that takes no attributes are told apart."""

    class Nothing:
        """Has nothing to run."""

    class Slotted:
        """Takes no attributes."""

        __slots__ = ()

        async def execute(self) -> None:
            """Do nothing."""

    with pytest.raises(TypeError, match="Nothing has neither an execute method nor a __call__"):
        instrument(Nothing)
    with pytest.raises(TypeError, match="partial cannot be changed"):
        instrument(functools.partial)
    with pytest.raises(TypeError, match="in the class"):
        instrument(Slotted())
    assert instrument(Slotted) is Slotted


def test_methods_of_every_sort_stay_what_they_are(value: Value) -> None:
    """Plain, static and class methods, decorated above or below, are measured and called as before."""

    class Service:
        """Somebody's service."""

        @instrument(name="plain")
        def plain(self, n: int) -> int:
            """Add one."""
            return n + 1

        @instrument(name="static")
        @staticmethod
        def static(n: int) -> int:
            """Add two."""
            return n + 2

        @instrument(name="of_class")
        @classmethod
        def of_class(cls, n: int) -> tuple[str, int]:
            """Name and add."""
            return cls.__name__, n

        @classmethod
        @instrument(name="below")
        def below(cls, n: int) -> tuple[str, int]:
            """Name and add."""
            return cls.__name__, n

    service = Service()
    assert (service.plain(1), service.static(1), Service.static(2)) == (2, 3, 4)
    assert (service.of_class(1), Service.of_class(2), Service.below(3)) == (
        ("Service", 1),
        ("Service", 2),
        ("Service", 3),
    )
    assert isinstance(vars(Service)["static"], staticmethod)
    assert isinstance(vars(Service)["of_class"], classmethod)
    found = [counted(value, name) for name in ("plain", "static", "of_class", "below")]
    assert found == [1, 2, 2, 1]


def test_bound_method_stays_bound(value: Value) -> None:
    """A bound method gives a bound method of the same object; the object itself is not changed."""
    step = Step(5)
    measured = instrument(step.plain, name="plain")

    assert isinstance(measured, MethodType)
    assert measured.__self__ is step
    assert inspect.signature(measured) == inspect.signature(step.plain)
    assert (measured(1), step.plain(1)) == (6, 6)
    assert counted(value, "plain") == 1
    assert instrument(measured) is measured


def test_callable_object_keeps_its_class_and_attributes(value: Value) -> None:
    """What stands for a callable object passes for it: class, attributes, equality, signature."""
    called = Called()
    measured = instrument(called, name="called")

    assert measured(2) == 4
    measured.calls += 10
    assert (called.calls, measured.calls) == (11, 11)
    assert isinstance(measured, Called)
    assert measured == called
    assert hash(measured) == hash(called)
    assert inspect.signature(measured) == inspect.signature(called)
    assert counted(value, "called") == 1
    assert instrument(measured) is measured


def test_cached_function_keeps_its_methods(value: Value) -> None:
    """`functools.lru_cache` around a method goes on working as a method, with its own functions."""

    class Service:
        """Somebody's service."""

        @instrument(name="cached")
        @functools.lru_cache  # noqa: B019 - one instance, one test
        def cached(self, n: int) -> int:
            """Add one."""
            return n + 1

    service = Service()
    assert [service.cached(1), service.cached(1)] == [2, 2]
    assert Service.cached.cache_info().hits == 1
    assert counted(value, "cached") == 2


def test_object_that_answers_to_any_name_is_not_taken_for_measured(value: Value) -> None:
    """Mocks and lazy proxies have every attribute; they are measured all the same."""
    mock = Mock()
    mock.execute.return_value = 7

    assert instrument(mock, name="mock") is mock
    assert mock.execute(1) == 7
    assert counted(value, "mock") == 1


@instrument(name="top")
def top(n: int) -> int:
    """A function that can be pickled."""
    return n


def test_measured_function_can_be_pickled() -> None:
    """A decorated function of a module is found again by its name."""
    assert pickle.loads(pickle.dumps(top)) is top  # noqa: S301 - our own bytes


def test_block_is_measured(value: Value, spans: Spans) -> None:
    """`with instrument(name=...)` measures a block, again and again, nested and with its children below it."""
    for _ in range(2):
        with instrument(name="parse"), instrument(name="inner"):
            assert trace.get_current_span().is_recording()

    assert (counted(value, "parse"), counted(value, "inner")) == (2, 2)
    assert {name: span.parent is None for name, span in spans().items()} == {"parse": True, "inner": False}
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_error_in_a_block_comes_out_as_it_is(value: Value) -> None:
    """The block's error keeps its traceback, and is counted."""
    error = KeyError("no")

    with pytest.raises(KeyError) as caught, instrument(name="parse"):
        raise error

    assert caught.value is error
    assert error.__traceback__ is not None
    assert error.__traceback__.tb_frame.f_code.co_name == "test_error_in_a_block_comes_out_as_it_is"
    assert counted(value, "parse", "error") == 1


@pytest.mark.asyncio
async def test_one_object_measures_many_blocks_at_once(value: Value) -> None:
    """Blocks of one object that run at the same time in many tasks each end their own execution."""
    step = instrument(name="step")

    async def run(n: int) -> None:
        async with step:
            await asyncio.sleep(0.001 * (n % 3))

    await asyncio.gather(*(run(n) for n in range(30)))

    assert counted(value, "step") == 30
    assert value(metrics.INFLIGHT.name, primitive="step", kind="function") == 0
    assert step._under_way == []


def test_block_that_calls_a_model_tells_its_response(value: Value) -> None:
    """The response that is set on the block is read and priced."""
    with instrument(name="ask", kind="llm", model="gpt-4o-mini") as execution:
        execution.result = {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 10, "completion_tokens": 5}}

    labels = {"primitive": "ask", "kind": "llm", "model": "gpt-4o-mini", "route": "", "router": ""}
    assert (value(metrics.COST.name, **labels) or 0) > 0


def test_block_without_measuring_is_the_bare_block() -> None:
    """Before `setup_apm()` a block runs; without a name it is refused at once."""
    with instrument(name="parse") as execution:
        pass
    assert execution.frame is None
    with pytest.raises(ValueError, match="a primitive needs a name"), Instrument(None, "function", None):
        pass


@pytest.mark.asyncio
async def test_object_with_execute_is_measured_by_keyword_too(value: Value) -> None:
    """Arguments of an `execute` pass on as they came, by position or by name."""
    step = instrument(Step(), name="step")

    assert await step.execute(value=1, context=None) == 2
    assert await step.execute(1, None) == 2
    assert counted(value, "step") == 2
