"""Verdicts: right, honest about what cannot be told, and valid whenever they are looked at."""

import random
from collections.abc import Sequence

import pytest
from ai_runtime_intelligent.contract.kinds import ARM_MEASURES
from ai_runtime_intelligent.flow.suggestion import Direction, Guardrail
from ai_runtime_intelligent.flow.verdict import ArmStats, Blocks, Policy, assess, compare
from hypothesis import given
from hypothesis import strategies as st
from support.arms import Call, lists, skewed, totals

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


def test_looking_after_every_hundred_calls_rarely_finds_what_is_not_there() -> None:
    """Of 200 candidates that are the old value, each looked at 40 times, at most 5 % get a verdict."""
    chance = random.Random(3)
    policy = Policy("seconds_mean", "lower", (Guardrail("error_ratio", 0.0), Guardrail("slow_p95_ratio", 0.0)))
    wrong = 0
    for _ in range(200):
        control, candidate = ArmStats(), ArmStats()
        for _ in range(40):
            control, candidate = control + skewed(chance, 50), candidate + skewed(chance, 50)
            if assess(policy, control, candidate).outcome != "inconclusive":
                wrong += 1
                break

    assert wrong <= 10


def test_a_true_fifth_is_found() -> None:
    """20 % faster is confirmed within 4,000 calls, and 20 % slower refuted."""
    chance = random.Random(4)
    control, faster, slower = (skewed(chance, 2000, factor) for factor in (1.0, 0.8, 1.2))

    assert assess(Policy("seconds_mean", "lower"), control, faster).outcome == "confirmed"
    assert assess(Policy("seconds_mean", "lower"), control, slower).outcome == "refuted"


def test_few_calls_confirm_nothing_however_clear_they_look() -> None:
    """299 have not seen what happens once in a hundred calls; 300 have."""
    fast = [Call(0.1), Call(0.2)] * 150
    control = totals([Call(1.0), Call(1.2)] * 500)

    assert assess(Policy("seconds_mean", "lower"), control, totals(fast[:-1])).outcome == "inconclusive"
    assert assess(Policy("seconds_mean", "lower"), control, totals(fast)).outcome == "confirmed"


def test_harm_needs_no_least_number_of_calls() -> None:
    """A candidate whose first twelve calls fail is refuted by them."""
    policy = Policy("seconds_mean", "lower", (Guardrail("error_ratio", 0.02),))
    control = ArmStats(calls=1200, errors=12, seconds=1200.0, squared_seconds=1300.0)
    failing = ArmStats(calls=12, errors=12, seconds=12.0, squared_seconds=13.0)

    verdict = assess(policy, control, failing)

    assert verdict.outcome == "refuted"
    assert "error_ratio rose by at least" in verdict.reason


@given(st.sampled_from(ARM_MEASURES), lists(0, 40), lists(0, 40), st.sampled_from(("lower", "higher")))
def test_nothing_is_confirmed_without_data(goal: str, one: list[Call], two: list[Call], direction: Direction) -> None:
    """Whatever few calls show, and with none at all it is an error."""
    verdict = assess(Policy(goal, direction), totals(one), totals(two))

    assert verdict.outcome == ("inconclusive" if min(len(one), len(two)) > 1 else "error")


@given(st.sampled_from(ARM_MEASURES), lists(3, 12), lists(3, 12), st.floats(0.002, 0.2))
def test_the_other_direction_gives_the_other_verdict(goal: str, one: list[Call], two: list[Call], alpha: float) -> None:
    """Confirmed for one who claims a fall is refuted for one who claims a rise."""
    arms = totals(one * 100), totals(two * 100)
    mirrored = {"confirmed": "refuted", "refuted": "confirmed", "inconclusive": "inconclusive"}

    lower = assess(Policy(goal, "lower", alpha=alpha), *arms)
    higher = assess(Policy(goal, "higher", alpha=alpha), *arms)

    assert higher.outcome == mirrored[lower.outcome]


def test_all_measures_together_are_wrong_no_oftener_than_alpha() -> None:
    """The goal has one half of it, and the harm of the guardrails shares the other."""
    policy = Policy("seconds_mean", "lower", (Guardrail("error_ratio", 0.0), Guardrail("usd_per_call", 0.0)))

    assert policy.goal_alpha + 2 * (policy.rail_alpha / 2) == pytest.approx(policy.alpha)
    assert Policy("seconds_mean", "lower").goal_alpha == 0.05


RATED = totals([Call(cost=0.9, quality=0.85), Call(cost=1.1, quality=0.95)] * 400)
DEARER = totals([Call(cost=1.1, quality=0.80), Call(cost=1.3, quality=0.90)] * 400)
"""Costs 1 and 1.2, quality 0.90 and 0.85."""


@pytest.mark.parametrize(
    ("rail", "broken"),
    [
        (Guardrail("usd_per_call", 0.1, relative=True), True),
        (Guardrail("usd_per_call", 0.3, relative=True), False),
        (Guardrail("usd_per_call", 0.15), True),
        (Guardrail("quality_mean", 0.02, worse="lower"), True),
        (Guardrail("quality_mean", 0.02), False),
        (Guardrail("quality_mean", 0.03, relative=True, worse="lower"), True),
        (Guardrail("quality_mean", 0.08, relative=True, worse="lower"), False),
    ],
)
def test_a_guardrail_allows_so_much_in_its_own_direction(rail: Guardrail, *, broken: bool) -> None:
    """In its own unit or as a share of the old value, a rise or a fall."""
    verdict = assess(Policy("seconds_mean", "lower", (rail,)), RATED, DEARER)

    assert (verdict.outcome == "refuted") is broken


def test_a_guardrail_that_must_be_cleared_holds_the_verdict_back() -> None:
    """Faster is not enough while errors may have risen by more than is allowed."""
    control = totals([Call(1.0), Call(1.2)] * 400)
    faster = totals([Call(0.5), Call(0.7)] * 400)
    rails = (Guardrail("error_ratio", 0.001), Guardrail("slow_p95_ratio", 0.1))

    assert assess(Policy("seconds_mean", "lower", rails), control, faster).outcome == "confirmed"
    held = assess(Policy("seconds_mean", "lower", rails, cleared=True), control, faster)
    assert held.outcome == "inconclusive"
    assert held.reason.endswith("it is not shown yet that error_ratio holds")
    shown = assess(Policy("seconds_mean", "lower", rails[1:], cleared=True), control, faster)
    assert shown.outcome == "confirmed"


def test_the_safe_share_grows_with_evidence() -> None:
    """At the bad end of the interval, that share of the calls would just raise the service's errors by what may be."""
    policy = Policy("seconds_mean", "lower", (Guardrail("error_ratio", 0.01),))
    arms = [(totals([Call()] * 20 * n), totals([Call()] * n)) for n in (50, 500, 5000)]

    verdicts = [assess(policy, *pair) for pair in arms]

    shares = [verdict.safe_share for verdict in verdicts]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1.0
    (_, errors) = verdicts[0].effects
    assert shares[0] * errors.high == pytest.approx(0.01)


def test_a_guardrail_that_was_not_measured_makes_no_share_safe() -> None:
    """Nobody rated a call."""
    control, candidate = (ArmStats(calls=900, seconds=900.0, squared_seconds=1000.0) for _ in range(2))
    policy = Policy("seconds_mean", "lower", (Guardrail("quality_mean", 0.1, worse="lower"),))

    assert assess(policy, control, candidate).safe_share == 0.0
    assert assess(Policy("seconds_mean", "lower"), control, candidate).safe_share == 1.0
