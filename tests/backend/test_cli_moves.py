"""``airuntime apply``, ``approve``, ``cancel``, ``dismiss``, ``rollback`` and ``policy`` against a running backend."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from support.backend import TOKEN_SETTINGS, TOKENS, Backend, as_person, client_of, shop
from support.commands import run, told
from support.environment import clean
from support.web import answering

BOB: Final = {"AIRUNTIME_OPERATOR_TOKEN": "bobs-own-token"}
CAROL: Final = {"AIRUNTIME_OPERATOR_TOKEN": "carols-own-token"}
VIEWER: Final = {"AIRUNTIME_VIEWER_TOKEN": TOKENS["viewer"]}
OTHER: Final = "suggestion_other"
SECRETS: Final = ("bobs-own-token", "carols-own-token", *TOKENS.values())


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """The policy of the backend, which says nothing at first."""
    path = tmp_path / "policy.yaml"
    path.write_text("{}\n", encoding="utf-8")
    return path


@pytest.fixture
def backend(tmp_path: Path, policy_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """A backend with one suggestion and two operators known by name; the command knows where it is."""
    tokens = "bob=bobs-own-token,carol=carols-own-token"
    with (
        shop(tmp_path, policy_file=policy_file, operator_tokens=tokens, **TOKEN_SETTINGS) as backend,
        answering(backend.app) as url,
    ):
        backend.client = client_of(backend, "operator")
        backend.tick()
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        yield backend


@pytest.fixture
def one(backend: Backend) -> str:
    """The id of the open suggestion."""
    return str(backend.suggestion()["id"])


def another(backend: Backend) -> str:
    """A second suggestion, on the same primitive."""
    backend.clock.at += 1
    record = backend.ledger.suggestion(backend.suggestion()["id"]).suggestion
    backend.ledger.add_suggestion(replace(record, id=OTHER, to_value=90.0), backend.clock.at)
    return OTHER


def test_apply_starts_the_change_and_names_the_next_commands(backend: Backend, one: str) -> None:
    """In the name of whoever has the token."""
    done = run("apply", one, "--yes", **BOB)

    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "Applied.",
        "answers.ttl_seconds: 2 to 60 s, at a share of 0.1 of the calls: apply: " + backend.suggestion()["title"],
        f"Watch it: airuntime watch {one}; take it back: airuntime rollback {one}",
    ]
    assert backend.suggestion()["rollout"]["change"]["asked_by"] == "bob"


def test_a_second_apply_says_so_and_changes_nothing(backend: Backend, one: str) -> None:
    """For people and for programs, exit code 0."""
    first = told("apply", one, "--yes", **BOB)
    again = told("apply", one, "--yes", **CAROL)
    words = run("apply", one, "--yes", **CAROL)

    assert (first["did"], first["suggestion"]["status"]) == ("applied", "applied")
    assert (again["did"], again["suggestion"]) == ("nothing", first["suggestion"])
    assert words.stdout.splitlines()[0] == "Nothing to do, it is applied already."
    assert [entry["action"] for entry in backend.suggestion()["history"]] == ["begin"]


def test_without_a_terminal_apply_wants_yes(backend: Backend, one: str) -> None:
    """It says so and does nothing."""
    done = run("apply", one, **BOB)

    assert done.exit_code == 2
    assert "give --yes" in done.output
    assert backend.suggestion()["status"] == "open"


@pytest.mark.parametrize(("answer", "code", "status"), [("y", 0, "applied"), ("n", 1, "open")])
def test_on_a_terminal_apply_shows_the_change_and_asks(
    backend: Backend, one: str, answer: str, code: int, status: str
) -> None:
    """On the standard error; nothing is done but by a yes."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    env = clean(AIRUNTIME_BACKEND_URL=os.environ["AIRUNTIME_BACKEND_URL"], **BOB)
    command = [sys.executable, "-m", "airuntime_backend.cli", "apply", one, "--json"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=env, stdin=theirs, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        os.close(ours)
        os.close(theirs)

    assert done.returncode == code, done.stderr
    assert "answers.ttl_seconds: 2 to 60 s" in done.stderr
    assert "Apply it? [y/N]" in done.stderr
    assert ('"did": "applied"' in done.stdout) is (answer == "y")
    assert backend.suggestion()["status"] == status


def test_what_is_in_the_way_is_waited_for_and_can_be_cancelled(backend: Backend, one: str) -> None:
    """The queue is told with place and reason; cancelled it is open, and a second cancel says so."""
    other = another(backend)
    assert told("apply", one, "--yes", **BOB)["did"] == "applied"

    queued = run("apply", other, "--yes", **BOB)
    again = run("apply", other, "--yes", **BOB)
    cancelled = run("cancel", other, "--reason", "not today", **CAROL)
    twice = told("cancel", other, **CAROL)

    assert queued.stdout.splitlines()[0] == "Queued."
    assert "It waits, place 1, and starts by itself: answers.ttl_seconds changes the same primitive" in queued.stdout
    assert f"airuntime cancel {other}" in queued.stdout
    assert again.stdout.startswith("Nothing to do, it is queued already.")
    assert cancelled.stdout.splitlines()[0] == "Cancelled."
    assert f"airuntime apply {other}" in cancelled.stdout
    assert (twice["did"], twice["suggestion"]["status"]) == ("nothing", "open")
    history = backend.client.get(f"/suggestions/{other}").get_json()["history"]
    assert [(entry["action"], entry["who"], entry["why"]) for entry in history][-1] == ("cancel", "carol", "not today")


def test_a_second_person_approves(backend: Backend, one: str, policy_file: Path) -> None:
    """Who asked cannot, and is told which token can."""
    policy_file.write_text("second_person: {risks: [low, medium, high]}\n", encoding="utf-8")

    asked = told("apply", one, "--yes", **BOB)
    words = run("apply", one, "--yes", **BOB)
    own = run("approve", one, **BOB)
    approved = run("approve", one, "--reason", "read it", **CAROL)
    twice = run("approve", one, **CAROL)

    assert asked["did"] == "awaiting approval"
    assert "It awaits approval: somebody else than bob must approve it" in words.stdout
    assert f"airuntime approve {one}" in words.stdout
    assert own.exit_code == 1
    assert "bob asked for it: somebody else must approve" in own.output
    assert "set AIRUNTIME_OPERATOR_TOKEN to one that may" in own.output
    assert approved.stdout.splitlines()[0] == "Approved."
    assert "at a share of 0.1 of the calls" in approved.stdout
    assert twice.stdout.startswith("Nothing to do, it is applied already.")
    assert backend.suggestion()["status"] == "applied"


def test_rollback_restores_the_old_value_once(backend: Backend, one: str) -> None:
    """With the reason in the audit trail; a second one says so."""
    assert told("apply", one, "--yes", **BOB)["did"] == "applied"

    done = run("rollback", one, "--reason", "looks odd", **CAROL)
    again = told("rollback", one, **CAROL)

    assert done.stdout.splitlines() == ["Rolled back.", "The service is told the old value again: looks odd"]
    assert (again["did"], again["suggestion"]["status"]) == ("nothing", "rolled_back")
    assert backend.suggestion()["rollout"]["phase"] == "rolled_back"
    gone = run("apply", one, "--yes", **BOB)
    assert gone.exit_code == 1
    assert "airuntime suggestions list --status open" in gone.output


def test_dismiss_wants_a_reason_and_keeps_it(backend: Backend, one: str) -> None:
    """A second one says so."""
    bare = run("dismiss", one, **BOB)
    done = run("dismiss", one, "--reason", "we know", **BOB)

    assert bare.exit_code == 2
    assert "--reason" in bare.output
    assert done.stdout.splitlines()[:2] == ["Dismissed.", "It is dismissed: we know"]
    assert told("dismiss", one, "--reason", "again", **BOB)["did"] == "nothing"
    assert backend.suggestion()["history"][-1]["why"] == "we know"


def test_what_cannot_be_done_now_is_told_with_what_can(backend: Backend, one: str) -> None:
    """In the backend's words, with the command that helps."""
    open_one = {verb: run(verb, one, **BOB) for verb in ("rollback", "approve")}
    assert told("apply", one, "--yes", **BOB)["did"] == "applied"
    running = {verb: run(*verb, one, **BOB) for verb in (("cancel",), ("dismiss", "--reason", "x"))}

    for done in open_one.values():
        assert done.exit_code == 1
        assert f"'airuntime apply {one}' applies it" in done.output
    for done in running.values():
        assert done.exit_code == 1
        assert "is applied at revision 2" in done.output
        assert f"'airuntime rollback {one}' takes it back" in done.output
    assert backend.suggestion()["status"] == "applied"


def read_late(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next read of a suggestion tell what it is now, whatever happens until then."""
    real = backend.app.view_functions["suggestions.get_suggestion"]
    answers = iter([backend.suggestion()])

    def read(id: str) -> Any:  # noqa: A002 - the route's word
        return next(answers, None) or real(id=id)

    monkeypatch.setitem(backend.app.view_functions, "suggestions.get_suggestion", read)


def test_two_who_apply_at_once_both_learn_that_it_runs(
    backend: Backend, one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What moved between reading and asking is read again."""
    read_late(backend, monkeypatch)
    assert as_person(backend, "alice").post(f"/suggestions/{one}/apply", json={"revision": 1}).status_code == 200

    done = told("apply", one, "--yes", **BOB)

    assert (done["did"], done["suggestion"]["status"]) == ("nothing", "applied")


def test_a_rollback_is_meant_whatever_has_moved_since(
    backend: Backend, one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollout that goes on between reading and asking does not keep the old value away."""
    read_late(backend, monkeypatch)
    assert as_person(backend, "alice").post(f"/suggestions/{one}/apply", json={"revision": 1}).status_code == 200

    done = told("rollback", one, **BOB)

    assert (done["did"], done["suggestion"]["status"]) == ("rolled back", "rolled_back")


def test_what_the_policy_forbids_leads_to_the_policy(backend: Backend, one: str, policy_file: Path) -> None:
    """It is no matter of the token."""
    policy_file.write_text("services: [bakery]\n", encoding="utf-8")
    beyond = run("apply", one, "--yes", **BOB)
    policy_file.write_text("freeze: [{name: always, from: 00:00, to: 24:00}]\n", encoding="utf-8")
    frozen = run("apply", one, "--yes", **BOB)

    for done in (beyond, frozen):
        assert done.exit_code == 1
        assert "'airuntime policy' shows what is in force" in done.output
        assert "token" not in done.output
    assert "shop is none of bakery" in beyond.output
    assert backend.suggestion()["status"] == "open"


@pytest.mark.parametrize(
    "command", [("apply", "--yes"), ("rollback",), ("approve",), ("cancel",), ("dismiss", "--reason=x")]
)
def test_who_may_only_read_changes_nothing(backend: Backend, one: str, command: tuple[str, ...]) -> None:
    """The variable to set is named; no token is ever printed."""
    if command in (("cancel",), ("approve",)):
        backend.queue()
    before = backend.suggestion()
    none = run(*command, one, **VIEWER)
    viewer = run(*command, one, AIRUNTIME_OPERATOR_TOKEN=TOKENS["viewer"])
    nobody = run(*command, "nope", **BOB)

    assert (none.exit_code, viewer.exit_code, nobody.exit_code) == (1, 1, 1)
    assert "set AIRUNTIME_OPERATOR_TOKEN to one of its own" in none.output
    assert "this needs the role operator): set AIRUNTIME_OPERATOR_TOKEN" in viewer.output
    assert "there is no suggestion 'nope'" in nobody.output
    assert not [secret for secret in SECRETS if secret in none.output + viewer.output + nobody.output]
    assert backend.suggestion() == before


def test_every_command_explains_itself() -> None:
    """Also what it exits with, where that tells the outcome."""
    for command in ("apply", "approve", "cancel", "dismiss", "policy", "rollback", "watch"):
        done = run(command, "--help")
        assert done.exit_code == 0
        assert "--json" in done.stdout
    for words in ("0    kept", "3    rolled back", "4    stuck", "5    not ended within --timeout"):
        assert words in run("watch", "--help").stdout


def test_the_policy_is_shown_for_people(backend: Backend, policy_file: Path) -> None:
    """What limits, what freezes now, and how far each rule may go; for programs as the API has it."""
    policy_file.write_text(
        "services: [shop]\nchanges_per_day: 5\nblast_radius: {calls: 0.2}\nsecond_person: {risks: [high]}\n"
        "freeze: [{name: always, from: 00:00, to: 24:00, reason: stock-taking}]\n"
        "autonomy: {rules: {cold_cache: auto}}\n",
        encoding="utf-8",
    )
    done = run("policy", **VIEWER)

    assert done.exit_code == 0, done.output
    lines = {" ".join(one.split()) for one in done.stdout.splitlines()}
    assert f"policy {policy_file}" in lines
    assert "services shop" in lines
    assert "rules all" in lines
    assert "changes a day 5, 0 today" in lines
    assert "blast radius at most 0.2 of the calls, any share of the spend" in lines
    assert "second person for risk high; services: all" in lines
    assert any(one.startswith("frozen now yes, always, no end in sight: ") for one in lines), lines
    assert any(one.startswith("cold_cache apply-with-approval auto is not earned yet: 0 of") for one in lines)
    assert told("policy", **VIEWER) == backend.client.get("/policy").get_json()


def test_no_policy_is_told_with_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that nothing is limited."""
    with shop(tmp_path) as backend, answering(backend.app) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        done = run("policy")

    assert "none: whatever an operator asks for is tried (AIRUNTIME_POLICY_FILE names one)" in done.stdout
    assert "frozen now     no" in done.stdout
