"""Growth: one step at a time, only as far as it is known to be safe, and back at once from harm."""

import pytest
from ai_runtime_intelligent.contract.kinds import OUTCOMES, Outcome
from ai_runtime_intelligent.flow.growth import Growth, Step, next_share
from ai_runtime_intelligent.flow.verdict import Effect, Verdict
from hypothesis import given
from hypothesis import strategies as st

GROWTH = Growth()
SETTLED = 60.0


def verdict(outcome: Outcome = "inconclusive", safe_share: float = 1.0, n: int = 500) -> Verdict:
    """What is known so far."""
    effects = () if outcome == "error" else (Effect("seconds_mean", 1.0, 0.9, -0.2, 0.1, 50_000, n),)
    return Verdict("verdict_1", outcome, "because", effects, (), safe_share)


def test_a_share_grows_by_its_steps() -> None:
    """From 1 over 10 to 50 %, and there it stays without a verdict."""
    shares = [0.01, 0.1, 0.5]

    steps = [next_share(GROWTH, verdict(), share, SETTLED) for share in shares]

    assert [(step.share, step.event) for step in steps] == [(0.1, "grown"), (0.5, "grown"), (0.5, None)]


@pytest.mark.parametrize("elapsed", [0.0, SETTLED, 1e6])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_harm_takes_the_share_back_at_once(share: float, elapsed: float) -> None:
    """However early, however late."""
    assert next_share(GROWTH, verdict("refuted", 0.0, n=3), share, elapsed) == Step(0.0, "refuted", "because")


def test_a_confirmed_change_is_kept_from_the_last_step_only() -> None:
    """What only half of the traffic shows must have been seen by then."""
    early, last = (next_share(GROWTH, verdict("confirmed"), share, SETTLED) for share in (0.01, 0.5))

    assert (early.share, early.event) == (0.1, "grown")
    assert (last.share, last.event) == (1.0, "confirmed")


@pytest.mark.parametrize(
    ("seen", "elapsed", "why"),
    [
        (verdict(safe_share=0.09), SETTLED, "safe up to a share of 0.09"),
        (verdict(n=99), SETTLED, "99 observations"),
        (verdict(), 29.0, "29 s at this share"),
        (verdict("error"), SETTLED, "because"),
    ],
)
def test_a_share_holds_without_evidence(seen: Verdict, elapsed: float, why: str) -> None:
    """Too little known to be safe, too few calls, too early, or nothing measured: it stays, and says why."""
    step = next_share(GROWTH, seen, 0.01, elapsed)

    assert (step.share, step.event) == (0.01, None)
    assert why in step.why


@pytest.mark.parametrize(("outcome", "event"), [("inconclusive", "inconclusive"), ("error", "error")])
def test_the_deadline_takes_the_share_back(outcome: Outcome, event: str) -> None:
    """Too little traffic is inconclusive; lost sight is an error."""
    step = next_share(GROWTH, verdict(outcome), 0.5, GROWTH.deadline_seconds)

    assert (step.share, step.event) == (0.0, event)
    assert "3600 s" in step.why


@pytest.mark.parametrize(
    ("safe_share", "n", "share", "event"),
    [
        (0.0999, 500, 0.099, "grown"),
        (0.02, 500, 0.02, "grown"),
        (0.0199, 500, 0.0, "inconclusive"),
        (0.4, 500, 0.1, "grown"),
        (0.0999, 99, 0.0, "inconclusive"),
    ],
)
def test_at_the_deadline_a_part_of_the_step_is_taken_where_that_is_safe(
    safe_share: float, n: int, share: float, event: str
) -> None:
    """No less than twice the share, in thousandths, and never beyond what is known to be safe."""
    step = next_share(GROWTH, verdict(safe_share=safe_share, n=n), 0.01, GROWTH.deadline_seconds)

    assert (step.share, step.event) == (share, event)


def test_from_a_part_of_a_step_the_whole_one_follows() -> None:
    """Which is confirmed from the last step only."""
    assert next_share(GROWTH, verdict(), 0.037, SETTLED).share == 0.1
    assert next_share(GROWTH, verdict("confirmed"), 0.252, SETTLED).share == 0.5


@given(
    st.sampled_from(OUTCOMES),
    st.floats(0.0, 1.0),
    st.integers(0, 10_000),
    st.sampled_from(GROWTH.steps),
    st.floats(0.0, 10_000.0),
)
def test_a_share_never_jumps(outcome: Outcome, safe: float, n: int, share: float, elapsed: float) -> None:
    """It stays, takes the next step or at the deadline a part of it, goes back, or is kept from the last step."""
    step = next_share(GROWTH, verdict(outcome, safe, n), share, elapsed)
    following = {0.01: 0.1, 0.1: 0.5}.get(share)

    if step.event == "grown":
        assert following is not None
        assert step.share == following or (elapsed >= GROWTH.deadline_seconds and 2 * share <= step.share < following)
        assert step.share <= safe
    elif step.event == "confirmed":
        assert (outcome, share, step.share) == ("confirmed", 0.5, 1.0)
    else:
        assert step.share == (share if step.event is None else 0.0)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 1000), st.integers(0, 1000))
def test_more_evidence_never_grows_less(safe: float, safer: float, n: int, more: int) -> None:
    """The share after is monotone in what is known to be safe, and in the calls."""
    (low, high), (few, many) = sorted((safe, safer)), sorted((n, more))

    less = next_share(GROWTH, verdict(safe_share=low, n=few), 0.1, SETTLED)
    more_known = next_share(GROWTH, verdict(safe_share=high, n=many), 0.1, SETTLED)

    assert less.share <= more_known.share


@pytest.mark.parametrize("steps", [(), (0.5, 0.1), (0.0, 0.5), (0.5, 1.0), (0.1, 0.1)])
def test_steps_rise_between_nothing_and_all(steps: tuple[float, ...]) -> None:
    """Anything else is refused when it is written down."""
    with pytest.raises(ValueError, match="steps"):
        Growth(steps=steps)


def test_a_deadline_lies_behind_the_settling() -> None:
    """Or nothing could ever grow."""
    with pytest.raises(ValueError, match="settle_seconds"):
        Growth(settle_seconds=60.0, deadline_seconds=60.0)
