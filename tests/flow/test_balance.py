"""Whether both arms have what they were dealt: chance is told from calls that hang."""

from __future__ import annotations

import numpy as np
import pytest
from ai_runtime_intelligent.flow.balance import missing
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("control", "candidate", "share", "found"),
    [
        (0, 0, 0.01, 0.0),
        (2_000, 0, 0.01, 0.0),
        (2_100, 0, 0.01, 1.0),
        (1_000, 1_000, 0.5, 0.0),
        (1_000, 250, 0.5, 0.75),
        (9_900, 40, 0.01, 0.6),
        (9_900, 90, 0.01, 0.0),
        (1_000, 4_000, 0.5, 0.0),
    ],
)
def test_what_is_missing_is_told_once_chance_is_out_of_the_question(
    control: int, candidate: int, share: float, found: float
) -> None:
    """Of few calls nothing is said, nor where the candidate has more than its share."""
    assert missing(control, candidate, share) == pytest.approx(found)


def test_chance_is_never_taken_for_calls_that_hang() -> None:
    """A thousand rollouts, looked at a hundred times each."""
    rng = np.random.default_rng(7)
    for share in (0.01, 0.1, 0.5):
        mine = np.cumsum(rng.binomial(100, share, (1_000, 100)), axis=1)
        n = 100 * np.arange(1, 101)
        looks = zip(np.broadcast_to(n, mine.shape).ravel().tolist(), mine.ravel().tolist(), strict=True)
        assert not any(missing(all_calls - own, own, share) for all_calls, own in looks)


@given(control=st.integers(0, 10_000_000), candidate=st.integers(0, 10_000_000), share=st.floats(0, 1, allow_nan=False))
def test_it_is_a_share(control: int, candidate: int, share: float) -> None:
    """Whatever the numbers are."""
    assert 0 <= missing(control, candidate, share) <= 1
