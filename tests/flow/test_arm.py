"""Arms: totals that add up in any order, and estimates only of what was measured."""

import random
from dataclasses import fields
from math import nan

import pytest
from ai_runtime_intelligent.contract.kinds import ARM_MEASURES
from ai_runtime_intelligent.contract.metrics import ARM_TOTALS
from ai_runtime_intelligent.flow.arm import ArmStats, Blocks, Paired
from ai_runtime_intelligent.flow.verdict import Policy, assess
from hypothesis import given
from hypothesis import strategies as st
from support.arms import Call, lists, totals


@given(st.lists(lists(0, 8), max_size=6), st.randoms(use_true_random=False))
def test_totals_of_processes_add_up_in_any_order(processes: list[list[Call]], chance: random.Random) -> None:
    """It does not matter which replica answers first."""
    shuffled = chance.sample(processes, len(processes))

    one = sum((totals(calls) for calls in processes), ArmStats())
    two = sum((totals(calls) for calls in shuffled), ArmStats())

    for field in fields(ArmStats):
        assert getattr(one, field.name) == pytest.approx(getattr(two, field.name))


def test_every_total_has_its_counter() -> None:
    """Prometheus can carry an arm whole."""
    assert [field.name for field in fields(ArmStats)] == list(ARM_TOTALS)
    assert all(metric.labels[-2:] == ("rollout", "arm") for metric in ARM_TOTALS.values())


def test_moments_are_those_of_the_calls() -> None:
    """Mean, variance and third moment of 1, 2 and 6."""
    estimate = totals([Call(1.0), Call(2.0), Call(6.0)]).estimate("seconds_mean")

    assert estimate is not None
    assert (estimate.n, estimate.mean, estimate.variance, estimate.third) == pytest.approx((3, 3.0, 7.0, 6.0))


def test_a_share_counts_its_hits() -> None:
    """One of four failed, and two were slow."""
    arm = totals([Call(failed=True), Call(6.0), Call(11.0), Call()])
    shares = [arm.estimate(name) for name in ("error_ratio", "slow_p95_ratio", "slow_p99_ratio")]

    assert [share and (share.n, share.hits, share.mean) for share in shares] == [
        (4, 1, 0.25),
        (4, 2, 0.5),
        (4, 1, 0.25),
    ]


def test_quality_is_of_the_rated_calls_only() -> None:
    """Most calls are never rated."""
    estimate = ArmStats(calls=100, rated=4, quality=3.0, squared_quality=2.5).estimate("quality_mean")

    assert estimate is not None
    assert (estimate.n, estimate.mean) == (4, 0.75)


@pytest.mark.parametrize("measure", ARM_MEASURES)
@pytest.mark.parametrize("arm", [ArmStats(), totals([Call()]), ArmStats(calls=9, errors=1, seconds=nan)])
def test_what_was_not_measured_has_no_estimate(arm: ArmStats, measure: str) -> None:
    """No calls, one call, and sums that are no numbers."""
    estimate = arm.estimate(measure)

    assert estimate is None or measure not in {"seconds_mean", "quality_mean"}
    assert estimate is None or arm.calls > 1


def test_an_unknown_measure_has_no_estimate() -> None:
    """An arm knows its own measures."""
    assert totals([Call(), Call()]).estimate("router_easy_ratio") is None


def test_counters_that_were_read_one_after_the_other_give_no_impossible_share() -> None:
    """An error may be counted in between."""
    estimate = ArmStats(calls=5, errors=6).estimate("error_ratio")

    assert estimate is not None
    assert estimate.mean == 1.0


def test_blocks_of_totals_have_a_value_each() -> None:
    """A block without calls has none, and quality only where calls were rated."""
    blocks = Blocks.of([totals([Call(1.0), Call(3.0)]), ArmStats(), ArmStats(calls=2, seconds=2.0)])

    assert blocks.values["seconds_mean"] == (2.0, 1.0)
    assert blocks.values["quality_mean"] == (1.0,)
    assert set(blocks.values) == set(ARM_MEASURES)


def popular(chance: random.Random, factor: float) -> tuple[ArmStats, ArmStats]:
    """A block of calls of four keys, one of them slow and popular; its arm is drawn anew."""
    slow, quick = [Call(chance.gauss(3.0, 0.1)) for _ in range(20)], [Call(chance.gauss(1.0, 0.1)) for _ in range(20)]
    one, two = (slow, quick) if chance.random() < 0.5 else (quick, slow)
    return totals(one), totals([Call(call.seconds * factor) for call in two])


def test_keys_that_are_dealt_anew_in_each_block_are_judged_by_their_blocks() -> None:
    """By call, the popular key's arm would be called slower; by the differences within blocks, nothing is."""
    chance = random.Random(2)
    policy = Policy("seconds_mean", "lower")
    blocks = [popular(chance, 1.0) for _ in range(31)]
    control, candidate = zip(*blocks, strict=True)

    by_call = assess(policy, sum(control, ArmStats()), sum(candidate, ArmStats()))
    by_block = assess(policy, *Paired.of(control, candidate))

    assert by_call.outcome in {"confirmed", "refuted"}
    assert by_block.outcome == "inconclusive"


def test_pairs_find_a_true_difference() -> None:
    """Half the seconds, within each block."""
    chance = random.Random(2)
    control, candidate = zip(*(popular(chance, 0.2) for _ in range(40)), strict=True)

    verdict = assess(Policy("seconds_mean", "lower"), *Paired.of(control, candidate))

    assert verdict.outcome == "confirmed"
    assert verdict.goal is not None
    assert verdict.goal.n_before == verdict.goal.n_after == 40
    assert verdict.goal.low < verdict.goal.difference < verdict.goal.high < 0


def test_a_block_in_which_one_arm_has_no_calls_is_no_pair() -> None:
    """And one pair alone tells nothing."""
    call = totals([Call()])

    one, two = Paired.of([call, ArmStats(), call], [call, call, ArmStats()])

    assert (one.estimate("seconds_mean"), two.estimate("seconds_mean")) == (None, None)
    three, _ = Paired.of([call] * 3, [call] * 3)
    estimate = three.estimate("seconds_mean")
    assert estimate is not None
    assert (estimate.n, estimate.mean) == (3, 1.0)
