"""``airuntime apply``, ``approve``, ``cancel``, ``dismiss``, ``rollback``: ask for a move of a suggestion."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import click
from ai_runtime_intelligent.context7.text import line, plain

from .shared import AnsweredError, Backend, as_json, change_of, path_of, print_json, read_settings
from .standing import NEEDS_PERSON, next_steps
from .watch import Watch, how_long

_TRIES: Final = 3
_MOST: Final = 2_000
_POLICY: Final = frozenset({"beyond_policy", "not_now", "policy_unreadable"})


@dataclass(frozen=True)
class Verb:
    """A move: ``did`` tells it, in the states ``done`` it is done already.

    ``insists``: it is meant whatever happened since the suggestion was read.
    """

    name: str
    did: str
    done: frozenset[str]
    insists: bool = False


APPLY: Final = Verb("apply", "applied", frozenset({"queued", "applied", "stuck", "kept"}))
APPROVE: Final = Verb("approve", "approved", frozenset({"applied", "stuck", "kept"}))
CANCEL: Final = Verb("cancel", "cancelled", frozenset({"open"}))
DISMISS: Final = Verb("dismiss", "dismissed", frozenset({"dismissed"}))
ROLLBACK: Final = Verb("rollback", "rolled back", frozenset({"rolled_back"}), insists=True)

_why = click.option("--reason", default="", help="Why, for the audit trail.")


@click.command(short_help="Try the change of a suggestion on a share of the calls.")
@click.argument("suggestion")
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal to ask on.")
@click.option("--watch", "watching", is_flag=True, help="Go on with airuntime watch, and end with its exit code.")
@how_long
@as_json
def apply(*, suggestion: str, yes: bool, watching: bool, interval: float, timeout: float | None, as_json: bool) -> None:
    """Apply SUGGESTION: the change starts on a small share of the calls, or waits for its way or for an approval.

    It is shown and asked about first. What is applied already is left as it is, and told. The backend is asked with
    AIRUNTIME_OPERATOR_TOKEN.

    Exit codes: 0 applied or queued, now or before; 1 refused; with --watch those of airuntime watch.
    """
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: read 'airuntime suggestions show', then give --yes")
    backend = Backend(read_settings(), changes=True)
    told = backend.get(path_of(suggestion))
    if told["status"] == "open" and not yes:
        click.echo("\n".join(_question(told)), err=True)
        click.confirm("Apply it?", abort=True, err=True)
    told = _asked(backend, APPLY, told, "", _Told(as_json, on_one_line=watching))
    if watching:
        raise click.exceptions.Exit(Watch(backend, suggestion, interval, timeout, as_json=as_json).until_it_ends(told))


@click.command(short_help="Approve what somebody else applied.")
@click.argument("suggestion")
@_why
@as_json
def approve(*, suggestion: str, reason: str, as_json: bool) -> None:
    """Approve SUGGESTION, which somebody else applied; it starts when nothing else is in its way.

    AIRUNTIME_OPERATOR_TOKEN must be that of another person: one of the backend's AIRUNTIME_OPERATOR_TOKENS.
    """
    _move(APPROVE, suggestion, reason, as_json=as_json)


@click.command(short_help="Take a suggestion out of the queue.")
@click.argument("suggestion")
@_why
@as_json
def cancel(*, suggestion: str, reason: str, as_json: bool) -> None:
    """Take SUGGESTION out of the queue; it is open again. What runs already is taken back by rollback."""
    _move(CANCEL, suggestion, reason, as_json=as_json)


@click.command(short_help="Put a suggestion away until its ground changes.")
@click.argument("suggestion")
@click.option("--reason", required=True, help="Why, for the audit trail.")
@as_json
def dismiss(*, suggestion: str, reason: str, as_json: bool) -> None:
    """Put SUGGESTION away; it stays away until its ground changes."""
    _move(DISMISS, suggestion, reason, as_json=as_json)


@click.command(short_help="Restore the old value at once.")
@click.argument("suggestion")
@_why
@as_json
def rollback(*, suggestion: str, reason: str, as_json: bool) -> None:
    """Restore the old value of SUGGESTION, at once and without asking."""
    _move(ROLLBACK, suggestion, reason, as_json=as_json)


@dataclass(frozen=True)
class _Told:
    """How it is told what came of it."""

    as_json: bool
    on_one_line: bool = False


def _move(verb: Verb, suggestion: str, reason: str, *, as_json: bool) -> None:
    backend = Backend(read_settings(), changes=True)
    _asked(backend, verb, backend.get(path_of(suggestion)), reason, _Told(as_json))


def _asked(backend: Backend, verb: Verb, read: Mapping[str, Any], reason: str, how: _Told) -> Mapping[str, Any]:
    """Ask for the move, unless it is done already, and tell what came of it."""
    told = _post(backend, verb, read, reason)
    did = "nothing" if told is None else _did(verb, told)
    now = backend.get(path_of(read["id"])) if told is None else told
    if how.as_json:
        print_json({"did": did, "suggestion": now}, on_one_line=how.on_one_line)
    else:
        first = f"Nothing to do, it is {now['status']} already." if told is None else f"{did.capitalize()}."
        click.echo("\n".join((first, *next_steps(now))))
    return now


def _post(backend: Backend, verb: Verb, told: Mapping[str, Any], reason: str) -> dict[str, Any] | None:
    """The suggestion after the move, None when that was done already, maybe by somebody else meanwhile."""
    for tries in range(1, _TRIES + 1):
        if told["status"] in verb.done:
            return None
        body = {"revision": told["revision"], "reason": reason}
        try:
            answer: dict[str, Any] = backend.post(f"{path_of(told['id'])}/{verb.name}", body)
        except AnsweredError as error:
            again = backend.get(path_of(told["id"])) if error.status == HTTPStatus.CONFLICT else told
            moved_on = again["revision"] != told["revision"]
            if again["status"] not in verb.done and not (verb.insists and moved_on and tries < _TRIES):
                raise _helped(error, verb, again) from None
            told = again
        else:
            return answer
    return None


def _did(verb: Verb, told: Mapping[str, Any]) -> str:
    if verb is not APPLY or not told["queue"]:
        return verb.did
    return "awaiting approval" if told["queue"]["waits_for"] == NEEDS_PERSON else "queued"


def _helped(error: AnsweredError, verb: Verb, told: Mapping[str, Any]) -> click.ClickException:
    """The backend's own words and the command that helps instead, where there is one."""
    name, status = line(told["id"], 80), told["status"]
    if error.code in _POLICY:
        return click.ClickException(f"{error.message}; 'airuntime policy' shows what is in force")
    instead = {
        "queued": f"it waits: 'airuntime cancel {name}' lets it go",
        "applied": f"it runs: 'airuntime rollback {name}' takes it back",
        "stuck": f"it runs: 'airuntime rollback {name}' takes it back",
        "kept": f"it is kept: 'airuntime rollback {name}' takes it back",
        "open": "" if verb in (APPLY, DISMISS) else f"nothing runs or waits: 'airuntime apply {name}' applies it",
    }.get(status, "'airuntime suggestions list --status open' shows what stands")
    return click.ClickException(f"{error.message}{'; ' if instead else ''}{instead}")


def _question(told: Mapping[str, Any]) -> Iterator[str]:
    yield line(told["title"], _MOST)
    yield f"{line(told['service'], 200)} / {line(told['primitive'], 200)}, risk {told['risk']}"
    yield change_of(told)
    yield plain(told["claim"], _MOST)
