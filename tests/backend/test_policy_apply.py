"""The policy at Apply: what it refuses, with the rule that refuses and when it would be allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.engine.radius import radius
from airuntime_backend.ports import Series
from support.backend import Backend, as_person, shop
from support.errors import assert_canonical_error
from support.world import CACHE, COLD, World

NOON: Final = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
"""A Tuesday."""

Under = Callable[..., AbstractContextManager[Backend]]


@pytest.fixture
def under(tmp_path: Path) -> Under:
    """A backend under a policy, at noon, with one open suggestion."""

    @contextmanager
    def ready(policy: str, **more: Any) -> Iterator[Backend]:
        path = tmp_path / "policy.yaml"
        path.write_text(policy, encoding="utf-8")
        with shop(tmp_path, policy_file=path, **more) as backend:
            backend.clock.at = NOON
            backend.tick()
            yield backend

    return ready


FREEZE: Final = """
time_zone: Europe/Berlin
freeze:
  - {name: tuesday, days: [tue], reason: the day of the fair}
"""


def test_a_freeze_says_until_when_and_why(under: Under) -> None:
    """Nothing is begun in it, and at its end the same click is taken."""
    with under(FREEZE) as backend:
        error = assert_canonical_error(backend.move("apply", backend.suggestion()), 409, "not_now")

        assert error["message"] == (
            "the policy refuses it (freeze.tuesday): nothing is changed on tue (Europe/Berlin): the day of the fair; "
            "it is allowed from 2026-11-25T00:00+01:00"
        )
        assert (error["field"], error["expected"]) == ("policy.freeze.tuesday", "2026-11-25T00:00+01:00")
        assert (backend.suggestion()["status"], backend.ledger.rollouts()) == ("open", ())
        backend.clock.at = NOON + 12 * 3600
        assert backend.move("apply", backend.suggestion()).get_json()["status"] == "applied"


@pytest.mark.parametrize(
    ("policy", "rule", "why"),
    [
        ("services: [bakery-*]", "services", "shop is none of bakery-*"),
        ("rules: [retry_*]", "rules", "cold_cache is none of retry_*"),
    ],
)
def test_what_no_time_mends_is_forbidden(under: Under, policy: str, rule: str, why: str) -> None:
    """403, with the rule of the policy."""
    with under(policy) as backend:
        error = assert_canonical_error(backend.move("apply", backend.suggestion()), 403, "beyond_policy")

        assert (error["message"], error["field"]) == (f"the policy refuses it ({rule}): {why}", f"policy.{rule}")
        assert (backend.suggestion()["status"], backend.ledger.rollouts()) == ("open", ())


def test_a_day_has_so_many_changes_and_the_next_has_as_many_again(under: Under) -> None:
    """They are counted by the audit trail, whatever became of them, in the policy's time zone."""
    with under("time_zone: Europe/Berlin\nchanges_per_day: 1\n", blocks=6) as backend:
        first = backend.suggestion()
        backend.move("rollback", backend.move("apply", first).get_json())
        backend.clock.at += 600
        again = replace(backend.ledger.suggestion(first["id"]).suggestion, id="suggestion_again")
        backend.ledger.add_suggestion(again, backend.clock.at)

        error = assert_canonical_error(backend.move("apply", backend.suggestion()), 409, "not_now")

        assert backend.client.get("/policy").get_json()["limits"]["changes_today"] == 1
        assert error["message"].startswith("the policy refuses it (changes_per_day): 1 of at most 1 changes were begun")
        assert error["expected"] == "2026-11-25T00:00+01:00"
        backend.clock.at = NOON + 12 * 3600
        assert backend.move("apply", backend.suggestion()).get_json()["status"] == "applied"


