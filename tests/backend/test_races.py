"""Many at once: exactly one wins, the others are told, and nothing is half done."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from ai_runtime_intelligent.flow.arm import ArmStats
from airuntime_backend.adapters.ledger.models import ProgressRow
from airuntime_backend.ports import Progress, Replicas
from sqlalchemy.orm import Session
from support.backend import Backend
from support.errors import assert_canonical_error
from support.races import at_once, post
from support.world import manifest

MANY: Final = 8


def test_of_many_clicks_one_applies(backend: Backend) -> None:
    """One rollout, one new generation, one line in the audit trail."""
    backend.tick()
    detail = backend.suggestion()

    answers = at_once(*[post(backend, f"/suggestions/{detail['id']}/apply", revision=1)] * MANY)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: MANY - 1}
    for answer in answers:
        if answer.status_code != 200:
            assert_canonical_error(answer, 409, "conflict")
    assert len(backend.ledger.rollouts()) == 1
    assert backend.ledger.config("shop").generation == 1
    assert [entry.action for entry in backend.ledger.audit()] == ["begin"]


def test_of_apply_and_dismiss_one_wins(backend: Backend) -> None:
    """Two people who disagree in the same second."""
    backend.tick()
    url = f"/suggestions/{backend.suggestion()['id']}"
    calls = [post(backend, f"{url}/{verb}", revision=1) for verb in ("apply", "dismiss")]

    answers = at_once(*calls * (MANY // 2))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: MANY - 1}
    won = next(answer.get_json()["status"] for answer in answers if answer.status_code == 200)
    assert backend.suggestion()["status"] == won
    assert len(backend.ledger.rollouts()) == (1 if won == "applied" else 0)


def test_of_many_who_take_it_back_one_does(backend: Backend) -> None:
    """The inverse is applied once."""
    backend.tick()
    applied = backend.move("apply", backend.suggestion()).get_json()
    rollback = post(backend, f"/suggestions/{applied['id']}/rollback", revision=2)

    answers = at_once(*[rollback] * MANY)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: MANY - 1}
    assert backend.suggestion()["status"] == "rolled_back"
    config = backend.ledger.config("shop")
    assert (config.generation, config.settings) == (2, ())


def test_of_workers_that_look_first_at_once_all_have_looked(backend: Backend) -> None:
    """There is one row for each look: whoever finds it made meanwhile writes to it."""
    backend.tick()
    backend.move("apply", backend.suggestion())
    (rollout,) = backend.ledger.rollouts()
    look = Progress(rollout.id, 1.0, Replicas(), ArmStats(), ArmStats(), 1.0)

    at_once(*[lambda: backend.ledger.put_progress(look)] * MANY)

    assert backend.ledger.progress() == {rollout.id: look}


def test_a_row_that_somebody_else_made_meanwhile_is_written_to(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two workers finds no row and may not make one."""
    backend.tick()
    backend.move("apply", backend.suggestion())
    (rollout,) = backend.ledger.rollouts()
    looks = [Progress(rollout.id, at, Replicas(), ArmStats(), ArmStats(), at) for at in (1.0, 2.0)]
    merge = Session.merge

    def slow(session: Session, row: ProgressRow) -> ProgressRow:
        monkeypatch.setattr(Session, "merge", merge)
        backend.ledger.put_progress(looks[0])
        session.add(row)
        return row

    monkeypatch.setattr(Session, "merge", slow)
    backend.ledger.put_progress(looks[1])

    assert backend.ledger.progress() == {rollout.id: looks[1]}


def test_replicas_that_start_together_all_get_their_manifest_in(backend: Backend) -> None:
    """The first manifest of a service comes from all of its replicas in the same moment."""
    body = manifest() | {"service": "bakery"}

    answers = at_once(*[lambda: backend.app.test_client().put("/runtime/services/bakery/manifest", json=body)] * MANY)

    assert [answer.status_code for answer in answers] == [200] * MANY
    assert [one.service for one in backend.ledger.manifests()] == ["bakery", "shop"]
