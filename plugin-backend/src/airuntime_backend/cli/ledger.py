"""``airuntime ledger``: what each change saved, as the running backend's books say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from ai_runtime_intelligent.context7.text import line

from .shared import Backend, as_json, print_json, read_settings


@click.command(short_help="Tell what each change saved, in USD with its interval.")
@click.option("--service", default="", help="Of this service only.")
@click.option(
    "--from", "start", default="", help="From this moment on: ISO 8601 or epoch milliseconds; else 30 days ago."
)
@click.option("--to", "end", default="", help="Until this moment; else now.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every entry as CSV, for a spreadsheet.")
@as_json
def ledger(*, service: str, start: str, end: str, as_csv: bool, as_json: bool) -> None:
    """Tell what each change saved: USD as an interval, its basis, and the optimiser's own cost.

    The running backend is asked at AIRUNTIME_BACKEND_URL, else on this machine.
    """
    if as_csv and as_json:
        raise click.UsageError("take one of --csv and --json")
    backend = Backend(read_settings())
    params = {name: value for name, value in (("service", service), ("from", start), ("to", end)) if value}
    if as_csv:
        click.echo(backend.get_text("/ledger.csv", params), nl=False)
        return
    told = backend.get("/ledger", params)
    if as_json:
        print_json(told)
    else:
        click.echo("\n".join(_told(told)))


def _told(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{_day(told['start'])} to {_day(told['end'])}, {told['currency']}"
    for one in told["changes"]:
        yield f"{line(one['service'], 80)}  {line(one['tunable'], 100)}  {one['before']:g} -> {one['after']:g}"
        yield f"    saved {_usd(one['saved']['usd'])}, {_basis(one)}, {one['phase']}"
        yield f"    kept on the old value: {one['holdout_usd']:.4f}; bill without it: {_usd(one['without_usd'])}"
    if not told["changes"]:
        yield "Nothing is booked: a change is booked from its first whole period on."
    yield f"saved {_usd(told['saved']['usd'])}"
    yield f"own cost {told['own_usd']:.4f} (models {told['model_usd']:.4f}, held back {told['holdout_usd']:.4f})"
    yield f"net {_usd(told['net_usd'])}{_return(told['roi'])}"
    if told["priced_ratio"] is not None:
        yield f"model calls with a price: {told['priced_ratio']:.0%}; prices: {line('; '.join(told['prices']), 200)}"


def _return(roi: float | None) -> str:
    return "" if roi is None else f", {roi:.1f} for each USD spent"


def _basis(one: Mapping[str, Any]) -> str:
    if one["ageing_since"] is None:
        return str(one["basis"])
    return f"{one['basis']}, ageing since {_day(one['ageing_since'])}"


def _usd(interval: Mapping[str, float] | None) -> str:
    if interval is None:
        return "not measured"
    return f"{interval['mid']:.4f} ({interval['low']:.4f} to {interval['high']:.4f})"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes").removesuffix("+00:00") + "Z"
