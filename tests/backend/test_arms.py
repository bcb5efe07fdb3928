"""Reading both arms: exact sums over replicas that restart, come and go, from a real Prometheus as from the fake."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from ai_runtime_intelligent.contract.metrics import ARM_TOTALS, SETTLING_TOTALS
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.change import Change, Setting
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.signal import Window
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.engine.arms import ArmReader
from airuntime_backend.ports import Metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from rolling.scraped import Scraped
from support.prometheus import running

BEGAN: Final = 1_700_000_000.0
STEP: Final = 15.0
COUNTS: Final[dict[str, list[int | None]]] = {
    "a": [0, 10, 20, 30, 40, 50, 60, 70],
    "b": [0, 10, 20, 5, 15, 25, 35, 45],  # it began anew between the third scrape and the fourth
    "c": [None, None, None, None, 4, 8, 12, 16],  # it joined late
    "d": [0, 7, 14, 21, None, None, None, None],  # it is gone
}
"""Calls of the candidate at each scrape, by replica; the control has twice as many."""
COUNTERS: Final = (ARM_TOTALS["calls"], ARM_TOTALS["seconds"], SETTLING_TOTALS["calls"], SETTLING_TOTALS["cost_usd"])


def samples() -> Iterator[tuple[float, str, dict[str, str], float]]:
    """What was scraped of the four replicas: calls and seconds of both arms, and of another rollout."""
    for instance, counts in COUNTS.items():
        for index, count in enumerate(counts):
            for rollout in ("rollout_1", "rollout_2"):
                for arm, factor in (("candidate", 1), ("control", 2)):
                    labels = {"job": "shop", "instance": instance, "rollout": rollout, "arm": arm}
                    for metric in COUNTERS if count is not None else ():
                        yield BEGAN + index * STEP, metric.name, labels, float(factor * (count or 0))


@pytest.fixture(scope="module", params=["memory", "prometheus"])
def metrics(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    """The fake, and a real Prometheus that holds the same."""
    if request.param == "memory":
        scraped = Scraped()
        for at, name, labels, value in samples():
            scraped.scrape(at, name, value, labels)
        yield scraped
        return
    with running(blocks=_blocks(tmp_path_factory.mktemp("arms"))) as url:
        yield Prometheus(url)


def _blocks(folder: Path) -> Path:
    rows = sorted(samples(), key=lambda one: (one[1], one[0]))
    text = "".join(f"{name}{{{_labels(labels)}}} {number} {at}\n" for at, name, labels, number in rows)
    (folder / "arms.om").write_text(f"{text}# EOF\n", encoding="utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "arms.om"), str(folder / "blocks")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - Prometheus' own tool
    return folder / "blocks"


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{key}="{value}"' for key, value in labels.items())


def rollout(began: float = BEGAN - 1) -> Rollout:
    """A rollout that began just before the first scrape."""
    here = Setting("shop", "p.size", 1.0)
    change = Change("change_1", "suggestion_1", 1.0, 2.0, here, here, "ada")
    return Rollout("rollout_1", change, "watching", Window(began - 60, began), began, "")


def test_totals_are_exact_over_restarts_arrivals_and_departures(metrics: Metrics) -> None:
    """Every call that was scraped counts once: 70, 20 + 45, 16 and 21."""
    control, candidate = ArmReader(metrics).read(rollout(), BEGAN - 1, BEGAN + 200)

    assert candidate == ArmStats(calls=172, seconds=172.0)
    assert control == ArmStats(calls=344, seconds=344.0)


def test_what_was_counted_while_blocks_settled_is_read_apart(metrics: Metrics) -> None:
    """As exactly, and without what only verdicts are made of."""
    control, candidate = ArmReader(metrics).settling(rollout(), BEGAN - 1, BEGAN + 200)

    assert candidate == ArmStats(calls=172, cost_usd=172.0)
    assert control == ArmStats(calls=344, cost_usd=344.0)


@pytest.mark.parametrize(
    ("start", "end", "calls"), [(30, 60, 20 + 15 + 4 + 7), (32, 62, 46), (0, 30, 40 + 14), (60, 60, 0)]
)
def test_totals_of_a_part_are_what_was_counted_in_it(metrics: Metrics, start: float, end: float, calls: int) -> None:
    """Parts that follow each other add up to the whole."""
    _, candidate = ArmReader(metrics).read(rollout(), BEGAN + start, BEGAN + end)

    assert candidate.calls == calls


def test_parts_add_up_to_the_whole(metrics: Metrics) -> None:
    """Wherever they are cut."""
    reader = ArmReader(metrics)
    parts = [reader.read(rollout(), BEGAN + cut - 20, BEGAN + cut)[1] for cut in range(0, 140, 20)]

    assert sum(parts, ArmStats()) == reader.read(rollout(), BEGAN - 20, BEGAN + 120)[1]


def test_replicas_that_began_anew_are_named(metrics: Metrics) -> None:
    """By job and instance."""
    assert ArmReader(metrics).restarted(rollout(), BEGAN + 200) == {("shop", "b")}


def test_blocks_of_time_are_read_one_by_one(metrics: Metrics) -> None:
    """Up to the last that was over and settled; the first is the one in which the rollout began.

    Of a replica that began anew within a block, that block has what it counted before as well as since.
    """
    began = BEGAN // 30 * 30 - 1
    blocks = ArmReader(metrics).blocks(rollout(began), BEGAN + 119, 30.0, 15.0)

    assert all(control.calls == 2 * candidate.calls for control, candidate in blocks)
    assert [candidate.calls for _, candidate in blocks] == [0, 27, 49, 48, 48]


served = st.tuples(st.integers(0, 9), st.booleans())
"""Calls that a replica serves between two scrapes, and whether it begins anew before them."""


@settings(max_examples=60)
@given(
    histories=st.lists(st.lists(served, min_size=1, max_size=30), min_size=1, max_size=3),
    block=st.sampled_from((30.0, 47.0, 60.0)),
    settle=st.sampled_from((15.0, 20.0)),
)
def test_blocks_add_up_to_the_whole(histories: list[list[tuple[int, bool]]], block: float, settle: float) -> None:
    """Whenever replicas begin anew: what a block has counted is in it once, and in no other."""
    scraped = Scraped()
    for number, history in enumerate(histories):
        labels = {"job": "shop", "instance": str(number), "rollout": "rollout_1", "arm": "candidate"}
        count = 0
        for index, (calls, anew) in enumerate(history):
            count = calls if anew else count + calls
            scraped.scrape(BEGAN + index * STEP, ARM_TOTALS["calls"].name, float(count), labels)
    end = BEGAN + 30 * STEP
    last = (end - settle) // block * block + settle

    blocks = ArmReader(scraped).blocks(rollout(), end, block, settle)

    whole = ArmReader(scraped).read(rollout(), BEGAN - 1, last)[1]
    assert sum((candidate for _, candidate in blocks), ArmStats()) == whole
