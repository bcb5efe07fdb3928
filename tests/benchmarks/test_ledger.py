"""The benchmark of the books, at a size that says little: what is metered, booked and told, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from accounting.trial import HEALTHY, MENDS, Row, cases

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "ledger.py"
ROW = Row("router", 7, 100, 10.0, 6.0, 6.0, 4.0, 3.9, 4.1, (("model_router.threshold", 4.0),))


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The script, in processes of its own: it moves the clock of experiments, and clears the catalogue."""
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 - ours


def test_both_bills_and_the_books_of_a_few_minutes() -> None:
    """The meter is the bill, the interval holds what was saved, and the exit code is whether the bars were met."""
    done = benchmark("--phase", "40", "--only", "cache", "--json")

    row: dict[str, Any]
    (row,) = json.loads(done.stdout)["rows"]
    assert row["metered"] == pytest.approx(row["bill"], rel=1e-3)
    assert row["low"] <= row["saved"] <= row["high"]
    assert row["saved"] > 0.2 * row["without"]
    assert row["error"] == pytest.approx(abs(row["bill"] + row["booked"] - row["without"]) / row["without"])
    assert row["error"] < 0.05
    assert done.returncode == (0 if row["met"] else 1)


def test_a_table_is_printed_with_a_row_for_each_case_and_seed() -> None:
    """The same number of the same questions of a seed each time."""
    done = benchmark("--phase", "4", "--only", "retry", "--seed", "3", "--seed", "3", "--seed", "4")

    one, again, other = (line for line in done.stdout.splitlines() if line.startswith("  retry"))
    assert one == again != other
    assert other.split()[:2] == ["retry", "4"]


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (ROW, True),
        (replace(ROW, booked=4.099), True),
        (replace(ROW, booked=4.101), False),
        (replace(ROW, booked=3.899), False),
        (replace(ROW, metered=6.005), True),
        (replace(ROW, metered=6.007), False),
    ],
)
def test_a_bar_is_missed_by_the_books_or_by_the_meter(row: Row, *, met: bool) -> None:
    """1 % of the bill without the change, and a thousandth of the bill."""
    assert row.met is met


def test_every_planted_waste_is_a_case_and_three_are_one_together() -> None:
    """Each is planted by the value that its mend takes back."""
    *alone, together = cases(100.0, [*MENDS, "three together"])

    assert [case.mends for case in alone] == [(name,) for name in MENDS]
    assert (together.mends, together.end) == (("router", "cache", "retry"), 1400.0)
    for case in alone:
        mend = MENDS[case.name]
        knob = mend.tunable.partition(".")[2]
        assert getattr(case.knobs(), knob) == mend.before
        assert getattr(HEALTHY, knob) == mend.after
