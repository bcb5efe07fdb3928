"""From a cold cache to a kept change, and back again: the whole way, without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.adapters.ledger import SqlLedger, bodies
from airuntime_backend.adapters.ledger.models import RolloutRow, ServiceRow
from airuntime_backend.adapters.ledger.services import write_setting
from rolling.scraped import Scraped
from sqlalchemy import update
from support.backend import Backend, shop
from support.fleet import HARMFUL, OLD, Fleet, FleetWorld
from support.world import CACHE, COLD, P95, P99, TTL, WARM, manifest

CONFIG: Final = "/runtime/services/shop/config"


def apply(fleet: Fleet) -> dict[str, Any]:
    """Apply the suggestion of a cold cache, once the replicas were scraped."""
    fleet.step()
    fleet.backend.tick()
    answer = fleet.backend.move("apply", fleet.backend.suggestion())
    assert answer.status_code == 200, answer.text
    applied: dict[str, Any] = answer.get_json()
    return applied


def measuring(cache: dict[str, float]) -> Callable[[float], dict[Subject, dict[str, float]]]:
    """A world in which the cache is like this at any time."""
    return lambda _: {CACHE: cache}


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


def test_apply_writes_an_experiment_that_the_service_reads(fleet: Fleet) -> None:
    """The next poll gets the candidate at a small share under a new ETag; the setting stays as it was."""
    backend = fleet.backend
    before = backend.client.get(CONFIG)
    detail = apply(fleet)

    after = backend.client.get(CONFIG, headers={"If-None-Match": before.headers["ETag"]})

    assert before.get_json() == {"service": "shop", "generation": 0, "tunables": {}, "experiments": {}}
    assert after.status_code == 200
    assert (after.get_json()["generation"], after.get_json()["tunables"]) == (1, {})
    experiment = {
        "rollout": detail["rollout"]["id"],
        "candidate": 60.0,
        "share": 0.1,
        "mode": "call",
        "block_seconds": 20.0,
        "settle_seconds": 5.0,
        "slow_seconds": {"p95": P95, "p99": P99},
    }
    assert after.get_json()["experiments"] == {TTL: experiment}
    assert backend.client.get(CONFIG, headers={"If-None-Match": after.headers["ETag"]}).status_code == 304
    assert (detail["status"], detail["rollout"]["phase"], detail["rollout"]["share"]) == ("applied", "applying", 0.1)


def test_a_good_change_grows_and_is_kept_with_its_effect_and_its_saving(fleet: Fleet) -> None:
    """Both arms ran beside each other, and the verdict has the numbers of both."""
    apply(fleet)

    fleet.until("kept", "rolled_back", "stuck")

    detail = fleet.backend.suggestion()
    assert (detail["status"], detail["rollout"]["phase"], detail["verdict"]["outcome"]) == ("kept", "kept", "confirmed")
    goal = detail["verdict"]["goal"]
    assert goal["measure"] == "cache_hit_ratio"
    assert (goal["before"], goal["after"]) == pytest.approx((0.2, 0.75), abs=0.05)
    assert goal["low"] > 0
    assert detail["prediction"]["held"] == "kept"
    assert [entry["action"] for entry in detail["history"]] == ["begin", "observed", "grown", "confirmed"]
    assert {entry["who"] for entry in detail["history"]} == {"local", "airuntime"}
    config = fleet.backend.client.get(CONFIG).get_json()
    assert config["tunables"] == {TTL: {"value": 60.0, "rollout": detail["rollout"]["id"]}}
    assert config["experiments"] == {}


def test_what_is_kept_runs_on_every_replica(fleet: Fleet) -> None:
    """It is read back, not assumed."""
    apply(fleet)
    fleet.until("kept")
    fleet.step()
    fleet.step()

    look = fleet.backend.suggestion()["rollout"]["look"]
    assert look["replicas"]["obeying"] == ["shop/shop-0", "shop/shop-1"]
    assert [one.value for one in fleet.replicas] == [60.0, 60.0]


def test_a_harmful_change_goes_back_by_itself(fleet: Fleet) -> None:
    """The config is as it was before anybody clicked, at the first share already, and all replicas obey it."""
    fleet.behaviours["candidate"] = HARMFUL
    apply(fleet)

    fleet.until("rolled_back")
    fleet.step()

    detail = fleet.backend.suggestion()
    assert (detail["status"], detail["verdict"]["outcome"]) == ("rolled_back", "refuted")
    assert "error_ratio rose" in detail["rollout"]["why"]
    config = fleet.backend.client.get(CONFIG).get_json()
    assert (config["tunables"], config["experiments"]) == ({}, {})
    assert [one.experiment for one in fleet.replicas] == [None, None]


def test_a_change_whose_calls_hang_goes_back_by_itself(fleet: Fleet) -> None:
    """Arms count calls at their end: that none comes to it is harm, long before the deadline."""
    one: dict[str, Any] = manifest() | {"version": "2"}
    one["tunables"] = [tunable | {"scope": "call"} for tunable in one["tunables"]]
    assert fleet.backend.client.put("/runtime/services/shop/manifest", json=one).status_code == 200
    fleet.behaviours["candidate"] = lambda *_: {}
    apply(fleet)
    began = fleet.backend.clock.at

    fleet.until("rolled_back")

    detail = fleet.backend.suggestion()
    assert (detail["verdict"]["outcome"], detail["rollout"]["why"]) == ("refuted", detail["verdict"]["reason"])
    told = "100% of the calls dealt to the candidate have not ended: they hang, or few keys make most calls"
    assert detail["rollout"]["why"] == told
    assert fleet.backend.clock.at - began <= 120


def test_a_change_that_does_nothing_goes_back_undecided(fleet: Fleet) -> None:
    """Too little to tell by the deadline is no reason to keep it."""
    fleet.behaviours["candidate"] = OLD
    apply(fleet)

    fleet.until("rolled_back")

    detail = fleet.backend.suggestion()
    assert detail["verdict"]["outcome"] == "inconclusive"
    assert detail["rollout"]["why"].startswith("no verdict within 600 s")


def test_a_kept_change_leaves_some_calls_on_the_old_value(tmp_path: Path) -> None:
    """With a holdout the experiment goes on, dealt the other way round, and nothing is suggested on its old value."""
    scraped = Scraped()
    with shop(tmp_path, FleetWorld(scraped), holdout_share=0.05) as backend:
        fleet = Fleet(backend, scraped)
        apply(fleet)
        fleet.until("kept")
        kept = backend.suggestion()
        config = backend.client.get(CONFIG).get_json()
        fleet.step()
        backend.tick(1)

        assert kept["rollout"]["share"] == 0.95
        assert (config["tunables"], config["experiments"][TTL]["share"]) == ({}, 0.95)
        assert {one.experiment.share for one in fleet.replicas if one.experiment} == {0.95}
        assert len(backend.client.get("/suggestions").get_json()["suggestions"]) == 1
        assert backend.suggestion()["rollout"]["look"]["replicas"]["obeying"] == ["shop/shop-0", "shop/shop-1"]
        assert backend.move("rollback", backend.suggestion()).get_json()["status"] == "rolled_back"
        assert backend.client.get(CONFIG).get_json()["experiments"] == {}


def test_a_holdout_ends_when_it_is_switched_off(tmp_path: Path) -> None:
    """All calls get the new value then, and the audit says why."""
    scraped = Scraped()
    with shop(tmp_path, FleetWorld(scraped), holdout_share=0.05) as backend:
        fleet = Fleet(backend, scraped)
        apply(fleet)
        fleet.until("kept")
    again = FleetWorld(scraped)
    with shop(tmp_path, again, holdout_share=0.0) as backend:
        fleet.backend, backend.clock.at = backend, fleet.backend.clock.at
        fleet.step()
        fleet.step()

        detail = backend.suggestion()
        assert (detail["rollout"]["phase"], detail["rollout"]["share"]) == ("kept", 1.0)
        assert detail["history"][-1]["why"] == "holdouts are switched off"
        assert [one.value for one in fleet.replicas] == [60.0, 60.0]


def test_a_person_takes_a_kept_change_back(fleet: Fleet) -> None:
    """Rolling back restores the old setting and says who asked and why."""
    apply(fleet)
    fleet.until("kept")

    answer = fleet.backend.move("rollback", fleet.backend.suggestion(), reason="stale answers")

    assert answer.status_code == 200
    assert answer.get_json()["status"] == "rolled_back"
    assert answer.get_json()["saving"] is None
    assert answer.get_json()["history"][-1]["why"] == "stale answers"
    assert fleet.backend.client.get(CONFIG).get_json()["tunables"] == {}


def test_a_service_that_does_not_obey_makes_the_rollout_stuck_and_says_what_to_do(fleet: Fleet) -> None:
    """Stuck is loud, holds its tunable, and can be undone."""
    for one in fleet.replicas:
        one.polls = False
    apply(fleet)

    assert fleet.until("stuck", "watching") == "stuck"

    detail = fleet.backend.suggestion()
    assert detail["status"] == "stuck"
    assert "roll back" in detail["rollout"]["why"]
    assert detail["rollout"]["look"]["replicas"]["behind"] == ["shop/shop-0", "shop/shop-1"]
    assert 'phase="stuck",rollout="' in fleet.backend.client.get("/metrics").text.replace("} 1.0", "")
    assert fleet.backend.move("rollback", detail).get_json()["status"] == "rolled_back"


def test_a_service_that_refuses_its_config_is_quoted(fleet: Fleet) -> None:
    """The rollout says why in the service's own words, and a metric tells until the service obeys again."""
    backend = fleet.backend
    for one in fleet.replicas:
        one.polls = False
    apply(fleet)
    refusing = manifest() | {"version": "2", "refused": f"{TTL} must be from 1 to 30 (unit s), got 60"}
    assert backend.client.put("/runtime/services/shop/manifest", json=refusing).status_code == 200

    fleet.until("stuck")

    why = backend.suggestion()["rollout"]["why"]
    assert f"it refuses its config ({TTL} must be from 1 to 30 (unit s), got 60); roll back" in why
    assert 'airuntime_config_refused{service="shop"} 1.0' in backend.client.get("/metrics").text
    backend.client.put("/runtime/services/shop/manifest", json=manifest() | {"version": "3"})
    assert 'airuntime_config_refused{service="shop"} 0.0' in backend.client.get("/metrics").text


