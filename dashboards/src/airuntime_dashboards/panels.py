"""How an answer is drawn: one function for each kind of panel.

Each insists on a title, a description, a unit and what to say when there is no data, and raises
:class:`IncompletePanelError` where one is empty: a panel that explains itself is a fact of the build.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from grafanalib import core

from . import config, style
from .columns import Override
from .targets import Target

_SELECTED: Final = "lastNotNull"
_LONGEST_IN_PLACE_OF_A_NUMBER: Final = 26
"""Grafana makes letters as small as it takes to fit them into the panel."""
_POINTS_OF_A_SMALL_LINE: Final = 60
"""The line behind a number needs no more, and each point is asked of every series there is."""

Scale = Literal["linear", "log", "symlog"]


class IncompletePanelError(ValueError):
    """A panel lacks something that its reader needs."""


def _common(targets: Sequence[Target], **texts: str) -> dict[str, Any]:
    """What every panel has. Raises IncompletePanelError when a text is empty or nothing is asked."""
    missing = [name for name, value in texts.items() if not value.strip()]
    if missing or not targets:
        raise IncompletePanelError(f"panel {texts['title']!r} lacks {', '.join(missing) or 'a query'}")
    return {
        "title": texts["title"],
        "description": texts["description"],
        "dataSource": dict(config.DATASOURCE),
        "targets": [target.called(chr(ord("A") + index)) for index, target in enumerate(targets)],
        "interval": config.MIN_INTERVAL,
        "maxDataPoints": None,
    }


def _extra(
    no_data: str, options: dict[str, Any], links: Sequence[dict[str, Any]] = (), **defaults: Any
) -> dict[str, Any]:
    """What grafanalib has no parameter for."""
    return {
        "pluginVersion": config.PLUGIN_VERSION,
        "links": list(links),
        "options": options,
        "fieldConfig": {"defaults": {"noValue": no_data, **defaults}},
    }


def _reduced(fields: str = "", *, every_row: bool = False) -> dict[str, Any]:
    return {"calcs": [_SELECTED], "fields": fields, "values": every_row}


def stat(
    *targets: Target,
    title: str,
    description: str,
    unit: str,
    no_data: str,
    steps: config.Steps,
    decimals: int | None = None,
    name: bool = False,
    links: Sequence[dict[str, Any]] = (),
) -> core.Stat:
    """One number of now, coloured by threshold, over the line of how it came to be; ``name`` also names it."""
    options = {"wideLayout": True, "showPercentChange": False, "percentChangeColorMode": "standard"}
    common = _common(targets, title=title, description=description, unit=unit, no_data=no_data)
    return core.Stat(
        **(common | {"maxDataPoints": _POINTS_OF_A_SMALL_LINE}),
        format=unit,
        decimals=decimals,
        noValue=no_data,
        reduceCalc=_SELECTED,
        color={"mode": "thresholds"},
        colorMode="value",
        graphMode="area",
        alignment="center",
        textMode="value_and_name" if name else "value",
        thresholds=style.steps(steps),
        extraJson=_extra(no_data, options, links, mappings=style.absent(_brief(title, no_data))),
    )


def _brief(title: str, no_data: str) -> str:
    """Words that stand where a number would. Raises IncompletePanelError where their letters would be tiny."""
    if len(no_data) > _LONGEST_IN_PLACE_OF_A_NUMBER:
        raise IncompletePanelError(f"panel {title!r} says too much in place of a number: {no_data!r}")
    return no_data


def timeseries(
    *targets: Target,
    title: str,
    description: str,
    unit: str,
    no_data: str,
    steps: config.Steps | None = None,
    stacked: bool = False,
    stepped: bool = False,
    ratio: bool = False,
    scale: Scale = "linear",
    filled: bool = True,
    overrides: Sequence[Override] = (),
) -> core.TimeSeries:
    """Lines over time; with ``steps`` the thresholds are drawn as lines; ``ratio`` pins the axis to 0..1.

    ``filled`` tints what is below a line. The scale ``log`` shows no zeros; ``symlog`` does.
    """
    return core.TimeSeries(
        **_common(targets, title=title, description=description, unit=unit, no_data=no_data),
        unit=unit,
        colorMode=style.SERIES_COLOURS["mode"],
        lineWidth=1 if stacked else 2,
        fillOpacity=35 if stacked else 8 if filled else 0,
        stacking={"mode": "normal" if stacked else "none", "group": "A"},
        lineInterpolation="stepAfter" if stepped else "linear",
        scaleDistributionType=scale,
        scaleDistributionLog=10,
        showPoints="never",
        spanNulls=stepped,
        axisSoftMin=None if scale == "log" else 0,
        valueMin=0 if ratio else None,
        valueMax=1 if ratio else None,
        thresholds=style.steps(steps or config.PLAIN),
        thresholdsStyleMode="dashed" if steps else "off",
        legendCalcs=[_SELECTED],
        legendDisplayMode="table" if len(targets) > 1 else "list",
        tooltipMode="multi",
        tooltipSort="desc",
        overrides=list(overrides),
        extraJson=_extra(no_data, {"legend": {"showLegend": True}}, **_scaled(scale)),
    )


def _scaled(scale: Scale) -> dict[str, Any]:
    return {"custom": {"scaleDistribution": {"linearThreshold": 1}}} if scale == "symlog" else {}


def bars(
    *targets: Target,
    title: str,
    description: str,
    unit: str,
    no_data: str,
    steps: config.Steps,
    limits: tuple[float | None, float | None] = (None, None),
    name: str | None = None,
    row_names: str | None = None,
    values: str = "",
) -> core.BarGauge:
    """A bar for each series, or, with ``row_names``, for each row of a table: ``values`` named by that column.

    Grafana names no bar that stands alone, unless ``name`` says how.
    """
    low, high = limits
    options = {
        "displayMode": "basic",
        "valueMode": "text",
        "namePlacement": "left",
        "showUnfilled": True,
        "sizing": "manual",  # else a bar that stands alone fills the panel, and its letters too
        "minVizWidth": 8,
        "minVizHeight": 14,  # so that all of them have room
        "maxVizHeight": 32,  # the letters of a name are as large as its bar, and long ones are cut
        "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []},
        # A field that is called otherwise is not found by its name; of numbers it is the only one left.
        "reduceOptions": _reduced(f"/^{values}$/" if values and not name else "", every_row=row_names is not None),
    }
    return core.BarGauge(
        **_common(targets, title=title, description=description, unit=unit, no_data=no_data),
        orientation=core.ORIENTATION_HORIZONTAL,
        transformations=_only(row_names, values) if row_names else [],
        thresholds=style.steps(steps),
        extraJson=_extra(
            no_data,
            options,
            unit=unit,
            min=low,
            max=high,
            color={"mode": "thresholds"},
            mappings=style.absent(no_data),
            displayName=name,
        ),
    )


def _only(*fields: str) -> list[dict[str, Any]]:
    """Keep these columns: a row's bar is then named by its only word."""
    return [{"id": "filterFieldsByName", "options": {"include": {"names": list(fields)}}}]


