"""Does the fleet keep what is good and take back what harms, how soon, and how many calls does that cost?

Four replicas at 100 calls/s in simulated time, scraped every 15 s, around the backend's own engine: apply, read back,
verify, the ledger on a database, the remote config as the API gives it, and the dealing of the instrumentation. Only
the clock, Prometheus and the calls are simulated. The bars: of 20 runs each of a good change and of harmful ones, and
of 200 that do nothing, at most 5 % go the wrong way; and from the moment at which the harm can have shown in the totals
to the last replica that is back pass at most two scrapes and one poll.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Final

from experimenting.calls import Candidate
from rolling.trial import PER_SECOND, POLL_SECONDS, SCRAPE_SECONDS, End, run

GOOD, NULL = "good: seconds -20 %", "no change"
CANDIDATES: Final = {
    GOOD: Candidate(seconds=0.8),
    "errors x2": Candidate(seconds=0.8, errors=2.0),
    "p95 x1.5": Candidate(seconds=1.5),
    "cost x1.3": Candidate(seconds=0.8, cost=1.3),
    "quality -5 %": Candidate(seconds=0.8, quality=-0.045),
    NULL: Candidate(),
}
"""All that harm are 20 % faster but for the one that is slower, so that the goal speaks for them."""

RUNS, NULLS = 20, 200
WRONG: Final = 0.05
LATEST: Final = 2 * SCRAPE_SECONDS + POLL_SECONDS


@dataclass(frozen=True)
class Row:
    """What became of the rollouts of one candidate; times in seconds, medians but for ``latest``.

    ``harmed`` is the share of all calls, 0..1, that the candidate had: the median, and that of nine rollouts of ten.
    """

    candidate: str
    runs: int
    kept: int
    refuted: int
    undecided: int
    seconds: float
    candidate_calls: float
    harmed: float
    harmed_p90: float
    latest: float | None

    @property
    def wrong(self) -> int:
        """Good ones that were not kept, harmful ones that were not rolled back, and idle ones that had a verdict."""
        return self.runs - {GOOD: self.kept, NULL: self.undecided}.get(self.candidate, self.refuted + self.undecided)

    @property
    def missed(self) -> str:
        """The bar that it misses; empty when it meets them."""
        if self.wrong > WRONG * self.runs:
            return f"{self.candidate}: {self.wrong} of {self.runs} went the wrong way"
        if self.latest is not None and self.latest > LATEST:
            return f"{self.candidate}: back only {self.latest:.0f} s after the harm had shown"
        return ""


def measure(pool: Executor, what: str, runs: int, seed: int) -> Row:
    """Roll one candidate out so many times, with progress on standard error."""
    futures = [pool.submit(run, CANDIDATES[what], seed, number) for number in range(runs)]
    for done, _ in enumerate(as_completed(futures), 1):
        print(f"\r{what}: {done} of {runs}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return _row(what, [future.result() for future in futures])


def _row(what: str, ends: Sequence[End]) -> Row:
    phases, harmed = [end.phase for end in ends], sorted(end.harmed for end in ends)
    refuted = sum(end.outcome == "refuted" for end in ends)
    late = [
        end.restored - end.shown
        for end in ends
        if end.outcome == "refuted" and end.restored is not None and end.shown is not None
    ]
    return Row(
        what,
        len(ends),
        phases.count("kept"),
        refuted,
        sum(end.phase == "rolled_back" and end.outcome == "inconclusive" for end in ends),
        median(end.seconds for end in ends),
        median(end.candidate_calls for end in ends),
        median(harmed),
        harmed[ceil(0.9 * len(harmed)) - 1],
        max(late, default=None),
    )


def head() -> None:
    """Print for a person what the rows tell."""
    print(f"{PER_SECOND} calls/s on 4 replicas, scraped every {SCRAPE_SECONDS:.0f} s; at most {WRONG:.0%} wrong")
    print(
        "`of all calls`: the share that the candidate had, median and 90 %. `back`: the longest time from when harm can"
    )
    print(f"have shown in the totals to the last replica that is back, at most {LATEST:.0f} s")
    print(f"  {'candidate':<20}{'runs':>5}{'kept':>6}{'refuted':>9}{'undecided':>11}{'wrong':>7}", end="")
    print(f"{'seconds':>9}{'its calls':>11}{'of all calls':>16}{'back':>7}", flush=True)


def show(row: Row) -> None:
    """Print one row for a person."""
    back = "" if row.latest is None else f"{row.latest:.0f} s"
    harmed = f"{row.harmed:.1%}, {row.harmed_p90:.1%}"
    print(f"  {row.candidate:<20}{row.runs:>5}{row.kept:>6}{row.refuted:>9}{row.undecided:>11}{row.wrong:>7}", end="")
    print(f"{row.seconds:>9.0f}{row.candidate_calls:>11.0f}{harmed:>16}{back:>7}", flush=True)


def main() -> int:
    """Simulate, print each row once it is there, and say by the exit code whether every bar was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="of each candidate that does something")
    parser.add_argument("--nulls", type=int, default=NULLS, help="of the candidate that does nothing; 0 leaves it out")
    parser.add_argument("--only", choices=list(CANDIDATES), help="one candidate alone")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=7, help="of the simulation")
    options = parser.parse_args()
    runs = {what: options.nulls if what == NULL else options.runs for what in CANDIDATES}
    rows: list[Row] = []
    if not options.json:
        head()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for what in [options.only] if options.only else [one for one in CANDIDATES if runs[one]]:
            rows.append(measure(pool, what, runs[what], options.seed))
            if not options.json:
                show(rows[-1])
    missed = [row.missed for row in rows if row.missed]
    if options.json:
        told = [{**asdict(row), "wrong": row.wrong} for row in rows]
        print(json.dumps({"seed": options.seed, "rows": told, "missed": missed}))
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
