"""How often findings are right: faults and healthy days, through a real Prometheus, before the real analysis.

By default one of each fault and of each healthy workload, for an hour and a half, from a seed that is used for
development: about a minute. ``--full`` takes every seed of development, and healthy days from midnight to midnight;
``--report`` the seeds that development never sees; ``--seeds`` any others: about a quarter of an hour on two cores.
Findings count once for a service. One is right when it names the planted primitive and what is wrong with it, or, as
a symptom, the primitive where it truly began. Exit code 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from finding.jobs import Done, Job, run_all
from finding.scale import Row, measure, show_scale
from finding.score import score, show

DEVELOPMENT: Final = (1, 2, 3)
REPORT: Final = (1001, 1002, 1003)
PARTS: Final = ("faults", "healthy", "scale")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="all seeds of development, healthy days, 1,000 primitives")
    parser.add_argument("--report", action="store_true", help="as --full, with the seeds that are kept for the report")
    parser.add_argument("--seeds", type=int, nargs="+", metavar="N", help="as --full, with these seeds")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be repeated (default: all)")
    parser.add_argument("--jobs", type=int, default=2, help="trials side by side (default: %(default)s)")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep finished trials here, and do not repeat them")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args()


def _jobs(seeds: tuple[int, ...], parts: list[str], *, whole_days: bool) -> list[Job]:
    healthy = [Job("day" if whole_days else "healthy", seed) for seed in seeds if "healthy" in parts]
    return [*(Job("faults", seed) for seed in seeds if "faults" in parts), *healthy]


def _progress(told: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {told}", file=sys.stderr, flush=True)


def main() -> int:
    """Plant, analyse, print, and say by the exit code whether every bar was met."""
    options = _options()
    began = time.perf_counter()
    whole = bool(options.full or options.report or options.seeds)
    seeds = tuple(options.seeds or (REPORT if options.report else DEVELOPMENT if whole else DEVELOPMENT[:1]))
    parts = options.part or list(PARTS)
    done = run_all(_jobs(seeds, parts, whole_days=whole), options.jobs, options.resume, _progress)
    sizes = (100, 300, 1000) if whole else (20, 60)
    scale = [measure(size, _progress) for size in sizes] if "scale" in parts else []
    return _tell(options, seeds, done, scale, time.perf_counter() - began)


def _tell(
    options: argparse.Namespace, seeds: tuple[int, ...], done: list[Done], scale: list[Row], seconds: float
) -> int:
    outcomes = [one for each in done for one in each.outcomes]
    result, samples = score(outcomes), sum(each.samples for each in done)
    missed = [*result.missed(), *(f"scale: {row.told}" for row in scale if not row.met)]
    if options.json:
        numbers = {"precision": result.precision, "recall": result.recall, "top_cause": result.top_cause}
        rows = [asdict(row) for row in scale]
        said = [asdict(one) for one in outcomes]
        told = {"seeds": seeds, "samples": samples, **numbers, **asdict(result), "scale": rows, "missed": missed}
        print(json.dumps({**told, "outcomes": said}))
    else:
        if outcomes:
            kept = "kept for the report" if options.report else "given" if options.seeds else "of development"
            show(f"Seeds {kept} {', '.join(map(str, seeds))}", outcomes, result)
        if scale:
            show_scale(scale)
        print(f"\n  {samples:,} samples, {seconds:.0f} s")
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
