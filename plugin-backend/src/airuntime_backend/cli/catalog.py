"""``airuntime catalog``: every primitive of the services, as the running backend knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

import click
from ai_runtime_intelligent.context7.text import line, plain

from .shared import Backend, as_json, print_json, read_settings

_UNITS: Final = {"calls_per_second": "/s", "seconds_mean": " s", "seconds_p95": " s"}
_MOST_DOC: Final = 2_000


@click.command(short_help="Print every primitive: what it does, calls and costs now.")
@click.option("--service", default="", help="Of this service only.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    help="Over how many seconds up to now the numbers are.",
)
@as_json
def catalog(*, service: str, seconds: float, as_json: bool) -> None:
    """Print every primitive: what it does, where it is, what it calls and uses, its tunables, how it does now.

    In Markdown, from the running backend at AIRUNTIME_BACKEND_URL, else on this machine.
    """
    told = Backend(read_settings()).get("/catalog", {"service": service, "seconds": seconds})
    if as_json:
        print_json(told)
        return
    for problem in told["problems"]:
        click.echo(f"Missing: {line(problem, 300)}", err=True)
    click.echo("\n".join(_page(told["entries"])))


def _page(entries: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "# Primitives"
    if not entries:
        yield "\nNo service has told of its primitives yet: give it AIRUNTIME_BACKEND_URL and start it."
    for service, held in groupby(entries, key=lambda one: str(one["service"])):
        yield f"\n## {_md(service)}"
        for entry in held:
            yield from _entry(entry)


def _entry(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### {_md(one['primitive'])} ({one['kind']})\n"
    if one["doc"]:
        yield "".join(f"> {each}\n" for each in plain(one["doc"], _MOST_DOC).splitlines())
    if one["file"]:
        yield f"- Where: `{_code(one['file'])}:{one['line']}` in `{_code(one['function'])}`"
    if one["calls"]:
        yield f"- Calls: {', '.join(_md(name) for name in one['calls'])}"
    if one["libraries"]:
        yield f"- Uses: {', '.join(_library(each) for each in one['libraries'])}"
    if one["numbers"]:
        yield f"- Now: {', '.join(_number(name, value) for name, value in one['numbers'].items())}"
    for each in one["tunables"]:
        unit = "" if each["unit"] == "1" else f" {each['unit']}"
        bounds = f"{each['minimum']:g}..{each['maximum']:g}{unit}, default {each['default']:g}{unit}"
        yield f"- Tunable `{_code(each['name'])}` = {each['value']:g}{unit} ({bounds}): {_md(each['description'])}"


def _library(one: Mapping[str, Any]) -> str:
    name = f"{_md(one['name'])} {_md(one['version'])}"
    return f"[{name}]({one['links'][0]['url'].replace(')', '%29')})" if one["links"] else name


def _number(name: str, value: float) -> str:
    if name.endswith(("_share", "_ratio")):
        return f"{name} {value:.1%}"
    return f"{name} {value:.3g}{_UNITS.get(name, '')}"


def _md(text: str) -> str:
    """On one line, without what Markdown would read."""
    return "".join(f"\\{one}" if one in "\\`*_[]<>|#" else one for one in line(text, 500))


def _code(text: str) -> str:
    return line(text, 300).replace("`", "'")
