"""``airuntime policy``: what may be changed, when, by whom and how far by itself, as it stands now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from ai_runtime_intelligent.context7.text import line
from ai_runtime_intelligent.contract import env

from .shared import Backend, as_json, print_json, read_settings


@click.command(short_help="Show the policy: its limits, and how far each rule may go.")
@as_json
def policy(*, as_json: bool) -> None:
    """Show the policy of the running backend: its limits, a freeze that holds now, and how far each rule may go."""
    told = Backend(read_settings()).get("/policy")
    if as_json:
        print_json(told)
    else:
        click.echo("\n".join(_page(told)))


def _page(told: Mapping[str, Any]) -> Iterator[str]:
    none = f"none: whatever an operator asks for is tried ({env.POLICY_FILE.name} names one)"
    yield f"policy         {line(told['file'], 300) if told['file'] else none}"
    yield f"frozen now     {_frozen(told['frozen'])}"
    yield from _limits(told["limits"])
    yield "How far each rule may go by itself:"
    for one in told["autonomy"]:
        yield f"  {line(one['rule'], 60):<20} {one['level']:<19} {line(one['why'], 300)}{_record(one)}"


def _frozen(frozen: Mapping[str, Any] | None) -> str:
    if frozen is None:
        return "no"
    until = "no end in sight" if frozen["until"] is None else f"until {_moment(frozen['until'])}"
    return f"yes, {line(frozen['name'], 60)}, {until}: {line(frozen['why'], 300)}"


def _limits(limits: Mapping[str, Any]) -> Iterator[str]:
    yield f"services       {_named(limits['services'])}"
    yield f"rules          {_named(limits['rules'])}"
    yield f"freeze         {_listed(limits['freeze'], 'never')}"
    a_day = "any number" if limits["changes_per_day"] is None else f"{limits['changes_per_day']}"
    yield f"changes a day  {a_day}, {limits['changes_today']} today"
    calls, spend = _share(limits["blast_radius_calls"], "calls"), _share(limits["blast_radius_spend"], "spend")
    yield f"blast radius   {calls}, {spend}"
    risks, of = _listed(limits["second_person_risks"], ""), _named(limits["second_person_services"])
    yield f"second person  {f'for risk {risks}; services: {of}' if risks else 'never'}"


def _named(patterns: list[str]) -> str:
    return "all" if patterns == ["*"] else _listed(patterns, "none")


def _listed(names: list[str], none: str) -> str:
    return ", ".join(line(one, 200) for one in names) or none


def _share(share: float | None, of: str) -> str:
    return f"any share of the {of}" if share is None else f"at most {share:.3g} of the {of}"


def _record(one: Mapping[str, Any]) -> str:
    """What became of its predictions; nothing before the first."""
    tried = one["kept"] + one["short"] + one["missed"]
    if not tried:
        return ""
    error = "" if one["usual_error"] is None else f", usual error {one['usual_error']:.0%}"
    held = f"{one['kept']} kept, {one['short']} short, {one['missed']} missed"
    return f"; predictions: {held}, trust {one['trust']:.2f}{error}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes").removesuffix("+00:00") + "Z"
