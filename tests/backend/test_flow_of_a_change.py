"""From a cold cache to a kept change, and back again: the whole way, without a network."""

from __future__ import annotations

from typing import Any

import pytest
from airuntime_backend.adapters.ledger import SqlLedger
from support.backend import Backend
from support.world import CACHE, COLD, TTL, WARM, manifest


def apply(backend: Backend, *, obey: bool = True, good: bool = True) -> dict[str, Any]:
    """Apply the suggestion of a cold cache; from then on the cache is as it turns out to be."""
    backend.tick()
    detail = backend.suggestion()
    applied_at = backend.clock.at
    answer = backend.move("apply", detail)
    assert answer.status_code == 200, answer.text
    after = WARM if good else {**COLD, "cache_hit_ratio": 0.05}
    backend.world.measures = lambda at: {CACHE: after if at > applied_at + 5 else COLD}
    if obey:
        backend.world.obeyed[TTL] = [detail["to_value"]]
    applied: dict[str, Any] = answer.get_json()
    return applied


def watch(backend: Backend) -> dict[str, Any]:
    """Let the change run until it is judged."""
    for _ in range(12):
        backend.tick(10)
    return backend.suggestion()


def test_a_cold_cache_becomes_a_suggestion_with_numbers_lines_and_a_claim(backend: Backend) -> None:
    """What a person reads before clicking."""
    backend.tick()

    detail = backend.suggestion()

    assert (detail["status"], detail["revision"], detail["rule"]) == ("open", 1, "cold_cache")
    assert (detail["tunable"], detail["from_value"], detail["to_value"]) == (TTL, 2.0, 60.0)
    assert detail["diff"] == f"- {TTL} = 2 s\n+ {TTL} = 60 s"
    assert detail["evidence"]["code"][0]["text"] == "def build():\n    return CachePrimitive()"
    measured = {signal["measure"]: signal for signal in detail["evidence"]["signals"]}
    assert measured["cache_expired_ratio"]["value"] == 0.6
    assert "airuntime_cache_evictions_total" in measured["cache_expired_ratio"]["query"]
    assert detail["expected"]["low"] > detail["expected"]["now"]


def test_the_same_finding_is_suggested_once(backend: Backend) -> None:
    """Each analysis finds it; one suggestion stands."""
    for _ in range(3):
        backend.tick(10)

    assert len(backend.client.get("/suggestions").get_json()["suggestions"]) == 1


def test_apply_writes_the_config_that_the_service_reads(backend: Backend) -> None:
    """The next poll gets the new value under a new ETag."""
    before = backend.client.get("/runtime/services/shop/config")
    detail = apply(backend)

    after = backend.client.get("/runtime/services/shop/config", headers={"If-None-Match": before.headers["ETag"]})

    assert before.get_json() == {"service": "shop", "generation": 0, "tunables": {}}
    assert after.status_code == 200
    assert after.get_json()["generation"] == 1
    assert after.get_json()["tunables"] == {TTL: {"value": 60.0, "rollout": detail["rollout"]["id"]}}
    assert (detail["status"], detail["rollout"]["phase"]) == ("applied", "applying")


def test_a_good_change_is_kept_with_its_effect_and_its_saving(backend: Backend) -> None:
    """Before and after are measured, and the verdict says so."""
    apply(backend)

    detail = watch(backend)

    assert (detail["status"], detail["rollout"]["phase"], detail["verdict"]["outcome"]) == ("kept", "kept", "confirmed")
    goal = detail["verdict"]["goal"]
    assert goal["measure"] == "cache_hit_ratio"
    assert (goal["before"], goal["after"]) == pytest.approx((0.2, 0.75), rel=0.05)
    assert goal["low"] > 0
    assert [entry["action"] for entry in detail["history"]] == ["begin", "observed", "confirmed"]
    assert {entry["who"] for entry in detail["history"]} == {"local", "airuntime"}


def test_a_harmful_change_goes_back_by_itself(backend: Backend) -> None:
    """The config is as it was before anybody clicked."""
    apply(backend, good=False)

    detail = watch(backend)

    assert (detail["status"], detail["verdict"]["outcome"]) == ("rolled_back", "refuted")
    config = backend.client.get("/runtime/services/shop/config").get_json()
    assert config == {"service": "shop", "generation": 2, "tunables": {}}


