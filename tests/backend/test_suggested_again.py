"""What became of a change decides whether it is suggested again: only what was answered stays away."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from airuntime_backend.adapters.ledger import bodies
from airuntime_backend.adapters.ledger.models import RolloutRow
from sqlalchemy import update
from support.fleet import HARMFUL, OLD, Fleet

WINDOW: Final = 1_000.0
"""More seconds than the window of the analysis."""
DAY: Final = 86_400.0


def applied(fleet: Fleet) -> None:
    """Apply what is suggested, once the replicas were scraped."""
    fleet.step()
    fleet.backend.tick()
    assert fleet.backend.move("apply", fleet.backend.suggestion()).status_code == 200


def statuses(fleet: Fleet, later: float) -> list[str]:
    """Of all suggestions, the newest first, after an analysis so much later."""
    fleet.step(later)
    fleet.backend.tick()
    return [one["status"] for one in fleet.backend.client.get("/suggestions").get_json()["suggestions"]]


def test_lost_evidence_answers_nothing(fleet: Fleet) -> None:
    """A Prometheus that was away said nothing against the change: it is suggested again, and can be applied."""
    applied(fleet)
    fleet.until("watching")
    fleet.backend.world.down = True
    fleet.until("rolled_back")
    fleet.backend.world.down = False

    assert statuses(fleet, WINDOW) == ["open", "rolled_back"]
    assert fleet.backend.move("apply", fleet.backend.suggestion()).get_json()["status"] == "applied"


def test_a_silent_service_answers_nothing(fleet: Fleet) -> None:
    """Who took back what was stuck, as they were told to, finds it again."""
    for one in fleet.replicas:
        one.polls = False
    applied(fleet)
    fleet.until("stuck")
    fleet.backend.move("rollback", fleet.backend.suggestion())

    assert statuses(fleet, WINDOW) == ["open", "rolled_back"]


def test_what_the_worker_could_not_judge_is_not_answered(fleet: Fleet) -> None:
    """A rollout of an older version went back with the word to apply it again."""
    applied(fleet)
    ledger = fleet.backend.ledger
    (rollout,) = ledger.rollouts()
    with ledger._session.begin() as session:
        session.execute(update(RolloutRow).values(body=bodies.dump(replace(rollout, dealing=None))))
    fleet.step()

    assert statuses(fleet, WINDOW) == ["open", "rolled_back"]


def test_what_could_not_be_decided_is_tried_again_on_another_day(fleet: Fleet) -> None:
    """Not at once: the same traffic would not decide it either."""
    fleet.behaviours["candidate"] = OLD
    applied(fleet)
    fleet.until("rolled_back")

    assert statuses(fleet, WINDOW) == ["rolled_back"]
    assert statuses(fleet, DAY) == ["open", "rolled_back"]


def test_what_harmed_stays_away(fleet: Fleet) -> None:
    """It was measured."""
    fleet.behaviours["candidate"] = HARMFUL
    applied(fleet)
    fleet.until("rolled_back")

    assert statuses(fleet, WINDOW) == ["rolled_back"]
    assert statuses(fleet, DAY) == ["rolled_back"]


def test_what_a_person_took_back_stays_away(fleet: Fleet) -> None:
    """They had their reasons."""
    applied(fleet)
    fleet.until("watching")
    fleet.backend.move("rollback", fleet.backend.suggestion(), reason="stale answers")

    assert statuses(fleet, WINDOW) == ["rolled_back"]
    assert statuses(fleet, DAY) == ["rolled_back"]
