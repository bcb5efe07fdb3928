"""Tunables: bounds, types, defaults, and values that arrive before their owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from ai_runtime_intelligent import RetryPrimitive, Tunable
from ai_runtime_intelligent.runtime.tunables import TUNABLES, TunableSpec

SPEC = TunableSpec("p.size", "p", "cache", "int", 5, 1, 10, "1", "A size.")
REAL = replace(SPEC, name="p.share", type="float", default=0.5, minimum=0.0, maximum=1.0)


@pytest.mark.parametrize("value", [0, 11, 2.5, True, "3", None, float("nan"), float("inf"), 10**400, [3]])
def test_value_that_was_not_declared_possible_is_refused(value: object) -> None:
    """Out of bounds, not whole, not a number, not finite: refused with a reason that names the tunable."""
    problem = SPEC.problem(value)

    assert problem is not None
    assert problem.startswith("p.size must be ")
    with pytest.raises(ValueError, match=r"p\.size must be"):
        Tunable(SPEC).obey(value)  # type: ignore[arg-type]


def test_bounds_belong_to_the_range_and_the_type_is_kept() -> None:
    """Both bounds can be taken; a whole float becomes an int where an int is declared, an int a float elsewhere."""
    tunable = Tunable(SPEC)
    for value in (1, 10, 3.0):
        tunable.obey(value)
        assert (tunable.get(), type(tunable.get())) == (value, int)

    share = Tunable(REAL)
    share.obey(1)
    assert (share.get("key"), type(share.get())) == (1.0, float)


def test_apply_is_all_or_nothing() -> None:
    """One bad value, and none is taken."""
    size, share = TUNABLES.declare(SPEC), TUNABLES.declare(REAL)

    with pytest.raises(ValueError, match=r"p\.share must be"):
        TUNABLES.apply({"p.size": 7, "p.share": 2.0})

    assert (size.value, share.value) == (5, 0.5)


def test_what_is_not_named_returns_to_its_default() -> None:
    """A value holds as long as it is given."""
    size, share = TUNABLES.declare(SPEC), TUNABLES.declare(REAL)
    TUNABLES.apply({"p.size": 7, "p.share": 0.1})

    TUNABLES.apply({"p.share": 0.2, "unknown.name": 3})

    assert (size.value, share.value) == (5, 0.2)


def test_value_waits_for_its_tunable() -> None:
    """A value given before its tunable is declared is obeyed from the declaration on; one that does not fit is not."""
    TUNABLES.apply({"p.size": 7, "p.share": 9})

    assert TUNABLES.declare(SPEC).value == 7
    assert TUNABLES.declare(REAL).value == 0.5


def test_equal_declarations_share_one_value() -> None:
    """The same declaration twice is one tunable; another default under the same name takes its place."""
    first = TUNABLES.declare(SPEC)

    assert TUNABLES.declare(SPEC) is first
    second = TUNABLES.declare(replace(SPEC, default=6))
    assert (second.value, first.value) == (6, 5)
    assert TUNABLES.all() == [second]


def test_default_out_of_bounds_is_refused() -> None:
    """A declaration that contradicts itself is told at once."""
    with pytest.raises(ValueError, match="from 1 to 10"):
        TUNABLES.declare(replace(SPEC, default=11))


def test_value_obeyed_is_exposed(value: Callable[..., float | None]) -> None:
    """`airuntime_tunable_value` shows what calls obey, from declaration on and after every change."""
    RetryPrimitive("r", lambda _: 1, max_attempts=4)
    labels = {"primitive": "r", "kind": "retry", "tunable": "r.max_attempts"}
    assert value("airuntime_tunable_value", **labels) == 4

    TUNABLES.apply({"r.max_attempts": 2})

    assert value("airuntime_tunable_value", **labels) == 2
