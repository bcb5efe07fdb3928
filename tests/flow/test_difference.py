"""Differences: intervals that favour nobody, narrow with evidence, and hold for few and skewed calls."""

import random
from math import exp, log, sqrt

import pytest
from ai_runtime_intelligent.contract.kinds import ARM_MEASURES
from ai_runtime_intelligent.flow.arm import ArmStats, Estimate
from ai_runtime_intelligent.flow.difference import difference
from ai_runtime_intelligent.flow.verdict import Effect, compare
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.arms import Call, lists, skewed, totals

MEASURES = st.sampled_from(ARM_MEASURES)


def effect(measure: str, control: ArmStats, candidate: ArmStats, alpha: float = 0.05) -> Effect:
    """The effect of what was measured."""
    found = compare(measure, control, candidate, alpha)
    assert found is not None
    return found


@given(MEASURES, lists(), lists())
def test_swapping_the_arms_mirrors_the_interval(measure: str, one: list[Call], two: list[Call]) -> None:
    """Neither arm is favoured, of whatever size they are."""
    there = effect(measure, totals(one), totals(two))
    back = effect(measure, totals(two), totals(one))

    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)


def test_the_smallest_numbers_have_an_interval_too() -> None:
    """Scores whose variance is next to nothing are compared, not divided by it."""
    still, stirred = [Call(1.0, False, 0.0, 0.0)] * 2, [Call(1.0, False, 0.0, 0.0), Call(1.0, False, 0.0, 7.7e-139)]

    found = effect("quality_mean", totals(still), totals(stirred))

    assert found.low <= 0.0 <= found.high
    assert found.high < 1e-130


@given(MEASURES, lists(), lists())
def test_the_interval_holds_the_difference_that_was_seen(measure: str, one: list[Call], two: list[Call]) -> None:
    """What was seen is never ruled out by itself."""
    found = effect(measure, totals(one), totals(two))

    assert found.low <= found.difference <= found.high


@given(MEASURES, lists(), lists(), st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_to_be_surer_is_to_say_less(measure: str, one: list[Call], two: list[Call], a: float, b: float) -> None:
    """A smaller alpha has the wider interval: it never decides what a larger one leaves open."""
    strict, loose = (effect(measure, totals(one), totals(two), alpha) for alpha in sorted((a, b)))

    assert strict.low <= loose.low + 1e-12
    assert strict.high >= loose.high - 1e-12


@settings(deadline=None)
@given(MEASURES, lists(), lists(), st.integers(2, 50))
def test_more_of_the_same_says_more(measure: str, one: list[Call], two: list[Call], times: int) -> None:
    """The same calls seen many times over narrow the interval."""
    few = effect(measure, totals(one), totals(two))
    many = effect(measure, totals(one * times), totals(two * times))

    rounding = 1e-6 * max(abs(few.before), abs(few.after))  # of equal numbers, sums of squares leave no more than that
    assert many.high - many.low <= (few.high - few.low) * (1 + 1e-9) + rounding


@given(st.integers(2, 300), st.integers(2, 300), st.data())
def test_one_more_error_never_speaks_for_the_candidate(control: int, candidate: int, data: st.DataObject) -> None:
    """Both ends of the interval rise."""
    before = data.draw(st.integers(0, control))
    after = data.draw(st.integers(0, candidate - 1))
    fewer, more = (
        effect("error_ratio", ArmStats(control, before), ArmStats(candidate, errors)) for errors in (after, after + 1)
    )

    assert fewer.low <= more.low + 1e-9
    assert fewer.high <= more.high + 1e-9


def test_no_error_in_few_calls_is_no_proof_that_there_will_be_none() -> None:
    """With no hit in n the limit of the likelihood is 1 - exp(-z^2 / 2n)."""
    none = ArmStats(calls=40)
    one = none.estimate("error_ratio")
    assert one is not None
    z = _boundary(one, one, 0.05)

    low, high = difference(one, one, 0.05)

    assert high == pytest.approx(1 - exp(-z * z / 80), rel=1e-6)
    assert low == pytest.approx(-high)


@given(st.integers(2, 10**6), st.floats(0, 1))
@example(n=3, share=1.0)
@example(n=4, share=1.0)
def test_a_limit_is_where_the_likelihood_has_fallen_to_the_boundary(n: int, share: float) -> None:
    """Beside an arm that is known to have no hits, both limits are those of the one share."""
    hits = round(share * n)
    none, arm = ArmStats(calls=10**15).estimate("error_ratio"), ArmStats(calls=n, errors=hits).estimate("error_ratio")
    assert none is not None
    assert arm is not None
    scaled = arm.effect**2 * n
    fallen = (scaled + 1) / scaled * log((scaled + 1) / 0.05**2) / 2

    limits = difference(none, arm, 0.05)

    for limit in limits:
        if 1e-7 < limit < 1 - 1e-7:
            hit = hits * log(arm.mean / limit) if hits else 0.0
            miss = (n - hits) * log((1 - arm.mean) / (1 - limit)) if hits < n else 0.0
            blur = 2e-9 * (hits / limit + (n - hits) / (1 - limit))  # how much the digits that are kept of a mean tell
            assert hit + miss == pytest.approx(fallen, rel=1e-4, abs=blur)


def _boundary(one: Estimate, two: Estimate, alpha: float) -> float:
    """The boundary in standard errors, found from two means of unit variance without skewness."""
    plain = [Estimate(e.n, 0.0, 1e-6, effect=e.effect) for e in (one, two)]
    freedom = sum(e.n - 1 for e in plain)
    low, _ = difference(plain[0], plain[1], alpha)
    student = -low / sqrt(1e-6 * (1 / one.n + 1 / two.n))
    return _normal(student, freedom)


def _normal(student: float, freedom: float) -> float:
    """The inverse of the widening to the Student quantile, by halving."""
    low, high = 0.0, student
    for _ in range(60):
        z = (low + high) / 2
        widened = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        low, high = (z, high) if widened < student else (low, z)
    return high


def test_sums_that_only_round_differently_are_no_difference() -> None:
    """A constant cost, summed up over arms of other sizes."""
    found = effect("usd_per_call", totals([Call(cost=0.1)] * 331), totals([Call(cost=0.1)] * 970))

    assert found.low < 0 < found.high


def test_a_difference_to_a_part_of_the_control() -> None:
    """Half of 8 is 4 less than 8."""
    one, two = Estimate(50, 8.0, 1.0), Estimate(50, 8.0, 1.0)

    low, high = difference(one, two, 0.05, factor=0.5)

    assert (low + high) / 2 == pytest.approx(4.0)
    assert low > 3.0


def test_few_skewed_calls_beside_many_are_rarely_called_better() -> None:
    """At 3 % of the calls and 60 looks, where the candidate's own variance would deceive more than 5 % of the runs."""
    chance = random.Random(5)
    wrong = 0
    for _ in range(150):
        control, candidate = ArmStats(), ArmStats()
        for _ in range(60):
            control, candidate = control + skewed(chance, 97), candidate + skewed(chance, 3)
            found = compare("seconds_mean", control, candidate, 0.05)
            if found is not None and candidate.calls >= 30 and not found.low < 0 < found.high:
                wrong += 1
                break

    assert wrong <= 3
