"""Arms: the same key in the same arm everywhere, shares as told, growing without moving anybody back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ai_runtime_intelligent.runtime.arms import Experiment, place
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.one_of(st.text(), st.integers(), st.tuples(st.text(), st.integers()))


def experiment(share: float, **more: object) -> Experiment:
    """An experiment on a cache."""
    return Experiment("answers.ttl_seconds", "rollout_1", 60.0, share, **more)  # type: ignore[arg-type]


def test_a_key_has_the_same_arm_in_every_process(python: Callable[[str], str]) -> None:
    """Whatever the interpreter's own hashes are seeded with."""
    code = """
from ai_runtime_intelligent.runtime.arms import Experiment
e = Experiment("t", "rollout_1", 60.0, 0.5)
print([e.arm(k, 0.0) for k in ("a", "b", 3, ("tenant", "q"), "\\ud800")])
"""

    assert python(code) == python(code)
    assert place("rollout_1", 0, "a") == place("rollout_1", 0, "a")


def test_a_place_is_what_it_was() -> None:
    """A new version of this package deals running experiments as the old one did."""
    assert place("rollout_1", 0, "a") == pytest.approx(PLACE, abs=1e-15)


PLACE = 0.3792110736379798


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_keys_are_dealt_by_the_share(share: float) -> None:
    """Of 20,000 keys about so many are the candidate's."""
    dealt = experiment(share)

    part = sum(dealt.arm(f"key {number}", 0.0) == "candidate" for number in range(20_000)) / 20_000

    assert part == pytest.approx(share, abs=4 * (share * (1 - share) / 20_000) ** 0.5)


def test_calls_without_a_key_are_dealt_by_chance() -> None:
    """Each for itself."""
    dealt = experiment(0.5)

    assert {dealt.arm(None, 0.0) for _ in range(100)} == {"control", "candidate"}
    assert {experiment(0.0).arm(None, 0.0) for _ in range(100)} == {"control"}
    assert {experiment(1.0).arm(None, 0.0) for _ in range(100)} == {"candidate"}


@given(KEYS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_who_is_a_candidate_stays_one_while_the_share_grows(key: object, a: float, b: float) -> None:
    """A key never goes back and forth."""
    low, high = sorted((a, b))

    assert experiment(low).arm(key, 0.0) == "control" or experiment(high).arm(key, 0.0) == "candidate"


@given(KEYS, st.floats(0.0, 1e10))
def test_nothing_and_all_are_exact(key: object, now: float) -> None:
    """A share of 0 is nobody, a share of 1 is everybody, whenever it is."""
    assert experiment(0.0, block_seconds=60.0).arm(key, now) == "control"
    assert experiment(1.0, block_seconds=60.0).arm(key, now) == "candidate"
    assert experiment(0.0, mode="block", block_seconds=60.0).arm(key, now) == "control"
    assert experiment(1.0, mode="block", block_seconds=60.0).arm(key, now) == "candidate"


def test_other_rollouts_deal_otherwise() -> None:
    """Who was a candidate once is not one for ever."""
    one, two = (Experiment("t", rollout, 60.0, 0.5) for rollout in ("rollout_1", "rollout_2"))

    same = sum(one.arm(key, 0.0) == two.arm(key, 0.0) for key in range(2000))

    assert 800 < same < 1200


def test_keys_are_dealt_anew_in_each_block() -> None:
    """Where that is asked for: else a popular key would speak for its arm for ever."""
    once, anew = experiment(0.5), experiment(0.5, block_seconds=60.0)

    assert len({once.arm("popular", 60.0 * block) for block in range(50)}) == 1
    assert len({anew.arm("popular", 60.0 * block) for block in range(50)}) == 2
    assert len({anew.arm("popular", 60.0 + second) for second in range(60)}) == 1


def test_a_holdout_has_its_blocks_of_time() -> None:
    """A share near 1 leaves the control its turn."""
    dealt = experiment(0.9, mode="block", block_seconds=30.0)

    groups = [[dealt.arm(None, 30.0 * (group * 10 + block)) for block in range(10)] for group in range(40)]

    assert all(group.count("control") == 1 for group in groups)


@pytest.mark.parametrize(("share", "size"), [(0.5, 2), (0.1, 10), (0.34, 3)])
def test_blocks_of_time_take_turns_by_the_share(share: float, size: int) -> None:
    """In each group of blocks one is the candidate's, not always the same one, and all calls of it are."""
    dealt = experiment(share, mode="block", block_seconds=30.0)

    groups = [[dealt.arm(None, 30.0 * (group * size + block)) for block in range(size)] for group in range(40)]

    assert all(group.count("candidate") == 1 for group in groups)
    assert len({group.index("candidate") for group in groups}) > 1
    assert len({dealt.arm(key, 31.0) for key in range(50)}) == 1


def test_the_start_of_a_block_is_not_counted() -> None:
    """There what the other arm left behind still works."""
    dealt = experiment(0.5, mode="block", block_seconds=30.0, settle_seconds=5.0)

    assert [dealt.counts(now) for now in (0.0, 4.9, 5.0, 29.9, 30.0, 35.0)] == [False, False, True, True, False, True]
    assert experiment(0.5).counts(0.0)
