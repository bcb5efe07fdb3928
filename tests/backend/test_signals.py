"""Reading signals: from a real Prometheus, over windows that were wholly scraped, whatever one query does."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from ai_runtime_intelligent.flow.signal import Signal, Subject
from ai_runtime_intelligent.flow.totals import Totals
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.engine.asking import ask_all
from airuntime_backend.engine.history import History
from airuntime_backend.engine.signals import Look, SignalReader
from airuntime_backend.errors import UpstreamError
from airuntime_backend.ports import Sample
from support.backend import shop
from support.prometheus import running
from support.world import World

START = 1_767_571_200
"""The first scrape, in Unix seconds."""
CACHE = Subject("shop", "answers", "cache")
RETRY = Subject("shop", "calls", "retry")


def counter(name: str, values: Iterable[float], **labels: str) -> Iterator[str]:
    """OpenMetrics lines of one series."""
    told = ",".join(f'{key}="{value}"' for key, value in labels.items())
    for turn, value in enumerate(values):
        if value >= 0:
            yield f"{name}{{{told}}} {value} {START + turn * 15}"


def steady(pace: float, count: int = 121) -> list[float]:
    """A counter that grows by as much each time; -1 is a scrape that failed."""
    return [pace * turn for turn in range(count)]


def of(primitive: Subject, instance: str = "shop:1") -> dict[str, str]:
    """The labels of a primitive's series."""
    return {**vars(primitive), "job": "shop", "instance": instance}


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A real Prometheus that has these lines."""
    text = tmp_path / "samples.om"
    text.write_text("\n".join([*request.param, "# EOF", ""]), encoding="utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(tmp_path / "blocks")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - Prometheus' own tool
    with running(blocks=tmp_path / "blocks") as url:
        yield url


def look(url: str, now: float, window: float = 600.0) -> Look:
    """One look at this Prometheus."""
    return SignalReader(Prometheus(url), window, 15.0, 20.0).read(now)


def by_measure(signals: Iterable[Signal], subject: Subject) -> dict[str, Signal]:
    """The signals of one primitive."""
    return {one.measure: one for one in signals if one.subject == subject}


EXECUTIONS, DURATION = "airuntime_executions_total", "airuntime_duration_seconds"
SHOP = [
    *counter(EXECUTIONS, steady(30), **of(CACHE), status="ok"),
    *counter(EXECUTIONS, steady(3), **of(CACHE), status="error"),
    *counter(f"{DURATION}_sum", steady(6.6), **of(CACHE)),
    *counter(f"{DURATION}_count", steady(33), **of(CACHE)),
    *counter("airuntime_cache_requests_total", steady(20), **of(CACHE), result="hit"),
    *counter("airuntime_cache_requests_total", steady(13), **of(CACHE), result="miss"),
    *counter("airuntime_cache_evictions_total", steady(5), **of(CACHE), reason="expired"),
    *counter("airuntime_cost_usd_total", steady(0.1), **of(CACHE), model="m", route="m", router=""),
    *counter(EXECUTIONS, steady(10), **of(RETRY), status="ok"),
    *counter("airuntime_retry_attempts_total", steady(10), **of(RETRY), outcome="ok", error_class=""),
    *counter("airuntime_retry_attempts_total", steady(4), **of(RETRY), outcome="retried", error_class="E"),
]


@pytest.mark.parametrize("served", [SHOP], indirect=True)
def test_each_number_is_what_its_own_query_gives(served: str) -> None:
    """The query that is kept with a number, asked at the window's end, answers that number."""
    seen = look(served, START + 1_800.0)
    prometheus = Prometheus(served)

    checked = 0
    for signal in seen.signals():
        if signal.value is None:
            continue
        answer = prometheus.instant(signal.query, seen.window.end)
        (value,) = (one.value for one in answer if one.labels.get("primitive") == signal.subject.primitive)
        assert signal.value == pytest.approx(value), signal.measure
        checked += 1
    assert checked >= 17
    found = by_measure(seen.signals(), CACHE)
    assert found["cache_hit_ratio"].value == pytest.approx(20 / 33)
    assert found["cache_hit_ratio"].n == 40 * 33
    assert seen.problems == ()


