"""How soon the detector tells a fault, and how often it cries wolf.

Without an argument on series made from a seed: each kind of fault, and healthy series. With the path of a data set in
the layout of NAB (``data/*/*.csv``, ``labels/combined_windows.json``) by NAB's own scoring at the fixed threshold of
0.5 (Lavin and Ahmad, 2015): 0 is a detector that never alarms, 100 a perfect one.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ai_runtime_intelligent.flow.finding import Detector

ALARM = 0.5
PROFILES = {"standard": (0.11, 1.0), "few false alarms": (0.22, 1.0), "few misses": (0.11, 2.0)}
"""NAB's profiles: the weights of a false alarm and of a missed window."""
PROBATION, PROBATION_MAX = 0.15, 750
"""Share of a series in which NAB does not score, and the most values."""
STEP, DAY, LENGTH, FAULT = 300, 288, 6000, 4000
"""Seconds between values, values a day, values a series, and where a fault begins."""
PATIENCE = 100
"""Values within which an alarm counts as one of the fault."""
Signal = Callable[[int, random.Random], float]


def steady(_: int, dice: random.Random) -> float:
    """Noise about a level."""
    return dice.gauss(10, 1)


def daily(at: int, dice: random.Random) -> float:
    """A day with noise."""
    return 10 + 5 * math.sin(at / DAY * 2 * math.pi) + dice.gauss(0, 0.5)


