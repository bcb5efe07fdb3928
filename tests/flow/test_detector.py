"""The detector: told at the first wrong value, once, and quiet while a series is what it always was."""

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from ai_runtime_intelligent.flow.finding import Detector
from hypothesis import given, settings
from hypothesis import strategies as st

START, STEP, DAY = 1_700_006_400, 300, 288
Signal = Callable[[int, random.Random], float]


def alarms(signal: Signal, length: int = 3000, step: float = STEP, seed: int = 7) -> list[int]:
    """Positions at which a detector alarms."""
    dice, detector = random.Random(seed), Detector()
    scores = [detector.update(START + at * step, signal(at, dice)) for at in range(length)]
    return [at for at, score in enumerate(scores) if score >= 0.5]


def noise(_: int, dice: random.Random) -> float:
    """A steady series."""
    return dice.gauss(10, 1)


def daily(at: int, dice: random.Random) -> float:
    """A series with a day in it."""
    return 10 + 5 * math.sin(at / DAY * 2 * math.pi) + dice.gauss(0, 0.5)


FAULTS: dict[str, tuple[Signal, int, int]] = {
    "a spike": (lambda at, dice: noise(at, dice) + (9 if at == 2500 else 0), 2500, 2500),
    "a dip": (lambda at, dice: 0.0 if 2500 <= at < 2510 else noise(at, dice), 2500, 2510),
    "a step": (lambda at, dice: noise(at, dice) + (5 if at >= 2500 else 0), 2500, 2510),
    "a wider spread": (lambda at, dice: 10 + dice.gauss(0, 5 if at >= 2500 else 1), 2500, 2515),
    "a flat line": (lambda at, dice: 10.0 if at >= 2500 else noise(at, dice), 2500, 2560),
    "the day's height at night": (lambda at, dice: daily(at, dice) + (7 if at in {2520, 2521} else 0), 2520, 2521),
    "a day that did not come": (lambda at, dice: 10.0 if 2304 <= at < 2592 else daily(at, dice), 2304, 2460),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_kind_of_fault_is_told_soon(name: str) -> None:
    """The alarm comes with the fault, not long after it."""
    signal, first, last = FAULTS[name]

    assert any(first <= at <= last for at in alarms(signal))


HEALTHY: dict[str, Signal] = {
    "noise": noise,
    "a day": daily,
    "a long tail": lambda _, dice: dice.lognormvariate(0, 1),
    "a constant": lambda _at, _dice: 5.0,
    "a trend": lambda at, dice: at * 0.01 + dice.gauss(0, 1),
    "rare counts": lambda _, dice: float(dice.random() < 0.01),
    "a week": lambda at, dice: (10 if at // DAY % 7 < 5 else 4) + dice.gauss(0, 0.5),
}


@pytest.mark.parametrize("name", sorted(HEALTHY))
def test_a_healthy_series_hardly_ever_alarms(name: str) -> None:
    """At most one false alarm in 500 values, the first weeks included."""
    assert len(alarms(HEALTHY[name], 5000)) <= 10


def test_one_incident_is_one_alarm() -> None:
    """What goes on is not told again."""
    seen = alarms(lambda at, dice: noise(at, dice) + (6 if at >= 2500 else 0))

    assert len([at for at in seen if 2500 <= at < 2600]) == 1


def test_a_cycle_is_learned_without_times_of_day() -> None:
    """Positions in place of timestamps: a value that is usual at another hour alarms, and nothing else does."""

    def hourly(at: int, dice: random.Random) -> float:
        return 10 + 5 * math.sin(at / 24 * 2 * math.pi) + dice.gauss(0, 0.5) - (7 if at in {1500, 1501} else 0)

    assert alarms(hourly, 1700, step=1) == [1500]


def test_it_is_quiet_until_it_has_learned() -> None:
    """The first hundred values are never an alarm."""
    assert not alarms(lambda at, _: 10.0**at, 100)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_is_no_number_is_passed_over(value: float | None) -> None:
    """A failed scrape scores nothing and is not remembered."""
    dice, one, other = random.Random(1), Detector(), Detector()
    for at in range(200):
        number = dice.gauss(0, 1)
        assert one.update(at, value) == 0
        assert one.update(at, number) == other.update(at, number)


def test_a_gap_in_time_is_no_alarm() -> None:
    """A day without values is not a move of the value."""
    dice, detector = random.Random(3), Detector()
    times = [START + at * STEP + (86_400 if at >= 500 else 0) for at in range(520)]

    scores = [detector.update(moment, dice.gauss(10, 1)) for moment in times]

    assert max(scores[495:]) < 0.5


def test_times_may_repeat_jitter_and_come_as_dates() -> None:
    """The clock of the source need not be good; a date is as good as its seconds."""
    dice, one, other = random.Random(5), Detector(), Detector()
    for at in range(300):
        moment, value = START + at // 2 * STEP + dice.randrange(-200, 200), dice.gauss(10, 1)
        assert one.update(moment, value) == other.update(datetime.fromtimestamp(moment, UTC), value)


@settings(deadline=None)
@given(
    st.lists(st.floats() | st.none(), max_size=150),
    st.lists(st.floats(-1e12, 1e12), min_size=150, max_size=150),
)
def test_any_series_scores_within_0_and_1(values: list[float | None], times: list[float]) -> None:
    """No input, however wild, breaks it or leaves the scale."""
    detector = Detector()
    for moment, value in zip(times, [1.0] * 60 + values, strict=False):
        assert 0 <= detector.update(moment, value) <= 1


@settings(deadline=None, max_examples=20)
@given(st.integers(-30, 30), st.integers(-(2**20), 2**20), st.integers(0, 2**32))
def test_neither_unit_nor_origin_matters(power: int, origin: int, seed: int) -> None:
    """The same series in another unit, or counted from elsewhere, scores the same.

    From elsewhere nearly: a rounded mean may turn the order of two values that are as far from it, which is one rank.
    """
    dice, one, scaled, moved = random.Random(seed), Detector(), Detector(), Detector()
    for at in range(300):
        value = float(dice.randrange(1000) + (2000 if at == 250 else 0))
        score = one.update(START + at * STEP, value)

        assert scaled.update(START + at * STEP, value * 2.0**power) == pytest.approx(score, abs=1e-6)
        assert moved.update(START + at * STEP, value + origin) == pytest.approx(score, abs=0.1)
