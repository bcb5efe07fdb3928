"""``airuntime suggestions``: what the running backend suggests, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

import click
from ai_runtime_intelligent.context7.text import line, plain

from airuntime_backend.ports import SuggestionStatus

from .shared import Backend, as_json, change_of, path_of, print_json, read_settings

_MOST = 100_000


@click.group()
def suggestions() -> None:
    """Read the suggestions of the running backend.

    It is asked at AIRUNTIME_BACKEND_URL, else on this machine, with AIRUNTIME_VIEWER_TOKEN or AIRUNTIME_OPERATOR_TOKEN.
    """


@suggestions.command("list")
@click.option("--service", default="", help="Of this service only.")
@click.option("--status", type=click.Choice(get_args(SuggestionStatus)), help="In this state only.")
@as_json
def list_suggestions(*, service: str, status: str | None, as_json: bool) -> None:
    """List suggestions, newest first."""
    told = Backend(read_settings()).get("/suggestions", {"service": service, "status": status or ""})["suggestions"]
    if as_json:
        print_json(told)
        return
    for one in told:
        click.echo(f"{line(one['id'], 40)}  {one['status']:<11}  {line(one['title'], 200)}")
        click.echo(f"{'':40}  {change_of(one)}, risk {one['risk']}")
    if not told:
        click.echo("No suggestions. 'airuntime doctor' says what is missing.")


@suggestions.command(short_help="Show one in full: claim, change, evidence, history.")
@click.argument("suggestion")
@as_json
def show(*, suggestion: str, as_json: bool) -> None:
    """Show one suggestion in full: claim, change, evidence, history. SUGGESTION is its id."""
    told = Backend(read_settings()).get(path_of(suggestion))
    if as_json:
        print_json(told)
    else:
        click.echo("\n".join(_page(told)))


def _page(one: Mapping[str, Any]) -> Iterator[str]:
    yield line(one["title"], 300)
    yield f"{one['service']} / {one['primitive']} ({one['kind']}), rule {one['rule']}, {one['status']}"
    yield ""
    yield plain(one["claim"], _MOST)
    if one["wording"]:
        author, of_rule = one["wording"]["author"], one["wording"]["of_rule"]
        yield f"worded by {line(author, 200)}; the rule says: {line(of_rule, _MOST)}"
    yield change_of(one)
    expected = one["expected"]
    yield f"expected: {expected['measure']} {expected['now']:.3g} to {expected['low']:.3g}..{expected['high']:.3g}"
    yield f"risk: {one['risk']}"
    yield from _evidence(one["evidence"])
    if one["patch"]:
        yield f"  patch by {line(one['patch']['author'], 200)}, to be read before anybody applies it"
        yield f"{_indented(one['patch']['text'])}\n"
    for entry in one["history"]:
        at = datetime.fromtimestamp(entry["at"], UTC).isoformat(timespec="seconds")
        yield f"{at}  {line(entry['who'], 80)} {entry['action']}: {line(entry['why'], 300)}"


def _evidence(evidence: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    for signal in evidence["signals"]:
        value = "no number" if signal["value"] is None else f"{signal['value']:.4g} {signal['unit']}"
        yield f"  {signal['measure']}: {value} (n {signal['n']:g})"
    for code in evidence["code"]:
        yield f"\n  {line(code['source'], 300)}\n{_indented(code['text'])}"
    for doc in evidence["docs"]:
        yield f"\n  {line(doc['title'], 200)} ({line(doc['source'], 200)} {line(doc['version'], 40)}) {doc['url']}"
        yield _indented(doc["text"])
    yield ""


def _indented(text: str) -> str:
    return "\n".join(f"    {each}" for each in plain(text, _MOST).splitlines())
