"""Harm: how many calls a bad candidate touches before it is stopped, growing from 1 % of the calls."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from typing import Final

from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.growth import Growth, next_share
from ai_runtime_intelligent.flow.suggestion import Guardrail
from ai_runtime_intelligent.flow.verdict import Policy, assess

from .calls import ERRORS, Candidate, seeded
from .looks import batch

PER_SECOND: Final = 100
SCRAPE_SECONDS: Final = 15

POLICY: Final = Policy(
    "seconds_mean",
    "lower",
    (
        Guardrail("error_ratio", 0.0025),
        Guardrail("slow_p95_ratio", 0.01),
        Guardrail("usd_per_call", 0.1, relative=True),
        Guardrail("quality_mean", 0.01, relative=True, worse="lower"),
    ),
    cleared=True,
)
GROWTH: Final = Growth()

CANDIDATES: Final = {
    "errors x10": Candidate(seconds=0.8, errors=10.0),
    "errors x2": Candidate(seconds=0.8, errors=2.0),
    "p95 x1.5": Candidate(seconds=1.5),
    "cost x1.3": Candidate(seconds=0.8, cost=1.3),
    "quality -5 %": Candidate(seconds=0.8, quality=-0.045),
    "no change": Candidate(),
    "good: seconds -20 %": Candidate(seconds=0.8),
}
"""Each but the last two harms; all that do not slow down are 20 % faster, so that the goal speaks for them."""


@dataclass(frozen=True)
class End:
    """How one rollout ended: its event, the candidate's calls and errors until then, and the seconds."""

    event: str
    share: float
    calls: int
    errors: int
    seconds: float


@dataclass(frozen=True)
class Stopped:
    """How the rollouts of one candidate ended. Calls, errors and seconds are medians; ``calls_p90`` is 90 %."""

    what: str
    runs: int
    kept: int
    rolled_back: int
    undecided: int
    calls: float
    calls_p90: float
    more_errors: float
    seconds: float


def measure(pool: Executor, what: str, runs: int, seed: int) -> Stopped:
    """Simulate the rollouts of one candidate."""
    ends = list(pool.map(partial(_run, CANDIDATES[what], seed), range(runs), chunksize=2))
    events = [end.event for end in ends]
    return Stopped(
        what,
        runs,
        events.count("confirmed"),
        events.count("refuted"),
        events.count("inconclusive"),
        median(end.calls for end in ends),
        quantiles([end.calls for end in ends], n=10)[-1],
        median(end.errors - ERRORS * end.calls for end in ends),
        median(end.seconds for end in ends),
    )


def _run(of: Candidate, seed: int, run: int) -> End:
    """One rollout, looked at after every scrape."""
    rng = seeded(seed, run, repr(of))
    control, candidate = ArmStats(), ArmStats()
    share, since, now = GROWTH.steps[0], 0.0, 0.0
    while True:
        now += SCRAPE_SECONDS
        one, two = batch(rng, share, of, PER_SECOND * SCRAPE_SECONDS)
        control, candidate = control + one, candidate + two
        step = next_share(GROWTH, assess(POLICY, control, candidate), share, now - since)
        if step.event == "grown":
            share, since = step.share, now
        elif step.event is not None:
            return End(step.event, share, candidate.calls, candidate.errors, now)
