"""``airuntime patch``: try the code patch of a suggestion, watch it, show it, take it back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.api.services import EXTENSION
from airuntime_backend.patch_ports import BrokenError, RefusedError
from support.backend import TOKEN_SETTINGS, TOKENS
from support.commands import run, told
from support.shopfloor import Floor, engine
from support.web import answering
from support.yard import Yard, yard

BOB: Final = {"AIRUNTIME_OPERATOR_TOKEN": "bobs-own-token"}
CAROL: Final = {"AIRUNTIME_OPERATOR_TOKEN": "carols-own-token"}
VIEWER: Final = {"AIRUNTIME_VIEWER_TOKEN": TOKENS["viewer"]}
TITLE: Final = "Let 3 branches of lookups run side by side instead of 1"


class Working:
    """The app of a yard, whose worker does one pass with every look at a suggestion."""

    def __init__(self, here: Yard, pass_: Callable[[], None]) -> None:
        self._here, self._pass = here, pass_

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Let the worker do its pass, then answer."""
        if environ["REQUEST_METHOD"] == "GET":
            self._here.clock.at += 1
            self._pass()
        answer: Iterable[bytes] = self._here.app(environ, start)
        return answer


@contextmanager
def served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, floor: Floor | None = None, **more: Any
) -> Iterator[tuple[Yard, Floor]]:
    """A backend that answers on loopback, its engine of patches before fakes, two operators known by name."""
    floor, tokens = floor or Floor(), "bob=bobs-own-token,carol=carols-own-token"
    monkeypatch.setattr(sys.modules["airuntime_backend.cli.patch"], "_POLL_SECONDS", 0.01)
    with yard(tmp_path, operator_tokens=tokens, **TOKEN_SETTINGS, **more) as here:
        services = here.app.extensions[EXTENSION]
        patching = engine(here, floor, services.policies)
        here.app.extensions[EXTENSION] = replace(services, patching=patching)
        with answering(Working(here, patching.work)) as url:
            monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
            yield here, floor


def test_a_patch_is_tried_and_watched_until_it_is_a_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its id alone; each step is told, then the page with the branches."""
    with served(tmp_path, monkeypatch) as (here, floor):
        done = run("patch", here.suggestion.id, **BOB)

        assert done.exit_code == 0, done.output
        lines = done.stdout.splitlines()
        assert lines[0] == "planned    asked by bob"
        assert lines[1].startswith("branched   bench went from")
        assert lines[2:4] == [TITLE, "patch by rule serial_stage"]
        assert "-LOOKUPS" in done.stdout
        assert "  check: ended well, 1.0 s" in lines
        assert lines[-1] == "  branch airuntime/s, to take it back airuntime/revert-s"
        assert floor.did == ["prepare", "check", "bench", "publish"]
        assert here.record().asked_by == "bob"


def test_programs_get_the_patch_as_json_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of what was tried and of what is shown; without waiting it is as it was asked for."""
    with served(tmp_path, monkeypatch, Floor(forged=True)) as (here, _):
        asked = told("patch", "try", here.suggestion.id, "--no-wait", **BOB)
        shown = told("patch", "show", here.suggestion.id, **VIEWER)

        assert (asked["author"], asked["run"]["phase"]) == ("rule serial_stage", "planned")
        assert (shown["run"]["phase"], shown["run"]["url"]) == ("proposed", "https://forge.example/1")
        assert "https://forge.example/1" in run("patch", "show", here.suggestion.id, **VIEWER).stdout


@pytest.mark.parametrize(
    ("error", "phase"),
    [(RefusedError("the check ended with exit code 3"), "refused"), (BrokenError("no git"), "failed")],
)
def test_a_patch_that_does_not_do_is_exit_code_1_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, phase: str
) -> None:
    """For people, and for programs as JSON."""
    with served(tmp_path, monkeypatch, Floor(fails={"check": error})) as (here, _):
        done = run("patch", here.suggestion.id, **BOB)
        again = run("patch", here.suggestion.id, "--json", **BOB)

        assert (done.exit_code, again.exit_code) == (1, 1)
        assert f"{phase}: {error}" in done.stdout
        assert (json.loads(again.stdout)["run"]["phase"], json.loads(again.stdout)["run"]["why"]) == (phase, str(error))


