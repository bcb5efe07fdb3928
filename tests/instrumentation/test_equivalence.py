"""A measured function behaves as the bare one: values, errors, arguments; measured, not measured, or disabled."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import instrument, setup_apm
from hypothesis import given, settings
from hypothesis import strategies as st

ERRORS = (ValueError, KeyError, TimeoutError, ZeroDivisionError, OSError)

arguments = st.tuples(st.lists(st.integers(), max_size=4), st.dictionaries(st.sampled_from("abc"), st.text()))
outcomes = st.one_of(st.none(), st.sampled_from(ERRORS))


def subject(outcome: type[Exception] | None) -> Callable[..., Any]:
    """A function that echoes its arguments, or raises."""

    def echo(*args: Any, **kwargs: Any) -> Any:
        if outcome is not None:
            raise outcome(args, kwargs)
        return args, kwargs

    return echo


def outcome_of(call: Callable[[], Any]) -> tuple[str, Any]:
    """What a call did, in a form that can be compared."""
    try:
        return "returned", call()
    except Exception as error:  # noqa: BLE001 - any outcome is to be compared
        return type(error).__name__, error.args


@pytest.mark.parametrize("measuring", [True, False])
@settings(max_examples=60, deadline=None)
@given(given_arguments=arguments, outcome=outcomes)
def test_property_measured_is_bare(
    measuring: bool,  # noqa: FBT001 - a parameter of the test
    given_arguments: tuple[list[int], dict[str, str]],
    outcome: type[Exception] | None,
) -> None:
    """For any arguments and any outcome, sync and async, the measured call does what the bare call does."""
    args, kwargs = given_arguments
    bare = subject(outcome)

    async def bare_async(*args: Any, **kwargs: Any) -> Any:
        return bare(*args, **kwargs)

    apm = setup_apm("property", export_to_prometheus=False) if measuring else None
    measured, measured_async = instrument(bare, name="sync"), instrument(bare_async, name="async")

    assert outcome_of(lambda: measured(*args, **kwargs)) == outcome_of(lambda: bare(*args, **kwargs))
    assert outcome_of(lambda: asyncio.run(measured_async(*args, **kwargs))) == outcome_of(lambda: bare(*args, **kwargs))
    if apm is not None:
        apm.shutdown()


def test_without_setup_nothing_is_recorded_or_loaded(python: Callable[[str], str]) -> None:
    """Before setup_apm an instrumented call is the bare call: no frame, no span, nothing loaded."""
    code = """
import sys
from ai_runtime_intelligent import instrument
seen = instrument(lambda: sys._getframe(1).f_code.co_name, name="seen")
print(seen(), "prometheus_client" in sys.modules)
"""

    assert python(code) == "wrapper False"


def test_call_when_not_measured_costs_about_nothing() -> None:
    """Not measured, a call enters one function more than the bare call, the wrapper, and calls nothing else."""

    def bare() -> None:
        pass

    measured = instrument(bare)
    seen: list[tuple[str, str]] = []
    sys.setprofile(lambda frame, event, _: seen.append((event, frame.f_code.co_name)))
    measured()
    sys.setprofile(None)

    entered = [name for event, name in seen if event == "call"]
    assert entered == ["wrapper", "bare"]
    assert [event for event, name in seen if event == "c_call" and name != entered[0]] == ["c_call"]  # setprofile
