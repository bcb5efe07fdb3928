"""How often experiments lie, how long they take to tell the truth, and how many calls harm touches.

Everything is simulated from a seed and judged by the product's own code. Exit code 1 when a bar is missed. By default
1,000 idle experiments at 50 % and few runs of all else, in a minute of two cores; ``--full`` takes 1,000 at every share
and 200 or 1,000 of all else, in some minutes. ``--json`` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final

from experimenting import harm, keys, nulls, power


@dataclass(frozen=True)
class Effort:
    """How much is simulated: the shares of idle experiments, and how many runs of each."""

    shares: tuple[str, ...]
    null_runs: int
    tail_runs: int
    power_runs: int
    harm_runs: int
    key_runs: int


QUICK: Final = Effort(("50 %",), null_runs=1000, tail_runs=200, power_runs=40, harm_runs=40, key_runs=100)
FULL: Final = Effort(tuple(nulls.SHARES), null_runs=1000, tail_runs=1000, power_runs=200, harm_runs=200, key_runs=1000)


@dataclass(frozen=True)
class Found:
    """Everything that was simulated."""

    effort: Effort
    same: list[nulls.Wrong]
    same_mean: list[nulls.Wrong]
    speed: list[power.Sped]
    harm: list[harm.Stopped]
    keys: list[keys.Keyed]

    def missed(self) -> list[str]:
        """The bars that were missed. Of another tail there is no bar: no test can rule out what is too rare."""
        wrong = [f"A/A, {row.measure}, {row.shares}, alpha {row.alpha}" for row in self.same if not row.met]
        slow = [f"power, {row.what}, alpha {row.alpha}" for row in self.speed if not row.met]
        return wrong + slow + [f"A/A, {row.what}" for row in self.keys if not row.met]


def run(pool: Executor, effort: Effort, seed: int) -> Found:
    """Simulate, with progress on standard error."""
    shares = effort.shares
    told("idle experiments")
    same = [row for share in shares for row in nulls.measure(pool, share, effort.null_runs, seed)]
    tail = [row for share in shares for row in nulls.measure_tail(pool, share, effort.tail_runs, seed)]
    told("true changes")
    speed = [
        power.measure(pool, case, alpha, effort.power_runs, seed) for case in power.CASES for alpha in nulls.ALPHAS
    ]
    told("harm")
    harmed = [harm.measure(pool, what, effort.harm_runs, seed) for what in harm.CANDIDATES]
    told("keys")
    return Found(
        effort, same, tail, speed, harmed, [keys.measure(pool, what, effort.key_runs, seed) for what in keys.WAYS]
    )


def told(what: str) -> None:
    """Say what is simulated now."""
    print(f"{what} ...", file=sys.stderr, flush=True)


def show(found: Found) -> None:
    """Print for a person."""
    print(f"A/A, looked at every 100 of {nulls.CALLS:,} calls: share of runs with a wrong verdict, at most alpha")
    show_nulls(found.same)
    print("\nthe same for seconds whose mean is equal and whose tail is not (no bar)")
    show_nulls(found.same_mean)
    show_power(found.speed)
    show_harm(found.harm)
    show_keys(found.keys)


def show_nulls(rows: Sequence[nulls.Wrong]) -> None:
    """One table of wrong verdicts."""
    print(f"  {'measure':<22}{'candidate has':<16}{'alpha':>7}{'runs':>7}{'wrong':>9}")
    for row in rows:
        met = "" if row.met else "  over alpha"
        print(f"  {row.measure:<22}{row.shares:<16}{row.alpha:>7}{row.runs:>7}{row.wrong / row.runs:>9.2%}{met}")


def show_power(rows: Sequence[power.Sped]) -> None:
    """The table of calls to a verdict."""
    print(
        f"\nA true change at 50 %: median calls to a verdict, at most {power.MOST} x a fixed-horizon test of 80 % power"
    )
    print(f"  {'change':<26}{'alpha':>7}{'fixed':>9}{'power':>7}{'ours':>9}{'ratio':>7}{'right':>8}{'wrong':>7}")
    for row in rows:
        met = "" if row.met else "  MISSED"
        print(
            f"  {row.what:<26}{row.alpha:>7}{row.fixed:>9}{row.reached:>7.0%}{row.calls:>9.0f}{row.ratio:>7.2f}"
            f"{row.right / row.runs:>8.0%}{row.wrong / row.runs:>7.0%}{met}"
        )


def show_harm(rows: Sequence[harm.Stopped]) -> None:
    """The table of harm."""
    print(f"\nA candidate that grows from 1 % at {harm.PER_SECOND} calls/s, seen every {harm.SCRAPE_SECONDS} s")
    print(
        f"  {'candidate':<22}{'kept':>6}{'harm':>6}{'open':>6}"
        f"{'its calls':>11}{'90 %':>9}{'more errors':>13}{'seconds':>9}"
    )
    for row in rows:
        print(
            f"  {row.what:<22}{row.kept / row.runs:>6.0%}{row.rolled_back / row.runs:>6.0%}"
            f"{row.undecided / row.runs:>6.0%}{row.calls:>11.0f}{row.calls_p90:>9.0f}"
            f"{row.more_errors:>13.1f}{row.seconds:>9.0f}"
        )


def show_keys(rows: Sequence[keys.Keyed]) -> None:
    """The table of popular keys."""
    head = f"{keys.KEYS} keys, popular by Zipf's law, unlike in seconds"
    print(f"\n{head}: alpha {keys.ALPHA}, {keys.CALLS:,} calls at 50 %")
    print(f"  {'dealt and judged':<50}{'runs':>7}{'A/A wrong':>11}{'-20 % found':>13}")
    for row in rows:
        met = "" if row.met else "  MISSED"
        print(f"  {row.what:<50}{row.runs:>7}{row.wrong / row.runs:>11.1%}{row.found / row.runs:>13.0%}{met}")


def as_json(found: Found, seed: int) -> dict[str, Any]:
    """The same for a machine."""
    speed = [{**asdict(row), "ratio": row.ratio} for row in found.speed]
    return {"seed": seed, **asdict(found), "speed": speed, "missed": found.missed()}


def main() -> int:
    """Simulate, print, and say by the exit code whether every bar was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000 runs of every share, 200 or 1,000 of all else")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--seed", type=int, default=7, help="of the simulation")
    options = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = run(pool, FULL if options.full else QUICK, options.seed)
    if options.json:
        print(json.dumps(as_json(found, options.seed)))
    else:
        show(found)
    for what in found.missed():
        print(f"missed: {what}", file=sys.stderr)
    return 1 if found.missed() else 0


if __name__ == "__main__":
    sys.exit(main())