def test_before_it_is_asked_for_the_patch_is_shown_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A viewer may read it."""
    with served(tmp_path, monkeypatch) as (here, floor):
        done = run("patch", "show", here.suggestion.id, **VIEWER)

        assert done.exit_code == 0, done.output
        assert done.stdout.splitlines()[-1] == f"Try it: airuntime patch {here.suggestion.id}"
        assert floor.did == []


def test_a_suggestion_without_a_patch_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown, it is told; tried or taken back, it is refused."""
    with served(tmp_path, monkeypatch, diff=None) as (here, _):
        one = here.suggestion.id
        shown, tried, undone = (
            run("patch", "show", one, **VIEWER),
            run("patch", one, **BOB),
            run("patch", "revert", one, **BOB),
        )

        assert shown.stdout.splitlines() == [TITLE, "It offers no patch of the code."]
        assert (tried.exit_code, "offers no patch of the code" in tried.output) == (1, True)
        assert (undone.exit_code, "has no patch that was asked for" in undone.output) == (1, True)


def test_a_patch_is_taken_back_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The branches go, the reason stays in the audit trail; a second time there is nothing to take back."""
    with served(tmp_path, monkeypatch) as (here, floor):
        run("patch", here.suggestion.id, **BOB)
        done = run("patch", "revert", here.suggestion.id, "--reason", "not before the fair", **CAROL)
        again = run("patch", "revert", here.suggestion.id, "--json", **CAROL)

        assert done.exit_code == 0, done.output
        assert "reverted: not before the fair" in done.stdout
        assert floor.branches == set()
        last = here.ledger.audit(here.suggestion.id)[-1]
        assert (last.who, last.why) == ("carol", "not before the fair")
        assert (again.exit_code, "undo is refused" in again.output) == (1, True)


def test_reverting_what_was_never_asked_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The patch on offer is not one that runs."""
    with served(tmp_path, monkeypatch) as (here, _):
        done = run("patch", "revert", here.suggestion.id, **BOB)

        assert (done.exit_code, "has no patch that was asked for" in done.output) == (1, True)


def test_a_second_person_approves_with_the_same_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked is told what it waits for and cannot approve it; who approves sees it through."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("second_person: {risks: [low, medium, high]}\n", encoding="utf-8")
    with served(tmp_path, monkeypatch, policy_file=policy) as (here, floor):
        one = here.suggestion.id
        asked, again, approved = run("patch", one, **BOB), run("patch", one, **BOB), run("patch", one, **CAROL)

        assert asked.exit_code == 0, asked.output
        assert "waiting    somebody else than bob must approve it (policy.second_person)" in asked.stdout
        assert asked.stdout.splitlines()[-1] == f"Approve it, with a token of your own: airuntime patch {one}"
        assert (again.exit_code, "bob asked for it" in again.output) == (1, True)
        assert approved.exit_code == 0, approved.output
        assert "planned    asked by bob, approved by carol" in approved.stdout
        assert "publish" in floor.did


@pytest.mark.parametrize("words", [("patch",), ("patch", "try"), ("patch", "revert"), ("patch", "show")])
def test_without_a_suggestion_the_command_says_how_it_is_used(words: tuple[str, ...]) -> None:
    """Nothing is asked of a backend."""
    done = run(*words, AIRUNTIME_BACKEND_URL="http://127.0.0.1:1")

    assert done.exit_code == 2
    assert "Usage: " in done.output


def test_the_policys_refusal_is_told_in_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that may is not told to be wrong, and no secret is shown."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("services: [bakery]\n", encoding="utf-8")
    with served(tmp_path, monkeypatch, policy_file=policy) as (here, _):
        done = run("patch", here.suggestion.id, **BOB)

        assert done.exit_code == 1
        assert "the policy refuses it (services): shop is none of bakery" in done.output
        assert "bobs-own-token" not in done.output


@pytest.mark.parametrize("verb", ["try", "revert"])
def test_a_viewer_may_neither_try_nor_revert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """The variable that it needs is named."""
    with served(tmp_path, monkeypatch) as (here, floor):
        run("patch", here.suggestion.id, "--no-wait", **(BOB if verb == "revert" else VIEWER))
        done = run("patch", verb, here.suggestion.id, AIRUNTIME_OPERATOR_TOKEN=TOKENS["viewer"])

        assert done.exit_code == 1
        assert "AIRUNTIME_OPERATOR_TOKEN" in done.output
        assert {entry.who for entry in here.ledger.audit()} <= {"bob", "airuntime"}
        assert "withdraw" not in floor.did
