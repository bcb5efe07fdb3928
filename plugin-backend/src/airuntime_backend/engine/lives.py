"""Lives: from when to when each change ran, as the audit trail tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from ai_runtime_intelligent.contract.kinds import PHASES
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.signal import Subject, Window

from airuntime_backend.ports import AuditEntry, Ledger


@dataclass(frozen=True)
class Life:
    """One rollout: when it began, was kept and ended (Unix seconds; infinity = not yet).

    ``events`` are all moments at which it moved: between two of them each arm had one share.
    """

    rollout: Rollout
    subject: Subject
    began: float
    kept: float = inf
    ended: float = inf
    events: tuple[float, ...] = ()

    def within(self, window: Window) -> bool:
        """Whether it runs in the whole of a window that no event of it cuts."""
        return self.began <= window.start < self.ended


def lives(ledger: Ledger) -> tuple[Life, ...]:
    """Every change that was ever applied, in the order of application."""
    subjects = subjects_of(ledger)
    trail: dict[str, list[AuditEntry]] = {}
    for entry in ledger.audit():
        trail.setdefault(entry.subject, []).append(entry)
    found = (_life(one, subjects[one.id], trail.get(one.change.suggestion, ())) for one in ledger.rollouts())
    return tuple(sorted(found, key=lambda one: (one.began, one.rollout.id)))


def subjects_of(ledger: Ledger) -> dict[str, Subject]:
    """Whose tunable each rollout changes, by rollout."""
    subjects = {record.suggestion.id: record.suggestion.subject for record in ledger.suggestions()}
    return {rollout.id: subjects[rollout.change.suggestion] for rollout in ledger.rollouts()}


def _life(rollout: Rollout, subject: Subject, trail: Iterable[AuditEntry]) -> Life:
    moves = [entry for entry in trail if entry.after in PHASES]
    at = {entry.after: entry.at for entry in reversed(moves)}
    return Life(
        rollout,
        subject,
        at.get("applying", rollout.since),
        at.get("kept", inf),
        at.get("rolled_back", inf),
        tuple(entry.at for entry in moves),
    )


def pieces(found: Sequence[Life], start: float, end: float, length: float) -> tuple[Window, ...]:
    """The whole periods of so many seconds between two moments, cut where a change began, grew, was kept or ended.

    Periods stand at multiples of their length, so that whoever cuts them cuts them alike. Nothing is given of a period
    that is not over, and nothing where no change runs.
    """
    last = end // length * length
    grid = {index * length for index in range(int(start // length), int(last // length) + 1)}
    events = {at for life in found for at in life.events}
    cuts = sorted(at for at in grid | events | {start} if start <= at <= last)
    windows = (Window(one, two) for one, two in pairwise(cuts))
    return tuple(window for window in windows if any(life.within(window) for life in found))
