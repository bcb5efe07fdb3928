"""`>>` and `|`: what they put together, how it is named, and what the manifest then shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent import (
    CachePrimitive,
    ParallelPrimitive,
    RetryPrimitive,
    SequentialPrimitive,
    instrument,
)
from ai_runtime_intelligent.primitives.naming import LONGEST, shortened
from ai_runtime_intelligent.runtime.manifest import manifest_of
from hypothesis import given
from hypothesis import strategies as st

Value = Callable[..., float | None]

HERE = str(Path(__file__).absolute())

pytestmark = pytest.mark.asyncio


async def double(value: int) -> int:
    """A coroutine function of the user's."""
    return value * 2


def plus_one(value: int) -> int:
    """A plain function of the user's."""
    return value + 1


class Power:
    """An object of the user's with `execute`, which takes the context."""

    async def execute(self, value: int, context: int) -> int:
        """The value to the power that the context says."""
        return int(value**context)


def step(name: str) -> RetryPrimitive:
    """One of our primitives: it doubles."""
    return RetryPrimitive(name, double)


async def test_sequence_hands_results_on_and_the_context_along() -> None:
    """Each step runs on what the one before it gave; all get the same context; the first error ends it."""
    sequence = SequentialPrimitive("s", [plus_one, double, Power()])

    assert await sequence.execute(2, context=3) == 6**3
    with pytest.raises(ZeroDivisionError):
        await SequentialPrimitive("s", [lambda x: x / 0, plus_one]).execute(1)
    with pytest.raises(ValueError, match="s needs at least one step"):
        SequentialPrimitive("s", [])


async def test_operators_take_primitives_functions_and_objects_on_both_sides() -> None:
    """What is put together works as it reads, with ours on either side."""
    a = step("a")

    assert await (a >> plus_one >> Power()).execute(3, 2) == 49
    assert await (plus_one >> a).execute(3) == 8
    assert await (a | plus_one | Power()).execute(3, 2) == [6, 4, 9]
    assert await (plus_one | a).execute(3) == [4, 6]
    assert await (a >> (step("b") | plus_one) >> sum).execute(1) == 4 + 3


async def test_one_operator_makes_one_primitive_named_after_its_parts(value: Value) -> None:
    """`a >> b >> c` is one sequence of three, measured under its own name; shorter beginnings leave no trace."""
    whole = step("a") >> plus_one >> (step("b") | double)
    await whole.execute(1)

    assert isinstance(whole, SequentialPrimitive)
    names = {(one.name, one.kind) for one in manifest_of("svc").primitives}
    assert ("a >> plus_one >> (b | double)", "sequential") in names
    assert ("(b | double)", "parallel") in names
    assert ("a >> plus_one", "sequential") not in names
    labels = {"primitive": "a >> plus_one >> (b | double)", "kind": "sequential", "status": "ok"}
    assert value("airuntime_executions_total", **labels) == 1


async def test_place_is_where_the_operator_stands() -> None:
    """The manifest points to the expression in the user's code, not to where it was first executed."""
    chain = step("a") >> plus_one
    line = test_place_is_where_the_operator_stands.__code__.co_firstlineno + 2

    async def elsewhere() -> None:
        await chain.execute(1)

    await elsewhere()
    (found,) = [one for one in manifest_of("svc").primitives if one.kind == "sequential"]
    assert (found.file, found.line) == (HERE, line)
    assert found.details == {"steps": ["a", "plus_one"]}


async def test_what_has_a_name_of_its_own_stays_one_part() -> None:
    """A named sequence is one step of a longer one; its own definition stays."""
    named = SequentialPrimitive("named", [plus_one, plus_one])
    chain = step("a") >> named

    assert chain.name == "a >> named"
    assert await chain.execute(1) == 4


async def test_fork_runs_all_its_branches_at_once() -> None:
    """Ten branches run side by side, though a parallel primitive has eight slots by default."""
    fork: Any = step("0")
    for i in range(1, 10):
        fork = fork | step(str(i))

    assert isinstance(fork, ParallelPrimitive)
    assert fork.max_concurrency.value == 10
    assert await fork.execute(1) == [2] * 10


async def test_instrumented_function_brings_its_name() -> None:
    """A function that is instrumented under a name is called so."""
    chain = instrument(double, name="doubling") >> step("a")

    assert chain.name == "doubling >> a"


async def test_what_cannot_be_run_is_refused() -> None:
    """A number is no step; the error is Python's own."""
    with pytest.raises(TypeError, match="unsupported operand"):
        step("a") >> 3
    with pytest.raises(TypeError, match="unsupported operand"):
        {"x": 1} | CachePrimitive("c", double)


@given(st.lists(st.text(max_size=400), unique=True, max_size=20))
async def test_property_cut_names_stay_different(names: list[str]) -> None:
    """However long names are, they fit, and no two of them become one."""
    cut = [shortened(name) for name in names]

    assert len(set(cut)) == len(names)
    assert all(len(name) <= LONGEST for name in cut)
