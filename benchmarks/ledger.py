"""Whether the books agree with the bill: USD booked as saved, beside what the fake model charged.

Every case is run twice in compressed time with the same questions: with the waste untouched, and with the waste mended
side by side with the old value, kept, and a fifth of the calls held out. Bill and booked savings together must be the
bill of the untouched waste within 1 %. Exit code 1 when they are not. ``--json`` prints JSON. Phases of three wastes
together are twice as long.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict

from accounting.trial import MENDS, Case, Row, cases, compared, mended, untouched

NAMES = (*MENDS, "three together")


def show(rows: Sequence[Row]) -> None:
    """Print for a person."""
    print("\nUSD on the fake model's bill without and with the changes, and what the books say was saved")
    print(
        f"  {'wastes':<16}{'seed':>6}{'paid calls':>11}{'without':>10}{'bill':>10}{'saved':>10}{'booked':>10}"
        f"{'95 % interval':>22}{'error':>8}{'meter':>9}"
    )
    for row in rows:
        meter = (row.metered - row.bill) / row.bill
        print(
            f"  {row.name:<16}{row.seed:>6}{row.calls:>11,}{row.without:>10.4f}{row.bill:>10.4f}"
            f"{row.saved:>10.4f}{row.booked:>10.4f}"
            f"{f'{row.low:.4f} to {row.high:.4f}':>22}{row.error:>8.2%}{meter:>9.3%}{'' if row.met else '  MISSED'}"
        )
        for tunable, usd in row.changes if len(row.changes) > 1 else ():
            print(f"    {tunable:<49}{usd:>30.4f}")
    print("\nerror: bill and booked savings beside the bill without the changes; meter: metered spend beside the bill")


def measure(pool: Executor, planned: Sequence[tuple[Case, int]]) -> list[Row]:
    """Both runs of each case and seed, all at once."""
    told = [(case, seed, pool.submit(mended, case, seed), pool.submit(untouched, case, seed)) for case, seed in planned]
    rows = []
    for case, seed, after, before in told:
        rows.append(compared(case, seed, before.result(), after.result()))
        print(f"{case.name}, seed {seed}: {rows[-1].error:.2%}", file=sys.stderr, flush=True)
    return rows


def main() -> int:
    """Run, print, and tell whether the bar was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phase", type=float, default=1200.0, help="Seconds of a phase in compressed time (1200).")
    parser.add_argument(
        "--seed", type=int, action="append", help="Decides questions, answers and dealing (7); may be repeated."
    )
    parser.add_argument("--only", choices=NAMES, action="append", help="Only this case; may be repeated.")
    parser.add_argument("--json", action="store_true", help="Print JSON, for programs.")
    asked = parser.parse_args()
    longest_first = sorted(cases(asked.phase, asked.only or NAMES), key=lambda case: -case.end * case.rate)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        rows = measure(pool, [(case, seed) for seed in asked.seed or [7] for case in longest_first])
    if asked.json:
        told = [asdict(row) | {"saved": row.saved, "error": row.error, "met": row.met} for row in rows]
        print(json.dumps({"phase": asked.phase, "rows": told}, indent=2))
    else:
        show(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
