"""The queue: an apply that must wait is on record, starts by itself when its way is free, and can be cancelled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from ai_runtime_intelligent.flow.suggestion import step_of
from airuntime_backend.adapters.ledger import SqlLedger
from support.backend import Backend
from support.errors import assert_canonical_error
from support.races import at_once, post
from support.world import TTL

OTHER: Final = "suggestion_other"
SETTLED: Final = 100.0
"""Seconds after which what is measured is of the time after a change that went back."""


def two(backend: Backend) -> tuple[dict[str, Any], dict[str, Any]]:
    """One suggestion that runs, and another on the same primitive that waits for it."""
    backend.tick()
    first = backend.suggestion()
    backend.clock.at += 1
    record = backend.ledger.suggestion(first["id"]).suggestion
    backend.ledger.add_suggestion(replace(record, id=OTHER, to_value=90.0), backend.clock.at)
    applied = backend.move("apply", first).get_json()
    queued = backend.client.post(f"/suggestions/{OTHER}/apply", json={"revision": 1}).get_json()
    return applied, queued


def other(backend: Backend) -> dict[str, Any]:
    """The one that waits, in full."""
    detail: dict[str, Any] = backend.client.get(f"/suggestions/{OTHER}").get_json()
    return detail


def test_who_waits_is_told_when_who_and_why(backend: Backend) -> None:
    """In the suggestion, its history, the metric and the timeline."""
    _, queued = two(backend)

    why = "answers.ttl_seconds changes the same primitive, answers: their effects could not be told apart"
    assert (queued["status"], queued["revision"]) == ("queued", 2)
    assert queued["queue"] == {
        "at": backend.clock.at,
        "who": "local",
        "via": "loopback",
        "waits_for": "way",
        "why": why,
        "approved_by": [],
        "place": 1,
    }
    assert [(one["action"], one["before"], one["after"]) for one in queued["history"]] == [("queue", "open", "queued")]
    assert 'airuntime_queued_changes{service="shop",waits_for="way"} 1.0' in backend.client.get("/metrics").text


def test_it_starts_by_itself_when_the_way_is_free(backend: Backend) -> None:
    """Not while what is measured is still of the other's time; then once, in the name of who asked."""
    applied, _ = two(backend)
    backend.move("rollback", applied)

    backend.tick(10)
    waiting = other(backend)
    backend.tick(SETTLED)
    started = other(backend)
    backend.tick(10)

    assert waiting["status"] == "queued"
    assert (started["status"], started["queue"]) == ("applied", None)
    assert [one["action"] for one in started["history"]] == ["queue", "begin"]
    assert started["rollout"]["change"]["asked_by"] == "local"
    (experiment,) = backend.ledger.config("shop").experiments
    assert (experiment.tunable, experiment.rollout) == (TTL, started["rollout"]["id"])
    assert backend.ledger.tickets() == ()


def test_what_does_not_stand_any_more_is_let_go(backend: Backend) -> None:
    """When the other has ended, the value from which this one starts is gone."""
    applied, _ = two(backend)
    backend.world.obeyed[TTL] = [30.0]
    backend.tick(10)
    held = other(backend)
    backend.move("rollback", applied)

    backend.tick(SETTLED)

    found = other(backend)
    assert held["status"] == "queued"
    assert (found["status"], found["queue"]) == ("expired", None)
    assert (found["history"][-1]["who"], found["history"][-1]["before"]) == ("airuntime", "queued")
    assert found["history"][-1]["why"] == "answers.ttl_seconds is not 2 any more"
    assert len(backend.ledger.rollouts()) == 1


def test_who_waits_can_be_cancelled_and_asked_for_again(backend: Backend) -> None:
    """It is open again, and nothing starts by itself."""
    applied, queued = two(backend)

    cancelled = backend.move("cancel", queued, reason="not today").get_json()
    backend.move("rollback", applied)
    backend.tick(SETTLED)

    assert (cancelled["status"], cancelled["revision"], cancelled["queue"]) == ("open", 3, None)
    assert (cancelled["history"][-1]["action"], cancelled["history"][-1]["why"]) == ("cancel", "not today")
    assert other(backend)["status"] == "open"
    assert backend.move("apply", other(backend)).get_json()["status"] == "applied"


