"""Verdicts: right, honest about what cannot be told, and valid whenever they are looked at."""

import random
from collections.abc import Sequence

import pytest
from ai_runtime_intelligent.flow.suggestion import Guardrail
from ai_runtime_intelligent.flow.verdict import ArmStats, Blocks, Policy, assess, compare
from hypothesis import given
from hypothesis import strategies as st

LOWER = Policy("seconds_mean", "lower", (Guardrail("error_ratio", 0.02),))


def blocks(seconds: Sequence[float], errors: Sequence[float] = (0.0, 0.0, 0.0, 0.0)) -> Blocks:
    """An arm of blocks."""
    return Blocks({"seconds_mean": tuple(seconds), "error_ratio": tuple(errors)})


BEFORE = blocks([1.0, 1.1, 0.9, 1.0, 1.05, 0.95])
FAST = blocks([0.4, 0.45, 0.5, 0.4, 0.45, 0.5])


def test_a_clear_fall_confirms_and_a_clear_rise_refutes() -> None:
    """The same numbers the other way round give the other verdict."""
    assert assess(LOWER, BEFORE, FAST).outcome == "confirmed"
    assert assess(LOWER, FAST, BEFORE).outcome == "refuted"


def test_a_direction_turns_the_verdict() -> None:
    """Higher is better where the claim says so."""
    assert assess(Policy("seconds_mean", "higher"), FAST, BEFORE).outcome == "confirmed"


def test_the_same_on_both_sides_is_inconclusive() -> None:
    """No difference is never called one."""
    verdict = assess(LOWER, BEFORE, BEFORE)

    assert verdict.outcome == "inconclusive"
    assert verdict.goal is not None
    assert verdict.goal.low < 0 < verdict.goal.high


def test_a_broken_guardrail_refutes_whatever_the_goal_says() -> None:
    """Faster and failing is worse."""
    failing = blocks([0.4, 0.45, 0.5, 0.4, 0.45, 0.5], [0.3, 0.31, 0.29, 0.3])

    verdict = assess(LOWER, BEFORE, failing)

    assert verdict.outcome == "refuted"
    assert "error_ratio" in verdict.reason


@pytest.mark.parametrize("candidate", [blocks([]), blocks([0.4]), blocks([float("nan")] * 9)])
def test_what_was_not_measured_is_an_error_and_never_confirmed(candidate: Blocks) -> None:
    """Without numbers there is no verdict on the change."""
    verdict = assess(LOWER, BEFORE, candidate)

    assert (verdict.outcome, verdict.effects) == ("error", ())


def test_too_few_blocks_are_inconclusive() -> None:
    """However clear three blocks look."""
    assert assess(LOWER, BEFORE, blocks([0.4, 0.4, 0.41])).outcome == "inconclusive"


def test_a_verdict_keeps_its_numbers_and_queries() -> None:
    """Anybody can check it."""
    verdict = assess(LOWER, BEFORE, FAST, ("query",))

    assert verdict.queries == ("query",)
    assert verdict.goal is not None
    assert (verdict.goal.before, verdict.goal.after) == pytest.approx((1.0, 0.45))
    assert verdict.goal.difference == pytest.approx(-0.55)
    assert (verdict.goal.n_before, verdict.goal.n_after) == (6, 6)


@given(st.lists(st.floats(0.1, 10.0), min_size=4, max_size=30), st.lists(st.floats(0.1, 10.0), min_size=4, max_size=30))
def test_swapping_the_arms_mirrors_the_interval(one: list[float], two: list[float]) -> None:
    """Neither arm is favoured."""
    there, back = (
        compare("seconds_mean", a, b, 0.05) for a, b in ((blocks(one), blocks(two)), (blocks(two), blocks(one)))
    )

    assert there is not None
    assert back is not None
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_looking_after_every_block_rarely_finds_what_is_not_there() -> None:
    """Of 400 changes that change nothing, each looked at up to 40 times, at most 5 % get a verdict."""
    chance = random.Random(11)
    wrong = 0
    for _ in range(400):
        control = [chance.lognormvariate(0, 0.3) for _ in range(40)]
        candidate = [chance.lognormvariate(0, 0.3) for _ in range(40)]
        looks = (assess(LOWER, blocks(control), blocks(candidate[:n])).outcome for n in range(2, 41))
        wrong += any(outcome in {"confirmed", "refuted"} for outcome in looks)

    assert wrong <= 20


def test_totals_of_processes_add_up_to_the_totals_of_all() -> None:
    """An arm of two replicas is one arm."""
    one = ArmStats(calls=3, errors=1, seconds=3.0, squared_seconds=3.5)
    two = ArmStats(calls=2, errors=0, seconds=1.0, squared_seconds=0.5)

    both = one + two

    assert both == two + one == ArmStats(calls=5, errors=1, seconds=4.0, squared_seconds=4.0)
    mean = both.estimate("seconds_mean")
    assert mean is not None
    assert (mean.n, mean.mean, mean.variance) == pytest.approx((5, 0.8, 0.2))
    assert ArmStats(calls=1).estimate("seconds_mean") is None
    assert both.estimate("quality") is None