def test_a_service_that_obeys_late_is_watched_after_all(fleet: Fleet) -> None:
    """Stuck is no end."""
    for one in fleet.replicas:
        one.polls = False
    apply(fleet)
    fleet.until("stuck")
    fleet.replicas[0].polls = True

    fleet.step()

    assert fleet.phase == "watching"


def test_replicas_that_disagree_are_waited_for_and_then_counted(fleet: Fleet) -> None:
    """One of two is not all; but the one that deals calls is a fair comparison, and the other is shown."""
    fleet.replicas[0].polls = False
    apply(fleet)
    fleet.step(10)
    assert fleet.phase == "applying"

    fleet.until("watching")

    assert "1 of 2 replicas obey; behind: shop/shop-0" in fleet.backend.suggestion()["rollout"]["why"]
    found = fleet.backend.client.get("/metrics").text
    assert 'state="behind"} 1.0' in found
    assert 'state="obeying"} 1.0' in found


def test_replicas_that_come_go_restart_and_stop_polling_are_counted(fleet: Fleet) -> None:
    """While the change is watched, each is told apart."""
    apply(fleet)
    fleet.until("watching")
    fleet.step()
    fleet.replicas += [fleet.replica("shop-2"), fleet.replica("shop-3")]
    fleet.replicas[0].restart()
    fleet.replicas[1].alive = False
    fleet.step()
    fleet.replicas[3].polls = False
    fleet.wait(lambda: fleet.backend.ledger.rollouts()[-1].share == 0.5)
    fleet.step()

    seen = fleet.backend.suggestion()["rollout"]["look"]["replicas"]
    assert seen == {
        "obeying": ["shop/shop-0", "shop/shop-2"],
        "lagging": ["shop/shop-3"],
        "behind": [],
        "gone": ["shop/shop-1"],
        "joined": ["shop/shop-2", "shop/shop-3"],
        "restarted": ["shop/shop-0"],
        "outdated": [],
    }


