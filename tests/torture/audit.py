"""The audit: what must hold of the records at any moment, whoever died just before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ai_runtime_intelligent.flow.rollout import RUNNING, TRANSITIONS, Rollout
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.ports import AuditEntry
from rolling.house import SERVICE, TUNABLE
from rolling.replicas import Replica

_SILENT: Final = frozenset({"observed", "unobserved", "held", "resumed"})
"""Events after which services are to obey what they obeyed before."""
_JUDGED: Final = frozenset({"confirmed", "refuted", "inconclusive"})


def check(ledger: SqlLedger) -> None:
    """No change is lost, doubled or half done. Raises AssertionError."""
    rollouts, verdicts, savings = ledger.rollouts(), ledger.verdicts(), ledger.savings()
    written = 0
    for rollout in rollouts:
        entries = ledger.audit(rollout.change.suggestion)
        _check_way(rollout, entries)
        written += sum(entry.action not in _SILENT for entry in entries)
        judged = any(entry.action in _JUDGED for entry in entries)
        assert (rollout.id in verdicts) == judged, rollout
        assert (rollout.id in savings) == (rollout.phase == "kept"), rollout
        status = ledger.suggestion(rollout.change.suggestion).status
        assert status == (rollout.phase if rollout.phase in ("kept", "rolled_back", "stuck") else "applied"), rollout
    known = {rollout.change.suggestion for rollout in rollouts}
    applied = {one.suggestion.id for one in ledger.suggestions() if one.status != "open"}
    assert applied == known, "a suggestion is applied without a rollout"
    _check_config(ledger, rollouts, written)


def _check_way(rollout: Rollout, entries: tuple[AuditEntry, ...]) -> None:
    """The audit leads from planned to where it stands by legal moves, as many as its revision says."""
    phase = "planned"
    for entry in entries:
        assert entry.before == phase, (rollout, entry)
        phase = entry.after
        assert TRANSITIONS[entry.before, entry.action] == phase, entry  # type: ignore[index]
    assert (phase, len(entries)) == (rollout.phase, rollout.revision), rollout


def _check_config(ledger: SqlLedger, rollouts: tuple[Rollout, ...], written: int) -> None:
    """Services are told what the newest rollout says, in as many generations as there were reasons."""
    config = ledger.config(SERVICE)
    assert config.generation == written, config
    running = [one for one in rollouts if one.phase in RUNNING]
    assert len(running) <= 1, running
    kept = [one for one in rollouts if one.phase == "kept"]
    held_out = [one for one in kept if one.share < 1]
    told = [(one.rollout, one.share, one.holdout) for one in config.experiments]
    assert told == [(one.id, one.share, one.phase == "kept") for one in (*running, *held_out)], config
    settings = [(tunable, value) for tunable, value, _ in config.settings]
    assert settings == [(TUNABLE, one.change.after) for one in kept], config


def check_replicas(ledger: SqlLedger, replicas: Iterable[Replica]) -> None:
    """Every running replica is on a value that the ledger knows, and deals no share that it does not tell."""
    config = ledger.config(SERVICE)
    told = {one.rollout: one.share for one in config.experiments}
    for one in replicas:
        value, _ = config.obeyed().get(TUNABLE, (one.default, ""))
        assert one.value == value, one
        dealt = {one.experiment.rollout: one.experiment.share} if one.experiment else {}
        assert dealt == told, one