@pytest.mark.parametrize("served", [SHOP], indirect=True)
def test_the_window_ends_with_the_last_complete_scrape(served: str) -> None:
    """Seven seconds later nothing is known that was not known then."""
    seen = look(served, START + 1_807.0)

    assert seen.window.end == START + 1_800.0
    assert seen.window.seconds == 600.0


LATE = [
    *SHOP,
    *counter(EXECUTIONS, steady(10, 120), **of(RETRY, "shop:2"), status="ok"),
]


@pytest.mark.parametrize("served", [LATE], indirect=True)
def test_a_target_that_is_not_yet_scraped_is_waited_for(served: str) -> None:
    """The window ends where all of them were seen."""
    assert look(served, START + 1_800.0).window.end == START + 1_785.0


TROUBLED = [
    *counter(EXECUTIONS, [*steady(30, 101), *steady(30, 20)], **of(CACHE), status="ok"),
    *counter(EXECUTIONS, steady(10, 90), **of(Subject("gone", "calls", "retry"), "gone:1"), status="ok"),
    *counter(
        EXECUTIONS,
        [-1 if 90 <= turn < 110 else value for turn, value in enumerate(steady(10))],
        **of(Subject("blind", "calls", "retry"), "blind:1"),
        status="ok",
    ),
]


@pytest.mark.parametrize("served", [TROUBLED], indirect=True)
def test_restarts_gaps_and_stale_series_are_states(served: str) -> None:
    """A restart is handled and told; what was out of sight, or is gone, has no value."""
    signals = look(served, START + 1_800.0).signals()
    errors = {one.subject.service: one for one in signals if one.measure == "error_ratio"}

    assert {service: one.state for service, one in errors.items()} == {
        "shop": "reset",
        "gone": "stale",
        "blind": "gap",
    }
    assert [one.value for one in errors.values() if one.state != "reset"] == [None, None]
    assert errors["shop"].value == 0.0
    assert errors["shop"].n == pytest.approx(39 * 30, abs=40)


class Slow(World):
    """A world in which one query fails and another is answered only once the test is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Refuse percentiles; sleep over queues."""
        if query.startswith("label_replace((histogram_quantile(0.9"):
            raise UpstreamError("too many samples")
        if "queue_seconds" in query:
            self.over.wait(60)
        return super().instant(query, at)


def test_one_slow_query_and_one_that_fails_do_not_take_the_others_with_them() -> None:
    """What was answered in time counts, and the rest is told."""
    world = Slow()
    try:
        seen = SignalReader(world, 60.0, 15.0, 1.0).read(10_000.0)
    finally:
        world.over.set()

    assert by_measure(seen.signals(), Subject("shop", "answers", "cache"))["cache_hit_ratio"].value == 0.2
    assert "too many samples" in seen.problems
    assert any("1 of 9 queries were not answered within 1 s" in one for one in seen.problems)


def test_an_analysis_asks_at_most_thirty_queries(tmp_path: Path) -> None:
    """In its first passes, when the past is unknown, and in later ones."""
    with shop(tmp_path) as backend:
        counts = []
        for _ in range(6):
            backend.world.asked.clear()
            backend.tick(10)
            counts.append(len(backend.world.asked))

    assert max(counts) <= 30
    assert counts[-1] < counts[0]


def test_questions_are_asked_side_by_side() -> None:
    """Each of four ends only once all of them are under way."""
    together = threading.Barrier(4)

    answers, problems = ask_all({at: (lambda: together.wait(30)) for at in range(4)}, 60.0)

    assert (sorted(answers.values()), problems) == ([0, 1, 2, 3], ())


def test_a_past_window_is_asked_for_once() -> None:
    """What is known is not wanted again; the time of day comes before what is long ago."""
    history = History(600.0, 10)
    sums = look_at_nothing()
    first = history.wanted(100 * 86_400.0)
    for end in first:
        history.put(end, sums)

    assert len(first) == 24 + 2 * 7
    assert max(first) == 100 * 86_400.0 - 600.0
    assert 99 * 86_400.0 in first
    assert history.wanted(100 * 86_400.0) == ()
    assert len(history.wanted(100 * 86_400.0 + 600.0)) == 1 + 7


def look_at_nothing() -> Totals:
    """The sums of an empty world."""
    return SignalReader(World(lambda _: {}), 60.0, 15.0, 5.0).read(10_000.0).sums
