"""Jobs: trials that run side by side in processes of their own, and are kept as soon as they are finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

from . import workloads
from .outcome import Outcome
from .trial import EVERY_OF_DAY, run
from .workloads import FAULT_AT, HOUR

LATER: Final = 1.0 * HOUR
"""How long a fault is looked at."""
EARLIER: Final = 0.5 * HOUR

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One trial: ``faults`` and ``healthy`` around the hour of the fault, ``day`` healthy ones from midnight on."""

    kind: str
    seed: int


@dataclass(frozen=True)
class Done:
    """A trial that is finished."""

    kind: str
    seed: int
    outcomes: tuple[Outcome, ...]
    samples: int


def run_all(jobs: Iterable[Job], workers: int, kept: Path | None, progress: Progress) -> list[Done]:
    """Run those that the file does not have, and add them to it; in the order of ``jobs``."""
    wanted = list(jobs)
    known = {(one.kind, one.seed): one for one in _read(kept)}
    left = [job for job in wanted if (job.kind, job.seed) not in known]
    with ProcessPoolExecutor(workers) as pool:
        running = [pool.submit(_run, job, progress) for job in left]
        for number, future in enumerate(as_completed(running), 1):
            done = future.result()
            known[done.kind, done.seed] = done
            _keep(kept, done)
            progress(f"{done.kind} of seed {done.seed} finished, {number} of {len(left)}")
    return [known[job.kind, job.seed] for job in wanted]


def _run(job: Job, progress: Progress) -> Done:
    told = partial(_told, progress, job)
    if job.kind == "day":
        outcomes, samples = run(workloads.healthy(job.seed), 0.0, 24 * HOUR, told, every=EVERY_OF_DAY)
    else:
        planted = workloads.faults if job.kind == "faults" else workloads.healthy
        outcomes, samples = run(planted(job.seed), FAULT_AT - EARLIER, FAULT_AT + LATER, told)
    return Done(job.kind, job.seed, tuple(outcomes), samples)


def _told(progress: Progress, job: Job, what: str) -> None:
    progress(f"{job.kind} of seed {job.seed}: {what}")


def _keep(kept: Path | None, done: Done) -> None:
    if kept is not None:
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(done)) + "\n")


def _read(kept: Path | None) -> list[Done]:
    if kept is None or not kept.exists():
        return []
    rows = (json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines())
    return [Done(**{**row, "outcomes": tuple(Outcome.of(one) for one in row["outcomes"])}) for row in rows]