HEALTHY: dict[str, Signal] = {
    "steady": steady,
    "daily": daily,
    "weekly": lambda at, dice: (4 if at // DAY % 7 in {5, 6} else 10) + dice.gauss(0, 0.5),
    "trend": lambda at, dice: at * 0.01 + dice.gauss(0, 1),
    "long tail": lambda _, dice: dice.lognormvariate(0, 1),
    "rare counts": lambda _, dice: float(dice.randrange(100) == 0),
    "constant": lambda _at, _dice: 5.0,
}
FAULTS: dict[str, Signal] = {
    "spike": lambda at, dice: steady(at, dice) + (8 if at == FAULT else 0),
    "dip to zero": lambda at, dice: 0.0 if FAULT <= at < FAULT + 10 else steady(at, dice),
    "step of 4 sigma": lambda at, dice: steady(at, dice) + (4 if at >= FAULT else 0),
    "slow ramp": lambda at, dice: steady(at, dice) + max(0.0, (at - FAULT) * 0.1),
    "wider spread": lambda at, dice: 10 + dice.gauss(0, 4 if at >= FAULT else 1),
    "flat line": lambda at, dice: 10.0 if at >= FAULT else steady(at, dice),
    "day missing": lambda at, dice: 10.0 if FAULT <= at < FAULT + DAY else daily(at, dice),
}


@dataclass(frozen=True)
class Row:
    """One kind of series: how many faults were told, how late in values, and the false alarms per 1,000 values."""

    series: str
    told: int
    faults: int
    delay: float
    false: float


def scored(times: Sequence[float], values: Sequence[float]) -> list[float]:
    """The scores of a series by a new detector."""
    detector = Detector()
    return [detector.update(moment, value) for moment, value in zip(times, values, strict=True)]


def synthetic(name: str, seed: int) -> tuple[str, int | None, int, int]:
    """The delay of the alarm on one made series (None if there was none), its false alarms and values without fault."""
    dice = random.Random(f"{name} {seed}")  # noqa: S311 - a seed is the point
    signal = FAULTS.get(name) or HEALTHY[name]
    scores = scored([at * STEP for at in range(LENGTH)], [signal(at, dice) for at in range(LENGTH)])
    alarms = [at for at, score in enumerate(scores) if score >= ALARM]
    if name in HEALTHY:
        return name, None, len(alarms), LENGTH
    told = next((at - FAULT for at in alarms if FAULT <= at < FAULT + PATIENCE), None)
    return name, told, sum(at < FAULT for at in alarms), FAULT


def made(pool: ProcessPoolExecutor, seeds: Iterable[int]) -> list[Row]:
    """The rows of all made series."""
    jobs = [(name, seed) for name in (*FAULTS, *HEALTHY) for seed in seeds]
    results = list(pool.map(synthetic, *zip(*jobs, strict=True)))
    rows = []
    for name in (*FAULTS, *HEALTHY):
        of_it = [result for result in results if result[0] == name]
        delays = [delay for _, delay, _, _ in of_it if delay is not None]
        false = 1000 * sum(result[2] for result in of_it) / sum(result[3] for result in of_it)
        late = sum(delays) / len(delays) if delays else math.nan
        rows.append(Row(name, len(delays), len(of_it) if name in FAULTS else 0, late, false))
    return rows


def sigmoid(position: float) -> float:
    """NAB's worth of an alarm at a place relative to the end of a window: near 1 at its start, -1 far behind it."""
    return -1.0 if position > 3 else 2 / (1 + math.exp(5 * position)) - 1  # noqa: PLR2004 - NAB's constants


@dataclass(frozen=True)
class Judged:
    """One series of NAB: the best worth of an alarm in each window (None: missed) and the worth of each false one."""

    name: str
    windows: tuple[float | None, ...]
    false: tuple[float, ...]
    seconds: float
    values: int


def judge(root: Path, labelled: tuple[str, list[tuple[str, str]]]) -> Judged:
    """Score one series by NAB's rules."""
    name, labels = labelled
    with (root / "data" / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = [seconds(row["timestamp"]) for row in rows]
    started = time.process_time()
    scores = scored(times, [float(row["value"]) for row in rows])
    spent = time.process_time() - started
    spans = [(times.index(seconds(first)), times.index(seconds(last))) for first, last in labels]
    found: list[float | None] = [None] * len(spans)
    false = []
    for at in range(min(math.floor(PROBATION * len(rows)), PROBATION_MAX), len(rows)):
        if scores[at] < ALARM:
            continue
        inside = next((index for index, (first, last) in enumerate(spans) if first <= at <= last), None)
        if inside is None:
            false.append(worth_outside(at, spans))
        else:
            first, last = spans[inside]
            worth = sigmoid(-(last - at + 1) / (last - first + 1)) / sigmoid(-1.0)
            found[inside] = max(worth, found[inside] or worth)
    return Judged(name, tuple(found), tuple(false), spent, len(rows))


def worth_outside(at: int, spans: Iterable[tuple[int, int]]) -> float:
    """The worth of a false alarm: the less, the farther behind the last window."""
    behind = [(first, last) for first, last in spans if last < at]
    if not behind:
        return -1.0
    first, last = behind[-1]
    return sigmoid((at - last) / (last - first))


def seconds(moment: str) -> float:
    """Seconds since the epoch of NAB's timestamps."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def total(judged: Sequence[Judged], false_weight: float, missed_weight: float) -> float:
    """NAB's normalised score of the series."""
    windows = [worth for series in judged for worth in series.windows]
    hits = sum(-missed_weight if worth is None else worth for worth in windows)
    raw = hits + false_weight * sum(sum(series.false) for series in judged)
    return 100 * (raw + missed_weight * len(windows)) / (len(windows) * (1 + missed_weight))


def nab(pool: ProcessPoolExecutor, root: Path) -> dict[str, dict[str, float]]:
    """NAB's scores of the data set: of every other series, of the others, and of all."""
    labels = json.loads((root / "labels" / "combined_windows.json").read_text())
    judged = list(pool.map(partial(judge, root), sorted(labels.items())))
    halves = {"development": judged[::2], "report": judged[1::2], "all": judged}
    return {name: summary(half) for name, half in halves.items()}


def summary(judged: Sequence[Judged]) -> dict[str, float]:
    """What is told of a set of series."""
    windows = [worth for series in judged for worth in series.windows]
    values = sum(series.values for series in judged)
    return {
        **{name: total(judged, *weights) for name, weights in PROFILES.items()},
        "windows": len(windows),
        "told": sum(worth is not None for worth in windows),
        "false alarms": sum(len(series.false) for series in judged),
        "per 1,000 values": 1000 * sum(len(series.false) for series in judged) / values,
        "microseconds a value": 1e6 * sum(series.seconds for series in judged) / values,
    }


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, help="a data set in the layout of NAB")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seeds", type=int, default=4, help="series of each kind to make")
    options = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        if options.path:
            scores = nab(pool, options.path)
            print(json.dumps(scores) if options.json else "\n".join(lines(scores)))
            return
        rows = made(pool, range(options.seeds))
    if options.json:
        print(json.dumps([{**asdict(row), "delay": row.delay if row.told else None} for row in rows]))
        return
    print(f"{'series':<18}{'told':>8}{'delay':>8}{'false per 1,000':>18}")
    for row in rows:
        told = f"{row.told}/{row.faults}" if row.faults else "-"
        print(f"{row.series:<18}{told:>8}{row.delay:>8.1f}{row.false:>18.2f}")


def lines(scores: dict[str, dict[str, float]]) -> list[str]:
    """The table of NAB's scores."""
    names = list(next(iter(scores.values())))
    head = f"{'':<24}" + "".join(f"{half:>13}" for half in scores)
    return [head, *(f"{name:<24}" + "".join(f"{half[name]:>13.1f}" for half in scores.values()) for name in names)]


if __name__ == "__main__":
    main()
