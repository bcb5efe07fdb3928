"""``airuntime doctor``: each thing that we depend on: configured, reachable, permitted, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from .points import Point, examined
from .shared import as_json, print_json, read_settings


@click.command(short_help="Tell how each dependency does, with the next step.")
@as_json
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Say of each dependency whether it is configured, reachable and permitted, with the next step.

    Ends with 1 when something that is needed is not in order. It changes nothing.
    """
    points = tuple(examined(read_settings()))
    ok = all(one.ok for one in points if one.needed)
    if as_json:
        print_json({"ok": ok, "dependencies": [asdict(one) | {"ok": one.ok} for one in points]})
    else:
        click.echo("\n".join(line for one in points for line in _told(one)))
    context.exit(0 if ok else 1)


def _told(one: Point) -> Iterator[str]:
    yield f"{_word(one):<8} {one.name:<10} {one.detail}"
    if one.next_step:
        yield f"{'':<19} next: {one.next_step}"


def _word(one: Point) -> str:
    if one.ok:
        return "ok" if one.configured else "off"
    return "FAILED" if one.needed else "failed"
