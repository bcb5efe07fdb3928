"""A whole dashboard: what all three have in common, put around the rows of one."""

from __future__ import annotations

from typing import Any, Final

from ai_runtime_intelligent.contract import names
from grafanalib.core import Annotations, Dashboard, DashboardLink, Time, TimePicker

from . import config, grid, style, targets, variables

_SHARED_CROSSHAIR: Final = 1


def board(key: str, description: str, *rows: grid.Row) -> Dashboard:
    """The dashboard that ``config`` knows as ``key``, with variables, change markers and links to the others."""
    return Dashboard(
        title=config.TITLES[key],
        uid=names.DASHBOARD_UIDS[key],
        description=description,
        tags=[config.TAG],
        panels=grid.place(rows),
        templating=variables.templating(),
        annotations=Annotations(list=[_changes()]),
        links=[_link(other) for other in config.TITLES if other != key],
        time=Time(config.TIME_FROM, config.TIME_TO),
        timePicker=TimePicker(refreshIntervals=list(config.REFRESH_CHOICES), timeOptions=[]),
        refresh=config.REFRESH,
        timezone="browser",
        graphTooltip=_SHARED_CROSSHAIR,
        schemaVersion=config.SCHEMA_VERSION,
        version=1,
    ).auto_panel_ids()


def _changes() -> dict[str, Any]:
    """Markers on every graph: a change was applied, kept or rolled back."""
    return {
        "name": "Changes",
        "datasource": dict(config.DATASOURCE),
        "enable": True,
        "iconColor": style.PURPLE,
        "target": targets.rows(targets.CHANGES).called("Changes"),
    }


def _link(key: str) -> DashboardLink:
    return DashboardLink(
        type="link",
        title=config.TITLES[key],
        uri=f"/d/{names.DASHBOARD_UIDS[key]}",
        icon="dashboard",
        keepTime=True,
        includeVars=True,
        tooltip=f"{config.TITLES[key]}, for the same time, services and primitives",
    )