def test_a_replica_that_missed_a_later_config_is_told_by_its_generation(fleet: Fleet) -> None:
    """It deals the right share still; that it has stopped polling is seen as soon as the service is told anything."""
    apply(fleet)
    fleet.until("watching")
    fleet.replicas[1].polls = False
    with fleet.backend.ledger._session.begin() as session:
        session.execute(update(ServiceRow).values(generation=ServiceRow.generation + 1))
    fleet.step()

    seen = fleet.backend.suggestion()["rollout"]["look"]["replicas"]
    assert seen["obeying"] == ["shop/shop-0", "shop/shop-1"]
    assert seen["outdated"] == ["shop/shop-1"]
    assert 'state="outdated"} 1.0' in fleet.backend.client.get("/metrics").text


def test_what_no_replica_is_seen_to_deal_is_not_kept(fleet: Fleet) -> None:
    """All have stopped polling at the first share: by their numbers it is good, and still it goes back."""
    apply(fleet)
    fleet.until("watching")
    for one in fleet.replicas:
        one.polls = False

    assert fleet.until("kept", "rolled_back") == "rolled_back"
    detail = fleet.backend.suggestion()
    assert [entry["action"] for entry in detail["history"]] == ["begin", "observed", "grown", "held", "error"]
    assert "no replica deals it the share of 0.5 (0 of 2 replicas obey; lagging: " in detail["rollout"]["why"]


