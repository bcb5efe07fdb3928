"""How often findings are right: faults and healthy days, through a real Prometheus, before the real analysis.

By default one of each fault and of each healthy workload, from the seed that is used for development, for three hours;
``--full`` takes more of them and whole days; ``--report`` takes the seeds that development never sees. Exit code 1 when
a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from typing import Final

from finding.scale import measure, show_scale
from finding.score import Score, score, show
from finding.trial import Said, run
from finding.workloads import FAULT_AT, HOUR, workloads

DEVELOPMENT: Final = 7
REPORT: Final = 20_260_105
LATER: Final = 1.0 * HOUR
"""How long a fault is looked at."""
EARLIER: Final = 0.5 * HOUR


def trial(seed: int, faults: int, healthy: int, *, whole_days: bool) -> tuple[list[Said], Score, int]:
    """Faults around their beginning, and healthy workloads as long, or for whole days."""
    start, end = FAULT_AT - EARLIER, FAULT_AT + LATER
    if not whole_days:
        said, samples = run(workloads(seed, faults, healthy), start, end)
        return said, score(said, (end - start) / HOUR), samples
    said, samples = run(workloads(seed, faults, 0), start, end)
    for turn in range(healthy):  # a turn at a time: whole days are many samples
        calm, more = run(workloads(seed + 1 + turn, 0, 1), 0.0, 24 * HOUR)
        said, samples = [*said, *calm], samples + more
    return said, score(said, 24.0), samples


def main() -> int:
    """Plant, analyse, print, and say by the exit code whether every bar was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="two of each fault, 30 healthy days, 1,000 primitives")
    parser.add_argument("--report", action="store_true", help="take the seeds that are kept for the report")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    began = time.perf_counter()
    seed = REPORT if options.report else DEVELOPMENT
    rounds = (2, 3) if options.full or options.report else (1, 1)
    said, result, samples = trial(seed, *rounds, whole_days=options.full or options.report)
    sizes = (100, 300, 1000) if options.full or options.report else (20, 60)
    scale = [measure(size) for size in sizes]
    seconds = time.perf_counter() - began
    missed = [*result.missed(), *(f"scale: {row.told}" for row in scale if not row.met)]
    if options.json:
        rows = [asdict(row) for row in scale]
        print(json.dumps({"seed": seed, "samples": samples, **asdict(result), "scale": rows, "missed": missed}))
    else:
        show("Seed kept for the report" if options.report else "Seed of development", said, result)
        show_scale(scale)
        print(f"\n  {samples:,} samples, {seconds:.0f} s")
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
