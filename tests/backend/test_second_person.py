"""A second person: four eyes on a change, and not twice the same two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.ports import AuditEntry
from flask.testing import FlaskClient
from support.backend import TOKEN_SETTINGS, Backend, as_person, client_of, shop
from support.errors import assert_canonical_error

POLICY: Final = "second_person: {risks: [low, medium, high]}\n"
NAMED: Final = {"bob": "bobs-own-token", "carol": "carols-own-token"}


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """A backend whose policy wants a second person, with one open suggestion."""
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, encoding="utf-8")
    tokens = ",".join(f"{name}={token}" for name, token in NAMED.items())
    with shop(tmp_path, policy_file=path, operator_tokens=tokens, **TOKEN_SETTINGS) as backend:
        backend.client = client_of(backend, "operator")
        backend.tick()
        yield backend


def ask(client: FlaskClient, verb: str, detail: dict[str, Any]) -> Any:
    """Ask for a move of the suggestion at the revision that was read."""
    return client.post(f"/suggestions/{detail['id']}/{verb}", json={"revision": detail["revision"]})


def with_token(backend: Backend, name: str) -> FlaskClient:
    """A client with the token of an operator who is known by name."""
    client: FlaskClient = backend.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {NAMED[name]}"
    return client


def test_what_one_asks_for_another_approves(backend: Backend) -> None:
    """Both are in the audit trail by name; the change starts with the approval and not before."""
    queued = ask(as_person(backend, "alice"), "apply", backend.suggestion()).get_json()
    backend.tick(60)
    waiting = backend.suggestion()

    started = ask(with_token(backend, "bob"), "approve", queued).get_json()

    assert (queued["status"], queued["queue"]["waits_for"]) == ("queued", "person")
    assert queued["queue"]["why"] == "somebody else than alice must approve it (policy.second_person)"
    assert (waiting["status"], waiting["rollout"]) == ("queued", None)
    assert started["status"] == "applied"
    acted = [(one["action"], one["who"], one["via"]) for one in started["history"]]
    assert acted == [("queue", "alice", "grafana"), ("approve", "bob", "token"), ("begin", "alice", "grafana")]
    assert started["rollout"]["change"]["asked_by"] == "alice"


def test_to_apply_what_another_has_applied_is_to_approve_it(backend: Backend) -> None:
    """For who has read that it waits; the first one stays the one who asked."""
    queued = ask(as_person(backend, "alice"), "apply", backend.suggestion()).get_json()

    started = ask(with_token(backend, "bob"), "apply", queued).get_json()

    assert started["status"] == "applied"
    acted = [(one["action"], one["who"], one["why"]) for one in started["history"]]
    assert acted[1] == ("approve", "bob", "applied it too")
    assert (acted[2][0], started["rollout"]["change"]["asked_by"]) == ("begin", "alice")


def test_who_has_not_read_that_it_waits_approves_nothing(backend: Backend) -> None:
    """At the revision before, by the one who asked, or with a token that many have."""
    before = backend.suggestion()
    queued = ask(as_person(backend, "alice"), "apply", before).get_json()

    stale = assert_canonical_error(ask(with_token(backend, "bob"), "apply", before), 409, "conflict")
    same = assert_canonical_error(ask(as_person(backend, "Alice"), "apply", queued), 409, "conflict")
    anybody = assert_canonical_error(ask(backend.client, "apply", queued), 403, "forbidden")

    assert stale["message"] == (
        "alice has applied it, and it is queued at revision 2: read it again: somebody else than alice must approve it "
        f"(policy.second_person); 'airuntime approve {queued['id']}' approves it"
    )
    assert same["message"] == stale["message"].replace(" at revision 2: read it again", "")
    assert "AIRUNTIME_OPERATOR_TOKENS" in anybody["message"]
    assert [one["action"] for one in backend.suggestion()["history"]] == ["queue"]


@pytest.mark.parametrize("again", ["alice", "Alice"])
def test_nobody_approves_what_he_asked_for(backend: Backend, again: str) -> None:
    """Neither under another spelling: logins of Grafana do not differ by case."""
    queued = ask(as_person(backend, "alice"), "apply", backend.suggestion()).get_json()

    error = assert_canonical_error(ask(as_person(backend, again), "approve", queued), 403, "forbidden")

    assert error["message"] == f"{again} asked for it: somebody else must approve"
    assert [one["action"] for one in backend.suggestion()["history"]] == ["queue"]


def test_a_token_that_many_have_is_no_person(backend: Backend) -> None:
    """Neither to ask nor to approve: who is behind it may be the same."""
    asked = assert_canonical_error(ask(backend.client, "apply", backend.suggestion()), 403, "beyond_policy")
    queued = ask(with_token(backend, "carol"), "apply", backend.suggestion()).get_json()
    approved = assert_canonical_error(ask(backend.client, "approve", queued), 403, "forbidden")

    assert "'operator token' may be anybody" in asked["message"]
    assert "AIRUNTIME_OPERATOR_TOKENS" in approved["message"]
    assert backend.suggestion()["status"] == "queued"


def test_an_approval_holds_for_the_one_asking(backend: Backend) -> None:
    """Cancelled and asked for again it has to be approved again."""
    queued = ask(as_person(backend, "alice"), "apply", backend.suggestion()).get_json()
    backend.ledger.note(backend.ledger.suggestion(queued["id"]), _approval(backend, queued["id"]))
    reopened = ask(as_person(backend, "alice"), "cancel", queued).get_json()

    again = ask(as_person(backend, "alice"), "apply", reopened).get_json()

    assert (again["status"], again["queue"]["approved_by"]) == ("queued", [])


def _approval(backend: Backend, suggestion: str) -> AuditEntry:
    return AuditEntry(backend.clock.at, "bob", "token", "approve", suggestion, "queued", "queued", "approved")


def test_the_policy_may_stop_wanting_one(backend: Backend, tmp_path: Path) -> None:
    """What waits for nobody starts."""
    ask(as_person(backend, "alice"), "apply", backend.suggestion())
    (tmp_path / "policy.yaml").write_text("second_person: {risks: [high]}\n", encoding="utf-8")

    backend.tick(10)

    assert backend.suggestion()["status"] == "applied"


def test_what_the_policy_comes_to_forbid_waits_no_more(backend: Backend, tmp_path: Path) -> None:
    """It is open again, and says why."""
    ask(as_person(backend, "alice"), "apply", backend.suggestion())
    (tmp_path / "policy.yaml").write_text("services: [bakery]\n", encoding="utf-8")

    backend.tick(10)

    found = backend.suggestion()
    assert (found["status"], found["queue"]) == ("open", None)
    assert found["history"][-1]["why"] == "the policy refuses it (services): shop is none of bakery"


def test_an_approved_change_waits_for_the_end_of_a_freeze(backend: Backend, tmp_path: Path) -> None:
    """It says from when on it may start, and then does, by itself."""
    queued = ask(as_person(backend, "alice"), "apply", backend.suggestion()).get_json()
    frozen = "freeze: [{name: morning, from: 02:00, to: 03:00}]\n"
    (tmp_path / "policy.yaml").write_text(POLICY + frozen, encoding="utf-8")

    approved = ask(with_token(backend, "bob"), "approve", queued).get_json()
    backend.tick(3 * 3600 - backend.clock.at)

    assert (approved["status"], approved["queue"]["waits_for"]) == ("queued", "time")
    assert "it is allowed from 1970-01-01T03:00+00:00" in approved["queue"]["why"]
    assert approved["queue"]["approved_by"] == ["bob"]
    assert backend.suggestion()["status"] == "applied"


def test_a_change_of_low_risk_needs_one_person_where_the_policy_says_so(backend: Backend, tmp_path: Path) -> None:
    """Risks that are not named are one person's to decide, whoever it is."""
    (tmp_path / "policy.yaml").write_text("second_person: {risks: [medium, high]}\n", encoding="utf-8")

    assert ask(backend.client, "apply", backend.suggestion()).get_json()["status"] == "applied"


@pytest.mark.parametrize("given", ["bob", "bob=", "=token", "b b=token", "bob=a,bob=b"])
def test_a_wrong_list_of_tokens_is_told_without_them(given: str, tmp_path: Path) -> None:
    """The variable, and what was expected."""
    with (
        pytest.raises(ValueError, match=r"AIRUNTIME_OPERATOR_TOKENS|operator_tokens") as caught,
        shop(tmp_path, operator_tokens=given),
    ):
        pass

    assert "expected name=value" in str(caught.value) or "bob is given twice" in str(caught.value)