def test_a_share_grows_once_replicas_are_seen_to_deal_it(fleet: Fleet) -> None:
    """One that came and is not yet told is waited for, but not for ever."""
    apply(fleet)
    fleet.until("watching")
    fleet.replicas.append(fleet.replica("shop-2"))
    fleet.replicas[2].polls = False

    waiting = "it is waited for replicas to deal the share of 0.1"
    fleet.wait(lambda: fleet.backend.suggestion()["rollout"]["look"]["note"] == waiting)

    assert fleet.until("kept", "rolled_back") == "kept"


def test_replicas_that_do_not_go_back_are_counted_and_told(fleet: Fleet, caplog: pytest.LogCaptureFixture) -> None:
    """For an hour after the end, with what a person must do; then nobody looks any more."""
    apply(fleet)
    fleet.until("watching")
    fleet.replicas[1].polls = False
    fleet.backend.move("rollback", fleet.backend.suggestion())
    for _ in range(20):
        fleet.step()

    late = 'phase="rolled_back"', 'state="lagging"} 1.0'
    assert all(one in fleet.backend.client.get("/metrics").text for one in late)
    told = [one.message for one in caplog.records if one.levelname == "ERROR"]
    assert len(told) == 1
    assert "is rolled_back, and 1 of 2 replicas obey; lagging: shop/shop-1: restart those that do not" in told[0]
    fleet.backend.clock.at += 3600
    assert 'state="lagging"' not in fleet.backend.client.get("/metrics").text


@pytest.mark.parametrize("lost", ["prometheus", "traffic", "replicas"])
def test_lost_evidence_stops_the_growth_and_then_takes_the_change_back(fleet: Fleet, lost: str) -> None:
    """Without numbers nothing is kept, and both are said, with why."""
    apply(fleet)
    fleet.until("watching")
    fleet.step()
    fleet.step()
    _lose(fleet, lost)

    fleet.wait(lambda: fleet.backend.ledger.rollouts()[-1].held)
    held = fleet.backend.suggestion()["rollout"]
    fleet.until("rolled_back")

    detail = fleet.backend.suggestion()
    assert (held["phase"], held["share"]) == ("watching", 0.1)
    assert held["why"].startswith("the share stays at 0.1: ")
    assert [entry["action"] for entry in detail["history"]] == ["begin", "observed", "held", "error"]
    told = {"prometheus": "cannot be reached", "traffic": "no call of either arm", "replicas": "no replica reports"}
    assert told[lost] in detail["rollout"]["why"]
    assert detail["verdict"] is None


def test_evidence_that_comes_back_lets_the_change_go_on(fleet: Fleet) -> None:
    """A short outage costs time, and nothing else."""
    apply(fleet)
    fleet.until("watching")
    fleet.step()
    _lose(fleet, "prometheus")
    fleet.wait(lambda: fleet.backend.ledger.rollouts()[-1].held)
    fleet.backend.world.down = False

    assert fleet.until("kept", "rolled_back") == "kept"
    actions = [entry["action"] for entry in fleet.backend.suggestion()["history"]]
    assert actions == ["begin", "observed", "held", "resumed", "grown", "confirmed"]


