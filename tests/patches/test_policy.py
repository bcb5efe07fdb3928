"""The policy before code patches: what it refuses at Apply it refuses here, in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import pytest
from airuntime_backend.adapters.ledger import SqlPatches
from airuntime_backend.adapters.policy_file import PolicyFile
from airuntime_backend.api.auth import ENVIRON_IDENTITY
from airuntime_backend.api.identity import Identity
from airuntime_backend.app import services_of
from airuntime_backend.errors import BackendError, TurnedError
from flask.testing import FlaskClient
from support.errors import assert_canonical_error
from support.shopfloor import EVE, Floor, engine
from support.yard import Yard, yard

DAY: Final = 86_400.0
FREEZE: Final = "freeze:\n  - {name: fair, days: [thu], reason: the fair}\n"
"""The day on which the clock of a yard begins."""
PAIR: Final = "second_person: {risks: [low, medium, high]}\n"
NOT_NOW: Final = (409, "not_now")
BEYOND: Final = (403, "beyond_policy")
ONE_A_DAY: Final = "changes_per_day: 1\n"


@contextmanager
def under(tmp_path: Path, policy: str) -> Iterator[Yard]:
    """A yard under a policy."""
    path = tmp_path / "policy.yaml"
    path.write_text(policy, encoding="utf-8")
    with yard(tmp_path, policy_file=path) as here:
        yield here


def named(here: Yard, name: str) -> FlaskClient:
    """A client whose user Grafana has named."""
    client: FlaskClient = here.app.test_client()
    cast("dict[str, Any]", client.environ_base)[ENVIRON_IDENTITY] = Identity(name, "operator", "grafana")
    return client


def ask(here: Yard, who: str, revision: int = 1) -> Any:
    """Ask for the patch as somebody who is known by name."""
    return named(here, who).post(f"/suggestions/{here.suggestion.id}/patch", json={"revision": revision})


def actions(here: Yard) -> list[tuple[str, str, str]]:
    """What was done, by whom, and where it led."""
    return [(one.action, one.who, one.after) for one in here.ledger.audit(here.suggestion.id)]


@pytest.mark.parametrize(
    ("policy", "answer", "rule", "why"),
    [
        (FREEZE, NOT_NOW, "freeze.fair", "the fair; it is allowed from 1970-01-02"),
        ("services: [bakery]\n", BEYOND, "services", "shop is none of bakery"),
        ("rules: [retry_*]\n", BEYOND, "rules", "serial_stage is none of retry_*"),
        ("changes_per_day: 0\n", NOT_NOW, "changes_per_day", "0 of at most 0 changes were begun today"),
        (
            "blast_radius: {calls: 0.5}\n", NOT_NOW, "blast_radius.calls",
            "it is not measured which share of all calls it reaches",
        ),
    ],
)  # fmt: skip
def test_what_the_policy_forbids_is_refused_before_anything_is_planned(
    tmp_path: Path, policy: str, answer: tuple[int, str], rule: str, why: str
) -> None:
    """The rule is named, and from when on it is allowed where that is known."""
    with under(tmp_path, policy) as here:
        error = assert_canonical_error(ask(here, "alice"), *answer)

        assert error["field"] == f"policy.{rule}"
        assert why in error["message"]
        assert (here.patch()["run"], actions(here)) == (None, [])


def test_a_policy_that_cannot_be_read_lets_nothing_begin(tmp_path: Path) -> None:
    """Nobody knows what it would say."""
    with under(tmp_path, "{}") as here:
        (tmp_path / "policy.yaml").write_text("freeze: yes please\n", encoding="utf-8")
        assert_canonical_error(ask(here, "alice"), 503, "policy_unreadable")
        assert here.patch()["run"] is None


def test_a_patch_counts_as_a_change_of_its_day(tmp_path: Path) -> None:
    """The second is refused until tomorrow; one that was cancelled was begun all the same."""
    with under(tmp_path, ONE_A_DAY) as here:
        assert ask(here, "alice").status_code == 200
        assert here.client.get("/policy").get_json()["limits"]["changes_today"] == 1
        here.ask("patch/revert")
        error = assert_canonical_error(ask(here, "alice"), 409, "not_now")

        assert "1 of at most 1 changes were begun today" in error["message"]
        here.clock.at += DAY
        assert ask(here, "alice").status_code == 200


def test_what_one_asks_for_another_approves(tmp_path: Path) -> None:
    """Until then the worker does nothing; both are in the audit trail."""
    with under(tmp_path, PAIR) as here:
        waiting = ask(here, "alice").get_json()["patch"]["run"]
        here.work()

        assert (waiting["phase"], waiting["why"]) == (
            "waiting", "somebody else than alice must approve it (policy.second_person)"
        )  # fmt: skip
        assert here.patch()["run"]["phase"] == "waiting"
        approved = ask(here, "bob").get_json()["patch"]["run"]
        assert (approved["phase"], approved["why"]) == ("planned", "asked by alice, approved by bob")
        assert (approved["asked_by"], actions(here)) == (
            "alice", [("patch", "alice", "waiting"), ("patch_approve", "bob", "planned")]
        )  # fmt: skip


@pytest.mark.parametrize("again", ["alice", "Alice"])
def test_nobody_approves_what_they_asked_for(tmp_path: Path, again: str) -> None:
    """Not in other letters either."""
    with under(tmp_path, PAIR) as here:
        ask(here, "alice")

        assert "asked for it" in assert_canonical_error(ask(here, again), 403, "forbidden")["message"]
        assert here.patch()["run"]["phase"] == "waiting"


def test_who_may_be_anybody_is_no_person(tmp_path: Path) -> None:
    """Neither to ask nor to approve."""
    with under(tmp_path, PAIR) as here:
        error = assert_canonical_error(here.ask(), 403, "beyond_policy")
        assert (error["field"], "may be anybody" in error["message"]) == ("policy.second_person", True)
        ask(here, "alice")

        assert "may be anybody" in assert_canonical_error(here.ask(), 403, "forbidden")["message"]


def test_an_approval_is_of_what_was_read_and_of_the_policy_of_now(tmp_path: Path) -> None:
    """A stale revision is refused, and so is an approval in a freeze; a patch that waits can be cancelled."""
    with under(tmp_path, PAIR) as here:
        ask(here, "alice")
        assert_canonical_error(ask(here, "bob", 7), 409, "conflict")
        (tmp_path / "policy.yaml").write_text(PAIR + FREEZE, encoding="utf-8")
        assert_canonical_error(ask(here, "bob"), 409, "not_now")

        assert here.ask("patch/revert").get_json()["patch"]["run"]["phase"] == "reverted"


def test_a_patch_that_waits_is_no_change_of_the_day_until_it_is_approved(tmp_path: Path) -> None:
    """What may never be tried uses nothing up."""
    with under(tmp_path, PAIR + ONE_A_DAY) as here:
        ask(here, "alice")
        assert here.client.get("/policy").get_json()["limits"]["changes_today"] == 0
        ask(here, "bob")

        assert here.client.get("/policy").get_json()["limits"]["changes_today"] == 1


def test_a_pull_request_is_not_asked_for_again_in_a_freeze(tmp_path: Path) -> None:
    """The branch stands; the daily limit is not used up by going on."""
    path = tmp_path / "policy.yaml"
    path.write_text(ONE_A_DAY, encoding="utf-8")
    with yard(tmp_path) as here:
        floor = Floor(forged=True)
        patching = engine(here, floor, PolicyFile(path, ("serial_stage",)))
        patching.ask(here.suggestion.id, 1, EVE)
        floor.fails["propose"] = ValueError("down")
        patching.work()
        path.write_text(FREEZE, encoding="utf-8")
        here.clock.at += 1
        with pytest.raises(BackendError, match=r"freeze\.fair"):
            patching.ask(here.suggestion.id, 1, EVE)
        path.write_text(ONE_A_DAY, encoding="utf-8")
        here.clock.at += 1
        floor.fails.clear()
        patching.ask(here.suggestion.id, 1, EVE)
        patching.work()

        assert here.record().phase == "proposed"


def test_a_change_waits_while_a_merged_patch_is_compared_with_the_time_before(tmp_path: Path) -> None:
    """On the same primitive nobody could tell the two effects apart; once the patch is judged the way is free."""
    with yard(tmp_path) as here:
        floor = Floor()
        patching = engine(here, floor)
        patching.ask(here.suggestion.id, 1, EVE)
        patching.work()
        floor.has["abcdef0"] = True
        here.deployed("abcdef0")
        patching.work()
        here.ledger.add_suggestion(replace(here.suggestion, id="suggestion_other"), here.clock.now())
        record = here.ledger.suggestion("suggestion_other")
        guard = services_of(here.app).changes._guard

        assert here.record().phase == "watching"
        wait = guard.admit(record, EVE, here.clock.now())
        assert wait is not None
        assert wait.why == (
            "lookups.max_concurrency changes the same primitive, lookups: their effects could not be told apart"
        )
        here.world.down = True
        here.clock.at += 1_000
        patching.work()
        assert here.record().phase == "failed"
        assert guard.admit(record, EVE, here.clock.now()) is None


def test_two_patches_are_not_begun_by_one_look_at_the_policy(tmp_path: Path) -> None:
    """What was read before another began is read again: at most one a day stays at most one."""
    with under(tmp_path, ONE_A_DAY) as here:
        other = replace(here.suggestion, id="suggestion_other")
        here.ledger.add_suggestion(other, here.clock.now())
        patches, turn = SqlPatches(here.ledger.engine), here.ledger.turn()
        assert ask(here, "alice").status_code == 200
        run, entry = here.record(), here.ledger.audit(here.suggestion.id)[0]
        late = replace(run, id="patch_late", suggestion=other.id)
        with pytest.raises(TurnedError):
            patches.add_patch(late, 1, replace(entry, subject=other.id), turn)

        answer = named(here, "bob").post(f"/suggestions/{other.id}/patch", json={"revision": 1})
        assert_canonical_error(answer, 409, "not_now")
        assert services_of(here.app).patching.latest(other.id) is None