def _spending() -> World:
    busy = {**COLD, "calls_per_second": 8.0}
    world = World(lambda _: {CACHE: busy, Subject("bakery", "ovens", "function"): busy})
    model = Series({"service": "shop", "primitive": "model", "kind": "llm"}, ((NOON, 6.0),))
    spend = promql.cost_usd_per_hour(promql.EVERYTHING, "60s", promql.BY_PRIMITIVE)
    world.tell(spend, model)
    return world


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("calls: 0.4", "blast_radius.calls): it reaches 50.0% of all calls, at most 40.0% are allowed"),
        ("calls: 0.6", ""),
        ("spend: 0.1", ""),
    ],
)
def test_what_reaches_too_far_is_forbidden(under: Under, policy: str, told: str) -> None:
    """The shop has half of all calls, and what it spends does not go through its cache."""
    with under(f"blast_radius: {{{policy}}}", world=_spending()) as backend:
        answer = backend.move("apply", backend.suggestion())

        if told:
            assert_canonical_error(answer, 403, "beyond_policy")
            assert told in answer.get_json()["error"]["message"]
        assert answer.status_code == (403 if told else 200)


A, B, MODEL, OTHER = (Subject("shop", name, "function") for name in ("a", "b", "model", "other"))


@pytest.mark.parametrize(
    ("subject", "calls", "spend"), [(A, 1.0, 1.0), (B, 0.5, 0.75), (MODEL, 1.0, 0.75), (OTHER, None, 0.25)]
)
def test_the_radius_of_a_primitive(subject: Subject, calls: float | None, spend: float) -> None:
    """Calls come in at a; a loop reaches no more than all of them; what is spent below is spent through it."""
    graph = {A: (B, OTHER), B: (MODEL,), MODEL: (), OTHER: ()}

    found = radius(subject, graph, {A: 10.0, B: 5.0, MODEL: 50.0}, {MODEL: 3.0, OTHER: 1.0})

    assert (found.calls, found.spend) == (calls, spend)


def test_a_radius_that_is_not_measured_is_not_taken_for_a_small_one(under: Under) -> None:
    """Nobody knows how far it reaches, so it waits until somebody does."""
    with under("blast_radius: {calls: 0.9}") as backend:
        backend.world.measures = lambda _: {}

        error = assert_canonical_error(backend.move("apply", backend.suggestion()), 409, "not_now")

        assert "it is not measured which share of all calls it reaches" in error["message"]


def test_a_policy_that_turns_bad_forbids_all_and_names_the_line(under: Under, tmp_path: Path) -> None:
    """Until it is mended; what is suggested is still told."""
    with under("changes_per_day: 9") as backend:
        (tmp_path / "policy.yaml").write_text("changes_per_day: many\n", encoding="utf-8")

        error = assert_canonical_error(backend.move("apply", backend.suggestion()), 503, "policy_unreadable")

        assert "policy.yaml:1: changes_per_day: " in error["message"]
        assert_canonical_error(backend.client.get("/policy"), 503, "policy_unreadable")
        backend.tick(10)
        assert backend.suggestion()["status"] == "open"


def test_viewers_may_read_the_policy_and_change_nothing(under: Under) -> None:
    """Apply, approve and cancel are operators'."""
    with under(FREEZE) as backend:
        viewer, detail = as_person(backend, "vera", "viewer"), backend.suggestion()

        told = viewer.get("/policy").get_json()
        for verb in ("apply", "approve", "cancel", "rollback"):
            answer = viewer.post(f"/suggestions/{detail['id']}/{verb}", json={"revision": 1})
            assert_canonical_error(answer, 403, "forbidden")

        assert told["frozen"] == {
            "name": "tuesday",
            "why": "nothing is changed on tue (Europe/Berlin): the day of the fair",
            "until": NOON + 12 * 3600,
        }
        assert told["file"].endswith("policy.yaml")
        assert told["limits"]["freeze"] == ["tuesday: nothing is changed on tue (Europe/Berlin): the day of the fair"]


def test_an_expired_suggestion_is_not_applied(under: Under) -> None:
    """Its ground is gone: the refusal says what it is now."""
    with under("{}") as backend:
        detail = backend.suggestion()
        backend.world.measures = lambda _: {CACHE: {**COLD, "cache_expired_ratio": 0.0, "cache_hit_ratio": 0.9}}
        backend.tick(10)
        backend.tick(60)

        error = assert_canonical_error(backend.move("apply", detail), 409, "conflict")

        assert "is expired at revision 2, expected open at revision 1" in error["message"]