def _ordered(columns: Sequence[Override]) -> list[dict[str, Any]]:
    """Let the columns stand in this order, whatever the order of the frame's fields."""
    places = {column["matcher"]["options"]: place for place, column in enumerate(columns)}
    return [{"id": "organize", "options": {"indexByName": places, "excludeByName": {}, "renameByName": {}}}]


def table(
    target: Target,
    *,
    title: str,
    description: str,
    no_data: str,
    columns: Sequence[Override],
    sort_by: str | None = None,
    links: Sequence[dict[str, Any]] = (),
) -> core.Table:
    """Rows with a heading and a unit for each column, in the order of ``columns``.

    ``sort_by`` is the heading to sort by, greatest first.
    """
    if not columns:
        raise IncompletePanelError(f"panel {title!r} lacks columns")
    options = {"cellHeight": "sm", "footer": {"show": False, "reducer": [], "countRows": False, "fields": ""}}
    return core.Table(
        **_common((target,), title=title, description=description, no_data=no_data),
        unit="none",
        overrides=list(columns),
        sortBy=[core.TableSortByField(displayName=sort_by, desc=True)] if sort_by else [],
        transformations=_ordered(columns),
        thresholds=style.steps(config.PLAIN),
        extraJson=_extra(no_data, options, links, custom={"cellOptions": {"type": "auto"}, "inspect": True}),
    )


def states(
    target: Target, *, title: str, description: str, no_data: str, mappings: Sequence[dict[str, Any]]
) -> core.StateTimeline:
    """A band for each series, in the colour of its state; a state lasts until the next one."""
    return core.StateTimeline(
        **_common((target,), title=title, description=description, no_data=no_data),
        colorMode="thresholds",
        fillOpacity=85,
        lineWidth=0,
        mappings=list(mappings),
        showValue="auto",
        tooltipMode="single",
        thresholds=style.steps(config.PLAIN),
        extraJson=_extra(no_data, {"legend": {"showLegend": True}}, unit="none"),
    )


def text(*, title: str, description: str, markdown: str) -> core.Text:
    """Words that help to read the panels around them. Raises IncompletePanelError when a text is empty."""
    if not (title.strip() and description.strip() and markdown.strip()):
        raise IncompletePanelError(f"text {title!r} lacks a title, a description or its words")
    extra = {"pluginVersion": config.PLUGIN_VERSION}
    return core.Text(title=title, description=description, content=markdown, extraJson=extra)
