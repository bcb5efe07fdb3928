"""Ranking and trust: what promises most comes first, and promises that did not hold lose their rank."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ai_runtime_intelligent.flow.ranking import expected_saving, merged, other_ground, rank
from ai_runtime_intelligent.flow.suggestion import Expected, Suggestion
from ai_runtime_intelligent.flow.trust import judge, trust, usual_error
from support.flow import suggestion

LOWER = Expected("seconds_mean", "s", "lower", 1.0, 0.4, 0.8)
HIGHER = Expected("cache_hit_ratio", "1", "higher", 0.2, 0.5, 0.8)


def claiming(low: float, high: float, to: float = 60.0, rule: str = "cold_cache") -> Suggestion:
    """A suggestion with this claim."""
    one = suggestion()
    return replace(
        one, id=f"{rule}-{to}-{low}", rule=rule, to_value=to, expected=Expected("x", "s", "lower", 1.0, low, high)
    )


def test_the_larger_promise_comes_first() -> None:
    """Expected saving times confidence times trust."""
    small, large = claiming(0.8, 0.9), claiming(0.1, 0.3)

    assert expected_saving(large) > expected_saving(small)
    assert rank(large, 1.0) > rank(small, 1.0)
    assert rank(large, 0.1) < rank(small, 1.0)


def test_of_suggestions_for_one_tunable_the_best_is_kept_and_the_others_are_told() -> None:
    """Duplicates and contradictions are put aside with a reason."""
    best, alike, against = claiming(0.1, 0.3), claiming(0.5, 0.7, 90.0), claiming(0.6, 0.8, 1.0, "other")

    kept, told = merged([against, alike, best], {})

    assert kept == (best,)
    assert sorted("contradicts" in one for one in told) == [False, True]


def test_a_rule_that_missed_loses_its_place() -> None:
    """Trust decides between two promises of the same size."""
    one, two = claiming(0.4, 0.6, 30.0, "one"), claiming(0.4, 0.6, 60.0, "two")

    assert merged([one, two], {"one": 0.9, "two": 0.3})[0] == (one,)
    assert merged([one, two], {"one": 0.3, "two": 0.9})[0] == (two,)


@pytest.mark.parametrize(
    ("expected", "outcome", "measured", "held"),
    [
        (LOWER, "confirmed", 0.7, "kept"),
        (LOWER, "confirmed", 0.1, "kept"),
        (LOWER, "confirmed", 0.95, "short"),
        (LOWER, "refuted", 1.2, "missed"),
        (HIGHER, "confirmed", 0.6, "kept"),
        (HIGHER, "confirmed", 0.3, "short"),
        (HIGHER, "refuted", 0.1, "missed"),
    ],
)
def test_a_prediction_is_held_against_what_came(expected: Expected, outcome: str, measured: float, held: str) -> None:
    """Better than promised is kept; better than before but less than promised is short of it."""
    came = judge("r", expected, outcome, expected.now, measured)  # type: ignore[arg-type]

    assert came is not None
    assert came.held == held


@pytest.mark.parametrize("outcome", ["inconclusive", "error"])
def test_what_could_not_be_told_is_held_against_nobody(outcome: str) -> None:
    """A rule is not to blame for too little traffic."""
    assert judge("r", LOWER, outcome, 1.0, 0.9) is None  # type: ignore[arg-type]


def test_a_claim_is_held_to_the_value_that_was_measured_before() -> None:
    """When everything became twice as slow, so does the promise."""
    came = judge("r", LOWER, "confirmed", 2.0, 1.5)

    assert came is not None
    assert came.held == "kept"


def test_trust_begins_high_and_falls_with_each_miss() -> None:
    """Four misses of four leave less than half of it; kept promises raise it."""
    missed = judge("r", LOWER, "refuted", 1.0, 1.2)
    kept = judge("r", LOWER, "confirmed", 1.0, 0.6)
    assert missed is not None
    assert kept is not None

    path = [trust([missed] * n) for n in range(5)]

    assert path == sorted(path, reverse=True)
    assert path[0] == 0.8
    assert path[4] < 0.5 < trust([kept] * 4)
    assert usual_error([]) is None
    assert usual_error([kept, missed, missed]) == pytest.approx(1.5)


def test_a_dismissed_ground_counts_as_new_only_when_it_grew() -> None:
    """A little more of the same is no news."""
    then = suggestion().evidence.finding

    assert not other_ground(replace(then, score=then.score + 0.05), then)
    assert other_ground(replace(then, score=then.score + 0.2), then)
    assert not other_ground(replace(then, score=then.score / 2), then)
