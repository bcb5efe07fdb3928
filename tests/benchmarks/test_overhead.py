"""The benchmark of the overhead: a missed bar is told and is the exit code. What it measures is not asked here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def overhead(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script as a module."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    import overhead  # noqa: PLC0415 - it is found only now

    yield overhead
    for name in [name for name in sys.modules if name == "overhead" or name.partition(".")[0] == "measuring"]:
        del sys.modules[name]


@pytest.mark.parametrize(("found", "code"), [(0.5, 0), (0.51, 1)])
def test_missed_bar_is_told_and_is_the_exit_code(
    overhead: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: float, code: int
) -> None:
    """On the bar is met; above it the exit code is 1 and standard error says which bar it was."""
    bars = [overhead.Bar("a call", found, 0.5), overhead.Bar("a scrape", 0.2, 1.0)]
    rows = {"a call": [overhead.Row("ours", 4.2, "us", found)]}
    monkeypatch.setattr(overhead, "run", lambda **_: (rows, bars, {"calls": {"made": 1}}))
    monkeypatch.setattr(sys, "argv", ["overhead.py", "--json", "--quick"])

    assert overhead.main() == code
    told = capsys.readouterr()
    assert told.err == ("missed: a call\n" if code else "")
    assert json.loads(told.out)["missed"] == (["a call"] if code else [])


def test_tables_are_printed_for_a_person(
    overhead: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --json each row has its median and ratio, each bar what was found and what it may be."""
    rows = {"a call": [overhead.Row("ours", 4.2, "us", 0.08)]}
    monkeypatch.setattr(overhead, "run", lambda **_: (rows, [overhead.Bar("a call", 0.08, 0.12)], {}))
    monkeypatch.setattr(sys, "argv", ["overhead.py"])

    assert overhead.main() == 0
    text = capsys.readouterr().out
    assert "4.20 us    0.080" in text
    assert "0.080     0.12  met" in text


def test_ratio_is_the_median_over_paired_rounds(overhead: ModuleType) -> None:
    """A round in which the machine was slow for both variants does not move the ratio."""
    assert overhead.ratio({"ours": [1.0, 10.0, 1.0], "hand": [10.0, 100.0, 12.0]}, "ours", "hand") == pytest.approx(0.1)


def test_worker_measures_a_variant_of_its_own() -> None:
    """A worker answers line by line, and records every call that it makes."""
    code = (
        "import json\nfrom measuring.worker import workers\n"
        "with workers('calls', ['kept_1', 'bare'], {'kept_1': {'BENCH_ROUND_SECONDS': '0.001'}}) as (ours, bare):\n"
        "    print(json.dumps([ours.ask('round') > 0, ours.ask('exact')]))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, timeout=60, check=True
    )

    positive, exact = json.loads(done.stdout)
    assert positive
    assert exact["made"] == exact["recorded"] > 0
