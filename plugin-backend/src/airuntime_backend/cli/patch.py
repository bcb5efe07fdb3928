"""``airuntime patch``: try the code patch of a suggestion, watch it, take it back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click
from ai_runtime_intelligent.context7.text import line, plain

from .shared import Backend, as_json, path_of, print_json, read_settings

_MOST: Final = 100_000
_POLL_SECONDS: Final = 1.0
_WORKING: Final = frozenset({"planned", "preparing", "checking", "benching"})
_BAD: Final = frozenset({"refused", "failed"})


class _Patch(click.Group):
    """A group whose first word may be a suggestion: ``airuntime patch ID`` is ``airuntime patch try ID``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no command for a suggestion."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["try", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Patch, short_help="Try the code patch that a suggestion offers.")
def patch() -> None:
    """Try the code patch that a suggestion offers: airuntime patch ID.

    The running backend tries it beside the repository, by the operator's commands, and makes a branch of it when the
    checks pass and the benchmark improves. It is asked with AIRUNTIME_OPERATOR_TOKEN.
    """


@patch.command("try", short_help="Try the patch until it is a branch, refused or failed.")
@click.argument("suggestion")
@click.option("--no-wait", is_flag=True, help="Ask for it, and do not wait for what becomes of it.")
@as_json
def try_patch(*, suggestion: str, no_wait: bool, as_json: bool) -> None:
    """Try the patch of SUGGESTION, and show how it goes until it is a branch, refused or failed.

    One that waits for a second person is approved by it. Exit code 1: refused or failed.
    """
    backend = Backend(read_settings(), changes=True)
    path = path_of(suggestion)
    asked = backend.post(f"{path}/patch", {"revision": backend.get(path)["revision"]})
    told = asked if no_wait else _watched(backend, path, asked, quiet=as_json)
    if as_json:
        print_json(told["patch"])
    else:
        click.echo("\n".join(_page(told)))
    if told["patch"]["run"]["phase"] in _BAD:
        raise click.exceptions.Exit(1)


@patch.command()
@click.argument("suggestion")
@as_json
def show(*, suggestion: str, as_json: bool) -> None:
    """Show the patch of SUGGESTION and where it stands."""
    told = Backend(read_settings()).get(path_of(suggestion))
    if as_json:
        print_json(told["patch"])
    else:
        click.echo("\n".join(_page(told)))


@patch.command(short_help="Cancel the patch, or take its branches away.")
@click.argument("suggestion")
@click.option("--reason", default="", help="Why, for the audit trail.")
@as_json
def revert(*, suggestion: str, reason: str, as_json: bool) -> None:
    """Cancel the patch of SUGGESTION, or take its branches and its pull request away."""
    backend = Backend(read_settings(), changes=True)
    path = path_of(suggestion)
    now = backend.get(path)["patch"]
    if now is None or now["run"] is None:
        raise click.ClickException(f"suggestion {line(suggestion, 60)} has no patch that was asked for")
    told = backend.post(f"{path}/patch/revert", {"revision": now["run"]["revision"], "reason": reason})
    if as_json:
        print_json(told["patch"])
    else:
        click.echo("\n".join(_page(told)))


def _watched(backend: Backend, path: str, told: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """The suggestion once nothing more is being done for its patch; each step is told when it is seen."""
    seen = 0
    while True:
        run = told["patch"]["run"]
        if run["revision"] != seen and not quiet:
            click.echo(f"{run['phase']:<10} {line(run['why'], 300)}")
        seen = run["revision"]
        if run["phase"] not in _WORKING and not run["proposing"]:
            return told
        time.sleep(_POLL_SECONDS)
        told = backend.get(path)


def _page(one: Mapping[str, Any]) -> Iterator[str]:
    yield line(one["title"], 300)
    if one["patch"] is None:
        yield "It offers no patch of the code."
        return
    yield f"patch by {line(one['patch']['author'], 100)}"
    yield plain(one["patch"]["text"], _MOST).rstrip()
    run = one["patch"]["run"]
    yield from _run(run) if run else (f"Try it: airuntime patch {one['id']}",)
    if run and run["phase"] == "waiting":
        yield f"Approve it, with a token of your own: airuntime patch {one['id']}"


def _run(run: Mapping[str, Any]) -> Iterator[str]:
    yield f"{run['phase']}: {line(run['why'], 400)}"
    for ran in run["ran"]:
        yield f"  {line(ran['name'], 40)}: {line(ran['outcome'], 200)}, {ran['seconds']:.1f} s"
        if run["phase"] in _BAD:
            yield "\n".join(f"    {each}" for each in plain(ran["output"], _MOST).splitlines()[-20:])
    if run["bench"]:
        yield f"  benchmark: {line(run['bench']['reason'], 300)}"
    if run["branches"]:
        yield f"  branch {run['branches']['branch']}, to take it back {run['branches']['revert_branch']}"
    if run["url"]:
        yield f"  {line(run['url'], 300)}"
