"""What several viewers ask is asked of Prometheus once, and nobody is told what is old."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from airuntime_backend.adapters.shared_metrics import SharedMetrics
from airuntime_backend.errors import UpstreamError
from airuntime_backend.ports import Sample, Series

VIEWERS = 50


class Counted:
    """Metrics that count what they are asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.fails = False

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """One sample."""
        self.asked.append((query, at))
        if self.fails:
            raise UpstreamError("it is down")
        return (Sample({}, float(len(self.asked))),)

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """One series of one point."""
        self.asked.append((query, start, end, step))
        return (Series({}, ((end, float(len(self.asked))),)),)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """One series of one point."""
        self.asked.append((selector, start, end))
        return (Series({}, ((end, float(len(self.asked))),)),)


def test_what_fifty_viewers_ask_is_asked_once() -> None:
    """At nearly the same moment, over nearly the same span; all are told the same."""
    counted = Counted()
    shared = SharedMetrics(counted, 15.0)
    ready = Barrier(VIEWERS)

    def look(viewer: int) -> tuple[object, ...]:
        ready.wait()
        moment = 600.0 + viewer / 10
        return (*shared.instant("up", moment), *shared.range("up", 0.0, moment, 30.0))

    with ThreadPoolExecutor(VIEWERS) as pool:
        seen = set(map(repr, pool.map(look, range(VIEWERS))))

    assert sorted(counted.asked, key=len) == [("up", 600.0), ("up", 0.0, 600.0, 30.0)]
    assert len(seen) == 1


def test_a_range_ends_at_the_last_scrape_however_long_its_steps_are() -> None:
    """Thirty days in steps of three hours and more end now, and begin no later than asked."""
    counted = Counted()
    day = 86_400.0

    SharedMetrics(counted, 15.0).range("up", 0.0, 30 * day + 307.0, 10_800.0)

    assert counted.asked == [("up", 300.0 - 10_800.0, 30 * day + 300.0, 10_800.0)]


def test_another_question_is_asked_anew() -> None:
    """Another query, moment, span or step."""
    counted = Counted()
    shared = SharedMetrics(counted, 15.0)

    for query, at in (("up", 600.0), ("up", 615.0), ("down", 600.0)):
        shared.instant(query, at)
    for start, end, step in ((0.0, 600.0, 30.0), (30.0, 600.0, 30.0), (0.0, 630.0, 30.0), (0.0, 600.0, 60.0)):
        shared.range("up", start, end, step)

    assert len(counted.asked) == 7


def test_now_is_never_what_was() -> None:
    """Without a moment the answer is of now."""
    counted = Counted()
    shared = SharedMetrics(counted, 15.0)

    assert shared.instant("up") != shared.instant("up")


def test_an_answer_is_kept_for_a_scrape_and_no_longer() -> None:
    """Then there may be something new."""
    counted = Counted()
    shared = SharedMetrics(counted, 0.05)
    first = shared.instant("up", 600.0)
    time.sleep(0.06)

    assert shared.instant("up", 600.0) != first
    assert len(counted.asked) == 2


def test_raw_samples_are_read_anew() -> None:
    """What is counted exactly is never taken from what was kept."""
    counted = Counted()
    shared = SharedMetrics(counted, 15.0)

    assert shared.samples("up", 0.0, 60.0) != shared.samples("up", 0.0, 60.0)


def test_an_error_is_told_and_not_kept() -> None:
    """The next one asks again."""
    counted = Counted()
    shared = SharedMetrics(counted, 15.0)
    counted.fails = True
    with pytest.raises(UpstreamError):
        shared.instant("up", 600.0)
    counted.fails = False

    assert shared.instant("up", 600.0)
    assert len(counted.asked) == 2
