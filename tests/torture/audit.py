"""The audit: what must hold of the records at any moment, whoever died just before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from ai_runtime_intelligent.flow.rollout import RUNNING, TRANSITIONS, Rollout
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.ports import AuditEntry
from rolling.house import SERVICE, TUNABLE
from rolling.replicas import Replica

_MOVES: Final = frozenset(event for _, event in TRANSITIONS)
"""Actions of the audit trail that move a rollout."""
_SILENT: Final = frozenset({"observed", "unobserved", "held", "resumed"})
"""Events after which services are to obey what they obeyed before."""
_JUDGED: Final = frozenset({"confirmed", "refuted", "inconclusive"})
_APPLIED: Final = frozenset({"applied", "kept", "rolled_back", "stuck"})


def check(ledger: SqlLedger) -> None:
    """No change is lost, doubled or half done. Raises AssertionError."""
    rollouts, verdicts, savings = ledger.rollouts(), ledger.verdicts(), ledger.savings()
    written: Counter[str] = Counter()
    for rollout in rollouts:
        entries = tuple(one for one in ledger.audit(rollout.change.suggestion) if one.action in _MOVES)
        _check_way(rollout, entries)
        written[rollout.change.forward.service] += sum(entry.action not in _SILENT for entry in entries)
        done = {entry.action for entry in entries}
        assert rollout.id in verdicts or not done & _JUDGED, rollout
        assert rollout.id not in verdicts or done & {*_JUDGED, "error"}, rollout
        assert (rollout.id not in savings) or rollout.phase == "kept", rollout
        status = ledger.suggestion(rollout.change.suggestion).status
        assert status == (rollout.phase if rollout.phase in ("kept", "rolled_back", "stuck") else "applied"), rollout
    known = Counter(rollout.change.suggestion for rollout in rollouts)
    applied = Counter(one.suggestion.id for one in ledger.suggestions() if one.status in _APPLIED)
    assert applied == known, "a suggestion is applied without a rollout, or by two"
    for service, generation in written.items():
        _check_config(ledger, service, generation)


def _check_way(rollout: Rollout, entries: tuple[AuditEntry, ...]) -> None:
    """The audit leads from planned to where it stands by legal moves, as many as its revision says."""
    phase = "planned"
    for entry in entries:
        assert entry.before == phase, (rollout, entry)
        phase = entry.after
        assert TRANSITIONS[entry.before, entry.action] == phase, entry  # type: ignore[index]
    assert (phase, len(entries)) == (rollout.phase, rollout.revision), rollout


def _check_config(ledger: SqlLedger, service: str, generation: int) -> None:
    """A service is told what its rollouts say, in as many generations as there were reasons."""
    config = ledger.config(service)
    assert config.generation == generation, config
    own = [one for one in ledger.rollouts() if one.change.forward.service == service]
    running = {one.change.forward.tunable: one for one in own if one.phase in RUNNING}
    assert len(running) == sum(one.phase in RUNNING for one in own), own
    kept = {one.change.forward.tunable: one for one in own if one.phase == "kept"}
    told = {one.tunable: (one.rollout, one.share, one.holdout) for one in config.experiments}
    dealt = {**{name: one for name, one in kept.items() if one.share < 1}, **running}
    assert told == {name: (one.id, one.share, one.phase == "kept") for name, one in dealt.items()}, config
    settings = {tunable: value for tunable, value, _ in config.settings}
    assert settings == {name: one.change.after for name, one in kept.items()}, config


def check_replicas(ledger: SqlLedger, replicas: Iterable[Replica]) -> None:
    """Every running replica is on a value that the ledger knows, and deals no share that it does not tell."""
    config = ledger.config(SERVICE)
    told = {one.rollout: one.share for one in config.experiments}
    for one in replicas:
        value, _ = config.obeyed().get(TUNABLE, (one.default, ""))
        assert one.value == value, one
        dealt = {one.experiment.rollout: one.experiment.share} if one.experiment else {}
        assert dealt == told, one