def _lose(fleet: Fleet, what: str) -> None:
    if what == "prometheus":
        fleet.backend.world.down = True
    elif what == "traffic":
        fleet.rate = 0.0
    else:
        for one in fleet.replicas:
            one.alive = False


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_a_clock_that_jumps_decides_nothing(fleet: Fleet, jump: float) -> None:
    """Neither a deadline that seems to have passed nor a time before the start moves the rollout."""
    apply(fleet)
    fleet.until("watching")
    fleet.step()
    clock, before = fleet.backend.clock, fleet.backend.ledger.rollouts()[-1]
    clock.steadily = clock.at

    clock.at += jump
    fleet.backend.verify()

    after = fleet.backend.ledger.rollouts()[-1]
    assert (after.phase, after.held) == ("watching", None)
    assert after.since >= before.since


def test_a_rollout_of_the_older_kind_goes_back(fleet: Fleet) -> None:
    """It wrote its value for all calls and has no control: its inverse is applied, and it says what to do."""
    apply(fleet)
    ledger = fleet.backend.ledger
    (rollout,) = ledger.rollouts()
    older = replace(rollout, dealing=None)
    with ledger._session.begin() as session:
        write_setting(session, older.change.forward, older.id)
        session.execute(update(RolloutRow).values(body=bodies.dump(older)))

    fleet.step()

    detail = fleet.backend.suggestion()
    assert detail["status"] == "rolled_back"
    assert "apply it again" in detail["rollout"]["why"]
    assert fleet.backend.client.get(CONFIG).get_json()["tunables"] == {}


def test_a_suggestion_whose_cause_is_gone_expires(backend: Backend) -> None:
    """Nobody is asked to mend what has been well for as long as a window."""
    backend.tick()
    backend.world.measures = lambda _: {CACHE: WARM}

    backend.tick(10)
    early = backend.suggestion()["status"]
    backend.tick(60)

    assert (early, backend.suggestion()["status"]) == ("open", "expired")


def test_a_suggestion_does_not_come_and_go_with_a_number_beside_its_limit(backend: Backend) -> None:
    """What is well in every other pass is one suggestion, and not one after the other."""
    for turn in range(8):
        backend.world.measures = measuring(WARM if turn % 2 else COLD)
        backend.tick(40)

    told = backend.client.get("/suggestions").get_json()["suggestions"]
    assert [one["status"] for one in told] == ["open"]


def test_a_dismissed_suggestion_stays_away(backend: Backend) -> None:
    """The same ground is not brought up again."""
    backend.tick()
    dismissed = backend.move("dismiss", backend.suggestion(), reason="answers must be fresh").get_json()

    backend.tick(10)

    assert dismissed["status"] == "dismissed"
    assert len(backend.client.get("/suggestions").get_json()["suggestions"]) == 1


def test_a_dismissed_suggestion_comes_back_when_its_ground_grew(backend: Backend) -> None:
    """More than half as much again, or much more in all, is another ground."""
    backend.tick()
    backend.move("dismiss", backend.suggestion(), reason="answers must be fresh")
    backend.world.measures = lambda _: {CACHE: COLD | {"cache_expired_ratio": 0.95}}

    backend.tick(10)

    assert backend.suggestion()["status"] == "open"
    assert len(backend.client.get("/suggestions").get_json()["suggestions"]) == 2


def test_when_prometheus_is_down_the_analysis_says_so(backend: Backend) -> None:
    """Why nothing is always answered."""
    backend.world.down = True

    answer = backend.client.post("/analyze").get_json()

    assert answer["suggested"] == []
    assert "cannot be reached" in answer["why_nothing"]


def test_the_ledger_survives_a_restart(fleet: Fleet) -> None:
    """A second backend on the same database goes on where the first stopped."""
    detail = apply(fleet)
    again = SqlLedger(str(fleet.backend.ledger.engine.url))

    (rollout,) = again.rollouts()
    assert (rollout.id, rollout.phase) == (detail["rollout"]["id"], "applying")
    again.close()
