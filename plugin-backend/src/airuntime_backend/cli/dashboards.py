"""``airuntime dashboards``: bring the generated dashboards into a Grafana, and see how its own differ."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click
from ai_runtime_intelligent.contract import env

from airuntime_backend.adapters.grafana_api import GrafanaApi, plain
from airuntime_backend.errors import BackendError

from .shared import as_json, print_json, read_settings

_TITLE: Final = "AI Runtime Intelligence"
_HERE: Final = Path("dashboards", "generated")

_grafana = click.option("--grafana", "url", default="", help="Grafana's URL; else GRAFANA_URL.")
_source = click.option(
    "--from", "source", type=click.Path(file_okay=False, path_type=Path), help="Folder of the generated dashboards."
)
_folder = click.option("--folder", default="airuntime", show_default=True, help="The uid of Grafana's folder.")


@click.group()
def dashboards() -> None:
    """Bring the generated dashboards into a Grafana.

    GRAFANA_TOKEN is a token of a service account with the role Editor. The dashboards are those in --from, else in
    AIRUNTIME_DASHBOARDS_DIR, else in dashboards/generated. A Grafana that is provisioned with them needs none of this.
    """


@dashboards.command(short_help="Write them into a folder of Grafana.")
@_grafana
@_source
@_folder
@as_json
def push(*, url: str, source: Path | None, folder: str, as_json: bool) -> None:
    """Write them into a folder; what is the same there already is left alone."""
    told: list[dict[str, str]] = []
    grafana, boards = _connect(url), _boards(source)
    try:
        grafana.make_folder(folder, _TITLE)
        for board in boards:
            held = grafana.dashboard(board["uid"])
            same = held == (plain(board), folder)
            if not same:
                grafana.put(board, folder, "airuntime dashboards push")
            told.append({"uid": board["uid"], "title": board["title"], "done": _done(same, held)})
            if not as_json:
                click.echo(f"{told[-1]['done']:<9}  {board['uid']}  {board['title']}")
    except BackendError as error:
        raise click.ClickException(error.message) from error
    if as_json:
        print_json(told)


def _done(same: bool, held: object) -> str:  # noqa: FBT001 - one of three words for what was done
    return "unchanged" if same else "created" if held is None else "updated"


@dashboards.command(short_help="Show how Grafana's differ; exits with 1 when one does.")
@_grafana
@_source
@as_json
@click.pass_context
def diff(context: click.Context, *, url: str, source: Path | None, as_json: bool) -> None:
    """Show how Grafana's dashboards differ from the generated ones; exits with 1 when one does."""
    grafana = _connect(url)
    try:
        told = {board["uid"]: list(_difference(board, grafana.dashboard(board["uid"]))) for board in _boards(source)}
    except BackendError as error:
        raise click.ClickException(error.message) from error
    if as_json:
        print_json(told)
    else:
        for uid, lines in told.items():
            click.echo("\n".join(lines) if lines else f"{uid} is the same")
    context.exit(1 if any(told.values()) else 0)


def _difference(board: Mapping[str, Any], held: tuple[dict[str, Any], str] | None) -> Iterator[str]:
    there = [] if held is None else _lines(held[0])
    name = str(board["uid"])
    yield from difflib.unified_diff(there, _lines(plain(board)), f"grafana/{name}", f"generated/{name}", lineterm="")


def _lines(board: Mapping[str, Any]) -> list[str]:
    return json.dumps(_whole(board), indent=2, sort_keys=True, ensure_ascii=False).splitlines()


def _whole(value: Any) -> Any:
    """The same value, with 1 for 1.0: Grafana writes whole numbers so, and to it they are the same."""
    if isinstance(value, Mapping):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _connect(url: str) -> GrafanaApi:
    settings = read_settings()
    chosen = url or settings.grafana_url
    if not chosen:
        raise click.UsageError(f"which Grafana? Give --grafana URL, or set {env.GRAFANA_URL.name}")
    token = settings.grafana_token
    return GrafanaApi(chosen, token.get_secret_value() if token else None)


def _boards(source: Path | None) -> list[dict[str, Any]]:
    folder = source or read_settings().dashboards_dir or _HERE
    files = sorted(folder.glob("*.json"))
    if not files:
        raise click.ClickException(
            f"no dashboards in {folder}: run 'make dashboards', or name another folder in --from"
        )
    return [_board(path) for path in files]


def _board(path: Path) -> dict[str, Any]:
    try:
        board = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(board, dict) and board["uid"] and board["title"]:
            return board
    except (ValueError, KeyError):
        pass
    raise click.ClickException(f"{path} is no dashboard: expected a JSON object with a uid and a title")
