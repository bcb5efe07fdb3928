"""Questions and traffic."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import islice, takewhile

import pytest
from accounting.clock import FastLoop
from airuntime_demo.questions import catalogue, complexity, new_question, normalised, typed
from airuntime_demo.stores import Asked
from airuntime_demo.traffic import NEW_SHARE, Arrival, OpenLoop, arrivals

EASY = 0.5


def test_there_are_three_hundred_different_questions() -> None:
    """No two questions of the catalogue have the same key."""
    assert len({normalised(question) for question in catalogue(7)}) == 300


def test_three_in_four_questions_are_easy_at_every_popularity() -> None:
    """Each hundred ranks, and the new questions too, have about 75 % below 0.5, and all are within 0..1."""
    questions = catalogue(7)
    groups = [questions[:100], questions[100:200], questions[200:]]
    groups.append(tuple(new_question(random.Random(7), number) for number in range(100)))
    scores = [[complexity(question) for question in group] for group in groups]

    assert all(0.7 <= sum(score < EASY for score in group) / len(group) <= 0.8 for group in scores)
    assert all(0.0 <= score <= 1.0 for group in scores for score in group)


def test_typing_does_not_change_the_key() -> None:
    """However a question is typed, the cache sees the same key."""
    rng = random.Random(7)

    assert all(
        normalised(typed(rng, question)) == normalised(question) for question in catalogue(7)[:50] for _ in range(10)
    )


def test_the_same_seed_gives_the_same_traffic() -> None:
    """Times, customers and questions repeat with the seed and differ with another."""
    one, same, other = ([*islice(arrivals(seed, 25.0), 200)] for seed in (7, 7, 8))

    assert one == same
    assert one != other


def test_traffic_has_its_rate_its_repeats_and_its_new_questions() -> None:
    """In ten minutes: the rate asked for, the popular questions often, and a share that was never asked before."""
    seen = [*takewhile(lambda arrival: arrival.at < 600, arrivals(7, 25.0))]
    counts = Counter(normalised(arrival.asked.question) for arrival in seen)
    new = sum(count for question, count in counts.items() if any(sign.isdigit() for sign in question))

    assert len(seen) / 600 == pytest.approx(25.0, rel=0.05)
    assert new / len(seen) == pytest.approx(NEW_SHARE, abs=0.02)
    assert counts[normalised(catalogue(7)[0])] > 20 * counts[normalised(catalogue(7)[250])]


def timetable(*times: float) -> list[Arrival]:
    """Arrivals at these times."""
    return [Arrival(at, Asked("customer-0", str(at))) for at in times]


class Boom(Exception):  # noqa: N818 - only a test's
    """What a failing assistant raises."""


def test_a_slow_answer_does_not_delay_the_next_question() -> None:
    """Questions are asked at their times though earlier ones are not answered."""
    begun: list[str] = []

    async def slow(asked: Asked) -> None:
        begun.append(asked.question)
        await asyncio.sleep(0.2)

    async def run() -> float:
        loop = OpenLoop(slow, Boom)
        began = asyncio.get_running_loop().time()
        await loop.run(iter(timetable(0.0, 0.01, 0.02)), asyncio.Event())
        assert loop.tally.answered == 3
        return asyncio.get_running_loop().time() - began

    with asyncio.Runner(loop_factory=lambda: FastLoop(0.0)) as runner:
        assert runner.run(run()) == pytest.approx(0.22)
    assert begun == ["0.0", "0.01", "0.02"]


def test_what_exceeds_the_most_in_flight_is_dropped_and_counted() -> None:
    """Beyond the bound nothing is asked; failures are counted apart from answers."""

    async def fails(_asked: Asked) -> None:
        await asyncio.sleep(0.05)
        raise Boom

    async def run() -> OpenLoop:
        loop = OpenLoop(fails, Boom, most=2)
        await loop.run(iter(timetable(0.0, 0.0, 0.0)), asyncio.Event())
        return loop

    tally = asyncio.run(run()).tally

    assert (tally.asked, tally.answered, tally.failed, tally.dropped) == (3, 0, 2, 1)


def test_stop_ends_the_traffic_and_what_is_under_way() -> None:
    """Once stopped, no question is asked and none is left behind."""
    cancelled: list[str] = []

    async def hangs(asked: Asked) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(asked.question)
            raise

    async def run() -> int:
        stop = asyncio.Event()
        loop = OpenLoop(hangs, Boom)
        asyncio.get_running_loop().call_later(0.05, stop.set)
        await asyncio.wait_for(loop.run(iter(timetable(0.0, 60.0)), stop), 5)
        return loop.tally.asked

    assert asyncio.run(run()) == 1
    assert cancelled == ["0.0"]