def test_only_who_waits_can_be_cancelled_or_approved(backend: Backend) -> None:
    """And only at the revision that was read."""
    applied, queued = two(backend)

    for verb in ("cancel", "approve"):
        open_or_running = assert_canonical_error(backend.move(verb, applied), 409, "conflict")
        stale = assert_canonical_error(backend.move(verb, {**queued, "revision": 1}), 409, "conflict")
        assert "is applied at revision 2, expected queued" in open_or_running["message"]
        assert "is queued at revision 2, expected queued at revision 1" in stale["message"]
    for verb in ("apply", "dismiss"):
        assert_canonical_error(backend.move(verb, queued), 409, "conflict")
    assert other(backend)["status"] == "queued"


def test_the_timeline_shows_the_wait_and_its_end(backend: Backend) -> None:
    """A track of its own state until it is cancelled."""
    _, queued = two(backend)
    backend.clock.at += 5
    backend.move("cancel", queued)

    span = {"from": 9_999_000, "to": 10_020_000}
    query = {"queries": [{"refId": "A", "type": "timeline"}], "range": span}
    (frame,) = backend.client.post("/api/query", json=query).get_json()["results"]["A"]["frames"]

    assert frame["data"]["values"][1] == ["applying", "queued", None, None]
    earlier = query | {"range": {"from": 9_000_000, "to": 9_001_000}}
    assert backend.client.post("/api/query", json=earlier).get_json()["results"]["A"]["frames"] == []


def test_of_many_who_overlap_one_starts(backend: Backend) -> None:
    """Two people in the same second on one primitive: one runs, the others wait; by no race do two run."""
    backend.tick()
    record = backend.ledger.suggestion(backend.suggestion()["id"]).suggestion
    tunable = step_of(record).tunable
    names = [f"suggestion_{index}" for index in range(6)]
    for index, name in enumerate(names):
        apart = replace(record, id=name, tunable=replace(tunable, description=str(index)))
        backend.ledger.add_suggestion(apart, backend.clock.at)

    answers = at_once(*[post(backend, f"/suggestions/{name}/apply", revision=1) for name in names])

    stands = [answer.get_json().get("status", answer.get_json()) for answer in answers]
    assert sorted(stands) == ["applied"] + ["queued"] * 5
    assert len(backend.ledger.rollouts()) == 1
    assert len(backend.ledger.tickets()) == 5


def test_the_queue_survives_a_restart(backend: Backend) -> None:
    """It is in the database."""
    two(backend)
    again = SqlLedger(str(backend.ledger.engine.url))

    assert again.tickets() == backend.ledger.tickets()
    assert [one.suggestion for one in again.tickets()] == [OTHER]
    again.close()


def test_who_waits_for_a_person_holds_up_nobody_else(backend: Backend) -> None:
    """A person may never come."""
    backend.tick()
    backend.queue("alice")
    record = backend.ledger.suggestion(backend.suggestion()["id"]).suggestion
    backend.ledger.add_suggestion(replace(record, id=OTHER), backend.clock.at)

    answer = backend.client.post(f"/suggestions/{OTHER}/apply", json={"revision": 1})

    assert answer.get_json()["status"] == "applied"


@pytest.mark.parametrize("down", [True, False])
def test_what_cannot_be_read_now_is_waited_for(backend: Backend, down: bool) -> None:  # noqa: FBT001 - a parameter
    """Prometheus is away when the way is free: the place is kept, and it starts when it is back."""
    applied, _ = two(backend)
    backend.move("rollback", applied)
    backend.world.down = down

    backend.tick(SETTLED)

    assert other(backend)["status"] == ("queued" if down else "applied")
    if down:
        assert "cannot be reached" in other(backend)["queue"]["why"]
