"""Learning how long recovering takes, and the budget that retries have."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from ai_runtime_intelligent.primitives.budget import Budget
from ai_runtime_intelligent.primitives.recovery import Recovery
from hypothesis import given, settings
from hypothesis import strategies as st


def attempts_of(recovery: Recovery, recovers_after: float, first: float, rnd: random.Random) -> tuple[int, float]:
    """Attempts and waiting of one execution whose dependency recovers so long after the first failure."""
    wait = recovery.seconds or first
    attempts, waited, failed = 1, 0.0, 0.0
    while True:
        waited += wait * rnd.uniform(0.75, 1)
        attempts += 1
        if waited >= recovers_after:
            recovery.came(after=failed, by=waited)
            return attempts, waited
        failed = waited
        wait *= 2


def test_nothing_seen_is_no_estimate() -> None:
    """Before the first recovery there is nothing to go by; the first one is taken with its own uncertainty."""
    recovery = Recovery()
    assert recovery.seconds is None

    recovery.came(after=1.0, by=3.0)
    assert recovery.seconds == 2.0 + 1.0


def test_failing_to_the_end_makes_the_estimate_grow() -> None:
    """What has not recovered after longer than was thought takes longer; what gave up early says nothing."""
    recovery = Recovery()
    recovery.came(after=0.9, by=1.1)
    before = recovery.seconds or 0

    recovery.stayed_away(after=0.1)
    assert recovery.seconds == before
    recovery.stayed_away(after=20.0)
    assert (recovery.seconds or 0) > before


@pytest.mark.parametrize("scale", [0.01, 0.3, 8.0])
@pytest.mark.parametrize("first", [0.05, 5.0])
def test_attempts_become_few_at_every_scale(scale: float, first: float) -> None:
    """Wherever the backoff begins, calls soon need little more than one retry, and wait about as long as needed."""
    rnd, recovery = random.Random(7), Recovery()
    runs = [attempts_of(recovery, scale * rnd.uniform(0.7, 1.3), first, rnd) for _ in range(300)][100:]

    assert sum(attempts for attempts, _ in runs) / len(runs) < 2.5
    assert sum(waited for _, waited in runs) / len(runs) < 2.5 * scale


def test_a_faster_recovery_is_noticed() -> None:
    """The estimate falls when recovering becomes quicker, though every wait was long enough."""
    rnd, recovery = random.Random(7), Recovery()
    for _ in range(50):
        attempts_of(recovery, 8.0, 0.5, rnd)
    slow = recovery.seconds or 0
    for _ in range(50):
        attempts_of(recovery, 0.5, 0.5, rnd)

    assert (recovery.seconds or 0) < slow / 4


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), min_size=1))
def test_property_the_estimate_stays_within_what_was_seen(seen: list[tuple[float, float]]) -> None:
    """Whatever is observed, the estimate is a wait that is not negative and not above twice the longest one."""
    recovery = Recovery()
    for one, other in seen:
        recovery.came(min(one, other), max(one, other))

    assert 0 <= (recovery.seconds or 0) <= 2 * max(max(pair) for pair in seen)


@settings(max_examples=200)
@given(st.lists(st.one_of(st.just("spend"), st.floats(0, 5))), st.integers(0, 20))
def test_property_no_more_is_spent_than_was_there(steps: list[str | float], burst: int) -> None:
    """Retries never exceed what was saved up plus what was earned."""
    budget, earned, spent = Budget(burst), 0.0, 0
    for step in steps:
        if isinstance(step, float):
            budget.earn(step)
            earned += step
        else:
            spent += budget.spend()

        assert spent <= burst + earned + 1e-9


def test_budget_is_one_for_all_threads() -> None:
    """Sixteen threads that spend at once get as many tokens as there were."""
    budget = Budget(100)
    got: list[bool] = []

    def spend() -> None:
        got.extend(budget.spend() for _ in range(50))

    run_all([spend] * 16)

    assert sum(got) == 100


def run_all(jobs: list[Callable[[], None]]) -> None:
    """Run every job in a thread of its own, to the end."""
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
