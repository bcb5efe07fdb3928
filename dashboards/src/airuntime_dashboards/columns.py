"""Columns of a table: each with its heading, its unit and how its cells are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from . import style
from .config import Steps

EMPTY: Final = "\u2013"
"""What stands in a cell without a value; the table's own text is for a table without rows."""

WRAPPED: Final = 220
"""Least width of a column of long words, in pixels: in a narrow window the table scrolls sideways."""

Override = dict[str, Any]


def text(name: str, heading: str, *, width: int | None = None, wrap: bool = False, **more: Any) -> Override:
    """A column of words; ``wrap`` shows all of a long one, and keeps the column wide enough to read it."""
    cell = {"type": "auto", "wrapText": True} if wrap else None
    least = WRAPPED if wrap and width is None else None
    return _column(name, heading, width=width, custom_cellOptions=cell, custom_minWidth=least, **more)


def link(
    name: str, heading: str, links: list[dict[str, Any]], *, shown: str = "Open", width: int = 95, **more: Any
) -> Override:
    """A column of ids or addresses, which say nothing to a reader: a link in place of each."""
    words = [{"type": "regex", "options": {"pattern": ".+", "result": {"text": shown, "index": 0}}}]
    return text(name, heading, width=width, links=links, mappings=words, **more)


def number(name: str, heading: str, *, unit: str, width: int | None = None, **more: Any) -> Override:
    """A column of numbers."""
    return _column(name, heading, unit=unit, width=width, **more)


def graded(name: str, heading: str, *, unit: str, steps: Steps, width: int | None = None) -> Override:
    """A column of numbers in the colour of their threshold."""
    return number(name, heading, unit=unit, width=width, custom_cellOptions={"type": "color-text"}, **_graded(steps))


def bar(name: str, heading: str, *, unit: str, steps: Steps, width: int | None = None) -> Override:
    """A column of shares 0..1, each with a bar as long as it is great."""
    cell = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
    return number(name, heading, unit=unit, width=width, custom_cellOptions=cell, min=0, max=1, **_graded(steps))


def word(name: str, heading: str, colours: Mapping[Any, str], *, width: int | None = None) -> Override:
    """A column of known words, each on its colour."""
    cell = {"type": "color-background", "mode": "basic"}
    return _column(name, heading, width=width, custom_cellOptions=cell, mappings=style.mapping(colours))


def button(name: str, heading: str, action: Mapping[str, Any], *, width: int) -> Override:
    """A column with a button that does something to its row."""
    return _column(name, heading, width=width, custom_cellOptions={"type": "actions"}, actions=[dict(action)])


def hidden(name: str) -> Override:
    """A column that links and actions read, and nobody needs to see."""
    hide = {"viz": True, "legend": True, "tooltip": True}
    return style.override("byName", name, custom_hidden=True, custom_hideFrom=hide, noValue=EMPTY)


def _graded(steps: Steps) -> dict[str, Any]:
    return {"thresholds": {"mode": "absolute", "steps": style.steps(steps)}, "color": {"mode": "thresholds"}}


def _column(name: str, heading: str, *, width: int | None, **properties: Any) -> Override:
    set_ = {key: value for key, value in {**properties, "custom_width": width}.items() if value is not None}
    return style.override("byName", name, displayName=heading, noValue=EMPTY, **set_)
