"""What is called once a minute: a real Prometheus with four hours of it, looked at as the backend does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.flow.finding import Finding, Limits
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.engine.diagnose import Diagnoser
from airuntime_backend.manifest import Manifest
from support.prometheus import running

START: Final = 1_767_571_200
"""The first scrape, in Unix seconds."""
MINUTES: Final = 360
SINCE: Final = 240
"""Minutes after which it is as each test says."""
SEARCH: Final = Subject("shop", "search", "function")

Minute = Callable[[int], tuple[int, int, float]]
"""Calls, failed ones among them, and the seconds of all: minute by minute."""


def lines(minute: Minute) -> Iterator[str]:
    """The metrics of one primitive, scraped each minute."""
    labels = ",".join(f'{name}="{value}"' for name, value in {**vars(SEARCH), "job": "shop"}.items())
    ok, bad, spent, rows = 0, 0, 0.0, list[tuple[int, int, int, float]]()
    for at in range(MINUTES):
        calls, failed, seconds = minute(at)
        ok, bad, spent = ok + calls - failed, bad + failed, spent + seconds
        rows.append((START + 60 * at, ok, bad, spent))
    name, seconds_of = metrics.EXECUTIONS.name, metrics.DURATION.name
    yield from (f'{name}{{{labels},status="ok"}} {good} {at}' for at, good, _, _ in rows)
    yield from (f'{name}{{{labels},status="error"}} {lost} {at}' for at, _, lost, _ in rows)
    yield from (f"{seconds_of}_sum{{{labels}}} {took} {at}" for at, _, _, took in rows)
    yield from (f"{seconds_of}_count{{{labels}}} {good + lost} {at}" for at, good, lost, _ in rows)
    yield "# EOF\n"


@pytest.fixture
def found(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[tuple[int, tuple[Finding, ...]]]]:
    """What was found, ten minutes by ten, and after which minute."""
    text = tmp_path / "samples.om"
    text.write_text("\n".join(lines(request.param)), encoding="utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(tmp_path / "blocks")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - Prometheus' own tool
    manifest = Manifest.model_validate({"service": "shop", "version": "1", "primitives": [], "tunables": []})
    with running(blocks=tmp_path / "blocks") as url:
        diagnoser = Diagnoser(Prometheus(url), Limits(), window_seconds=600.0, scrape_seconds=60.0, within_seconds=20.0)
        yield [
            (at, seen.diagnosis.findings)
            for at in range(SINCE - 60, MINUTES, 10)
            if (seen := diagnoser.diagnose(START + 60.0 * at, [manifest])).queries <= 30
        ]


def usual(at: int) -> tuple[int, int, float]:
    """A call or two a minute, each as long as chance has it; one in fifty fails."""
    chance = Random(at)
    calls = chance.choice((0, 1, 1, 2))
    return calls, sum(chance.random() < 0.02 for _ in range(calls)), sum(chance.expovariate(20) for _ in range(calls))


def failing(at: int) -> tuple[int, int, float]:
    """Nine of ten calls fail."""
    calls, failed, seconds = usual(at)
    chance = Random(-at)
    return (
        (calls, sum(chance.random() < 0.9 for _ in range(calls)), seconds) if at >= SINCE else (calls, failed, seconds)
    )


def slower(at: int) -> tuple[int, int, float]:
    """Each call takes twenty times as long."""
    calls, failed, seconds = usual(at)
    return calls, failed, seconds * (20 if at >= SINCE else 1)


def one_slow(at: int) -> tuple[int, int, float]:
    """One single call takes a quarter of an hour."""
    calls, failed, seconds = usual(at)
    return calls, failed, seconds + (900.0 if at == SINCE + 3 else 0.0)


def ten_bad_minutes(at: int) -> tuple[int, int, float]:
    """For ten minutes all calls fail."""
    calls, failed, seconds = usual(at)
    return calls, calls if SINCE <= at < SINCE + 10 else failed, seconds


@pytest.mark.parametrize(
    ("found", "name"),
    [(failing, "error_regression"), (slower, "latency_regression")],
    indirect=["found"],
    ids=["failing", "slower"],
)
def test_trouble_that_lasts_is_found(found: list[tuple[int, tuple[Finding, ...]]], name: str) -> None:
    """A hundred calls in two hours are as good as a hundred in ten minutes; only it takes longer."""
    told = [at for at, findings in found if name in {one.name for one in findings}]

    assert SINCE < min(told) <= SINCE + 100
    last = found[-1][1]
    assert [(one.subject, one.name) for one in last] == [(SEARCH, name)]
    signal = last[0].signals[0]
    assert signal.n >= Limits().min_calls
    assert signal.window.seconds == 7_200.0
    assert "[7200s]" in signal.query


@pytest.mark.parametrize("found", [usual, one_slow, ten_bad_minutes], indirect=True)
def test_what_is_usual_or_over_is_not_found(found: list[tuple[int, tuple[Finding, ...]]]) -> None:
    """Ten calls tell nothing for certain, and one call nothing at all."""
    assert len(found) == (MINUTES - SINCE + 60) // 10
    assert [findings for _, findings in found if findings] == []
