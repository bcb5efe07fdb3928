"""Many at once: exactly one wins, the others are told, and nothing is half done."""

from __future__ import annotations

from collections import Counter
from typing import Final

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


def test_replicas_that_start_together_all_get_their_manifest_in(backend: Backend) -> None:
    """The first manifest of a service comes from all of its replicas in the same moment."""
    body = manifest() | {"service": "bakery"}

    answers = at_once(*[lambda: backend.app.test_client().put("/runtime/services/bakery/manifest", json=body)] * MANY)

    assert [answer.status_code for answer in answers] == [200] * MANY
    assert [one.service for one in backend.ledger.manifests()] == ["bakery", "shop"]
