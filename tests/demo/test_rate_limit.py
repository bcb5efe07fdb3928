"""The timetable of refusals."""

from __future__ import annotations

import random

import pytest
from airuntime_demo.rate_limit import GAP_SECONDS, OPEN_SECONDS, RateLimitWindows


def share(seed: int, until: float = 600.0, step: float = 0.01) -> float:
    """Share of moments at which requests are refused."""
    windows = RateLimitWindows(random.Random(seed))
    moments = round(until / step)
    return sum(windows.remaining(number * step) > 0 for number in range(moments)) / moments


def first_window(windows: RateLimitWindows) -> float:
    """The first moment at which requests are refused, to 10 ms."""
    return next(number / 100 for number in range(1000) if windows.remaining(number / 100) > 0)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_one_moment_in_eight_is_refused_whatever_the_seed(seed: int) -> None:
    """The share of refused moments is near 12.5 %: under the 20 % at which a healthy retry would look like a storm."""
    assert share(seed) == pytest.approx(0.125, abs=0.01)


def test_load_does_not_change_the_timetable() -> None:
    """Asking a hundred times as often leaves the refused share as it is."""
    assert share(7, step=0.1) == pytest.approx(share(7, step=0.001), abs=0.01)


def test_a_window_outlasts_a_burst_and_not_a_backoff() -> None:
    """What is asked again at once meets the same window; what waits as long as the window is open does not."""
    windows = RateLimitWindows(random.Random(7))
    opens = first_window(windows)

    assert windows.remaining(opens + 0.05) > 0
    assert windows.remaining(opens + OPEN_SECONDS) == 0
    assert windows.remaining(opens + OPEN_SECONDS + GAP_SECONDS[0] - 0.02) == 0


def test_the_same_seed_gives_the_same_windows() -> None:
    """Two timetables of one seed agree, those of another seed do not."""
    one, same, other = (first_window(RateLimitWindows(random.Random(seed))) for seed in (7, 7, 8))

    assert one == same
    assert one != other
