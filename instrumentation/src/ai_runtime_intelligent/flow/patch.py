"""Patch: the way of one change of source code, from planned to kept or reverted, by one transition table.

It is to a diff what a rollout is to a tunable. What is proved before anybody merges it (checks, outputs, a benchmark)
takes the place of the arms, which cannot run side by side in one process; after the merge, time before and after does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from ai_runtime_intelligent.contract.kinds import Outcome, PatchPhase

from .arm import Blocks
from .identity import identify
from .signal import Window
from .suggestion import Diff, Suggestion
from .verdict import Policy, Verdict, assess

PatchEventKind = Literal[
    "approve",  # somebody else than who asked wants it too
    "begin",
    "prepared",  # it is a commit on a branch of its own, beside the user's repository
    "passed",  # the checks passed, and recorded inputs gave the same outputs
    "improved",  # the benchmark is better beyond its own noise: branch and revert branch are in the user's repository
    "refuse",  # the patch, or the repository as it is, does not do
    "fail",  # something else broke: nothing is said of the patch
    "propose",  # a forge has a pull request of it
    "unproposed",  # the forge did not take it
    "again",  # a person asked that the forge be tried again
    "merged",  # the running service says that its code has the patch
    "confirmed",
    "refuted",
    "inconclusive",
    "error",
    "undo",  # a person asked for the old code
]

PATCH_TRANSITIONS: Final[Mapping[tuple[PatchPhase, PatchEventKind], PatchPhase]] = {
    ("waiting", "approve"): "planned",
    ("waiting", "undo"): "reverted",
    ("planned", "begin"): "preparing",
    ("planned", "undo"): "reverted",
    ("preparing", "prepared"): "checking",
    ("preparing", "refuse"): "refused",
    ("preparing", "fail"): "failed",
    ("preparing", "undo"): "reverted",
    ("checking", "passed"): "benching",
    ("checking", "refuse"): "refused",
    ("checking", "fail"): "failed",
    ("checking", "undo"): "reverted",
    ("benching", "improved"): "branched",
    ("benching", "refuse"): "refused",
    ("benching", "fail"): "failed",
    ("benching", "undo"): "reverted",
    ("branched", "propose"): "proposed",
    ("branched", "unproposed"): "branched",
    ("branched", "again"): "branched",
    ("branched", "merged"): "watching",
    ("branched", "undo"): "reverted",
    ("proposed", "merged"): "watching",
    ("proposed", "undo"): "reverted",
    ("watching", "confirmed"): "kept",
    ("watching", "refuted"): "failed",
    ("watching", "inconclusive"): "failed",
    ("watching", "error"): "failed",
    ("watching", "undo"): "reverted",
    ("kept", "undo"): "reverted",
    ("failed", "undo"): "reverted",
}
"""Every legal move; whatever is not here is refused."""

PATCH_WORKING: Final[tuple[PatchPhase, ...]] = ("planned", "preparing", "checking", "benching")
"""Phases in which something is being done, before anything is in the user's repository."""
PATCH_LIVE: Final[tuple[PatchPhase, ...]] = ("waiting", *PATCH_WORKING, "branched", "proposed", "watching", "kept")
"""Phases in which the suggestion has its patch: a second one is refused."""

BENCH: Final = "bench"
"""The measure of a benchmark: whatever it prints, lower is better."""
_ALPHA: Final = 0.05


class IllegalPatchMoveError(ValueError):
    """Raised when an event does not belong to the phase."""


@dataclass(frozen=True)
class Ran:
    """One command that was run: what for, how it ended, for how many seconds, and the end of what it printed."""

    name: str
    outcome: str
    seconds: float
    output: str = ""


@dataclass(frozen=True)
class Branches:
    """What a run puts into the user's repository: the patch and its revert, each a branch and the commit it names.

    ``base`` is the commit on which they stand and ``target`` the branch that was checked out.
    """

    base: str
    target: str
    branch: str
    commit: str
    revert_branch: str
    revert_commit: str


@dataclass(frozen=True)
class PatchEvent:
    """What happened to a patch, when (Unix seconds), by whom and why."""

    kind: PatchEventKind
    at: float
    who: str
    why: str


@dataclass(frozen=True)
class PatchRun:
    """Where one patch stands, ``since`` its last event; ``revision`` grows with each.

    ``libraries`` are those that the primitive uses: a patch may import them. ``proposing`` says that the forge is to be
    asked. ``baseline`` is pinned when the service first says that it runs the patched code: the window before that.
    """

    id: str
    suggestion: str
    service: str
    diff: Diff
    asked_by: str
    created_at: float
    phase: PatchPhase
    since: float
    why: str
    revision: int = 1
    libraries: tuple[str, ...] = ()
    branches: Branches | None = None
    ran: tuple[Ran, ...] = ()
    bench: Verdict | None = None
    proposing: bool = False
    url: str = ""
    merged_commit: str = ""
    baseline: Window | None = None
    verdict: Verdict | None = None


def plan_patch(
    suggestion: Suggestion, diff: Diff, asked_by: str, at: float, *, libraries: tuple[str, ...] = (), wait: str = ""
) -> PatchRun:
    """A run that nobody has begun; ``wait`` says why somebody else must approve it first, if that is so."""
    return PatchRun(
        id=identify("patch", suggestion.id, diff.text, asked_by, at),
        suggestion=suggestion.id,
        service=suggestion.subject.service,
        diff=diff,
        asked_by=asked_by,
        created_at=at,
        phase="waiting" if wait else "planned",
        since=at,
        why=wait or f"asked by {asked_by}",
        libraries=libraries,
    )


def advance_patch(run: PatchRun, event: PatchEvent) -> PatchRun:
    """Return the run after the event.

    Raises:
        IllegalPatchMoveError: the transition table has no such move.
    """
    phase = PATCH_TRANSITIONS.get((run.phase, event.kind))
    if phase is None:
        allowed = ", ".join(kind for at, kind in PATCH_TRANSITIONS if at == run.phase) or "nothing"
        raise IllegalPatchMoveError(f"patch {run.id} is {run.phase}: {event.kind} is refused, allowed: {allowed}")
    return replace(run, phase=phase, since=event.at, why=event.why, revision=run.revision + 1)


def patch_event_of(outcome: Outcome) -> PatchEventKind:
    """The event that a verdict on the live service is to its patch."""
    return outcome


def judge_bench(before: Sequence[float], after: Sequence[float]) -> Verdict:
    """What a benchmark's runs say, lower being better; it may be looked at after each pair of runs.

    The noise that the gain must exceed is that of these very runs: the interval of :func:`~.verdict.assess` over them,
    a confidence sequence with Welch's variances and Student's quantiles, at 5 % over all looks together.
    """
    policy = Policy(BENCH, "lower", alpha=_ALPHA)
    return assess(policy, Blocks({BENCH: tuple(before)}), Blocks({BENCH: tuple(after)}))
