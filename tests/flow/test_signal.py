"""Signals: what queries answered becomes numbers that are told apart from the lack of one."""

import copy
import math
import pickle

import pytest
from ai_runtime_intelligent.flow.signal import Reading, Subject, Window, read

CACHE = Subject("shop", "answers", "cache")
WINDOW = Window(1_000.0, 1_060.0)


def reading(value: float | None, count: float | None = 200.0) -> Reading:
    """A reading of one subject."""
    values = {} if value is None else {CACHE: value}
    counts = {} if count is None else {CACHE: count}
    return Reading("cache_hit_ratio", "1", "the query", values, counts)


def test_a_measured_value_keeps_its_n_its_window_and_its_query() -> None:
    """A signal says where it is from."""
    (signal,) = read([reading(0.25, 199.6)], WINDOW)

    assert (signal.state, signal.value, signal.n) == ("measured", 0.25, 200)
    assert (signal.window, signal.query, signal.unit) == (WINDOW, "the query", "1")


@pytest.mark.parametrize(
    ("value", "state"), [(None, "no_data"), (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "inf")]
)
def test_what_is_no_number_is_a_state_and_never_zero(value: float | None, state: str) -> None:
    """No data, NaN and Inf are kinds of signal of their own."""
    (signal,) = read([reading(value)], WINDOW)

    assert (signal.state, signal.value) == (state, None)


def test_a_value_without_a_count_has_no_observations() -> None:
    """What nobody counted is not worth concluding from."""
    (signal,) = read([reading(0.5, None)], WINDOW)

    assert signal.n == 0


def test_equal_content_has_equal_ids_and_other_content_other_ids() -> None:
    """An id is made of what it names."""
    one, same, other = (read([reading(value)], WINDOW)[0].id for value in (0.5, 0.5, 0.6))

    assert one == same
    assert one != other


def test_a_subject_is_the_same_after_a_journey() -> None:
    """Its hash is kept, and not sent along: that of text differs from process to process."""
    one = Subject("shop", "search", "function")

    assert hash(one) == hash(Subject("shop", "search", "function"))
    assert copy.copy(one) == one
    assert pickle.dumps(one) == pickle.dumps(Subject("shop", "search", "function"))
    assert vars(one) == {"service": "shop", "primitive": "search", "kind": "function"}