def test_a_person_takes_a_kept_change_back(backend: Backend) -> None:
    """Rolling back restores the old setting and says who asked and why."""
    apply(backend)
    kept = watch(backend)

    answer = backend.move("rollback", kept, reason="stale answers")

    assert answer.status_code == 200
    assert answer.get_json()["status"] == "rolled_back"
    assert answer.get_json()["saving"] is None
    assert answer.get_json()["history"][-1]["why"] == "stale answers"
    assert backend.client.get("/runtime/services/shop/config").get_json()["tunables"] == {}


def test_a_service_that_does_not_obey_makes_the_rollout_stuck_and_says_what_to_do(backend: Backend) -> None:
    """Stuck is loud, holds its tunable, and can be undone."""
    apply(backend, obey=False)

    backend.tick(100)
    detail = backend.suggestion()

    assert (detail["status"], detail["rollout"]["phase"]) == ("stuck", "stuck")
    assert "roll back" in detail["rollout"]["why"]
    assert backend.move("rollback", detail).get_json()["status"] == "rolled_back"


def test_a_service_that_refuses_its_config_is_quoted(backend: Backend) -> None:
    """The rollout says why in the service's own words, and a metric tells until the service obeys again."""
    apply(backend, obey=False)
    refusing = manifest() | {"version": "2", "refused": f"{TTL} must be from 1 to 30 (unit s), got 60"}
    assert backend.client.put("/runtime/services/shop/manifest", json=refusing).status_code == 200

    backend.tick(100)

    why = backend.suggestion()["rollout"]["why"]
    assert f"it refuses its config ({TTL} must be from 1 to 30 (unit s), got 60); roll back" in why
    assert 'airuntime_config_refused{service="shop"} 1.0' in backend.client.get("/metrics").text
    backend.client.put("/runtime/services/shop/manifest", json=manifest() | {"version": "3"})
    assert 'airuntime_config_refused{service="shop"} 0.0' in backend.client.get("/metrics").text


def test_a_service_that_obeys_late_is_watched_after_all(backend: Backend) -> None:
    """Stuck is no end."""
    apply(backend, obey=False)
    backend.tick(100)
    backend.world.obeyed[TTL] = [60.0]

    backend.tick(10)

    assert backend.suggestion()["rollout"]["phase"] == "watching"


def test_replicas_that_disagree_are_not_called_obedient(backend: Backend) -> None:
    """One of two is not all."""
    apply(backend, obey=False)
    backend.world.obeyed[TTL] = [2.0, 60.0]

    backend.tick(10)

    assert backend.suggestion()["rollout"]["phase"] == "applying"


def test_lost_sight_waits_and_then_goes_back(backend: Backend) -> None:
    """Without numbers nothing is kept."""
    apply(backend)
    backend.tick(10)
    backend.world.down = True
    backend.tick(100)
    assert backend.suggestion()["status"] == "applied"

    backend.tick(200)

    detail = backend.suggestion()
    assert (detail["status"], detail["verdict"]) == ("rolled_back", None)
    assert "Prometheus" in detail["rollout"]["why"]


def test_a_suggestion_whose_cause_is_gone_expires(backend: Backend) -> None:
    """Nobody is asked to mend what is well."""
    backend.tick()
    backend.world.measures = lambda _: {CACHE: WARM}

    backend.tick(10)

    assert backend.suggestion()["status"] == "expired"


def test_a_dismissed_suggestion_stays_away(backend: Backend) -> None:
    """The same ground is not brought up again."""
    backend.tick()
    dismissed = backend.move("dismiss", backend.suggestion(), reason="answers must be fresh").get_json()

    backend.tick(10)

    assert dismissed["status"] == "dismissed"
    assert len(backend.client.get("/suggestions").get_json()["suggestions"]) == 1


def test_when_prometheus_is_down_the_analysis_says_so(backend: Backend) -> None:
    """Why nothing is always answered."""
    backend.world.down = True

    answer = backend.client.post("/analyze").get_json()

    assert answer["suggested"] == []
    assert "cannot be reached" in answer["why_nothing"]


def test_the_ledger_survives_a_restart(backend: Backend) -> None:
    """A second backend on the same database goes on where the first stopped."""
    detail = apply(backend)
    again = SqlLedger(str(backend.ledger.engine.url))

    (rollout,) = again.rollouts()
    assert (rollout.id, rollout.phase) == (detail["rollout"]["id"], "applying")
    again.close()
