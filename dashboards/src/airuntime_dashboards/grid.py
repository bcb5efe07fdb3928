"""Where panels stand: rows of cells, laid from left to right, so that no definition does arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import attr
from grafanalib.core import GridPos, RowPanel

COLUMNS: Final = 24
"""Width of a dashboard in Grafana's units."""


@dataclass(frozen=True)
class Row:
    """A titled band of panels of one height that share its width; shares default to equal ones.

    Raises ValueError when the shares do not match the panels or do not fill the width.
    """

    title: str
    height: int
    panels: tuple[Any, ...]
    widths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.spans) != len(self.panels) or sum(self.spans) != COLUMNS:
            raise ValueError(
                f"row {self.title!r}: {len(self.panels)} panels cannot fill {COLUMNS} columns by {self.spans}"
            )

    @property
    def spans(self) -> tuple[int, ...]:
        """The width of each panel."""
        return self.widths or (COLUMNS // len(self.panels),) * len(self.panels)


def row(title: str, height: int, *panels: Any, widths: tuple[int, ...] = ()) -> Row:
    """A row with a heading; an empty title continues the row above without one."""
    return Row(title, height, panels, widths)


def place(rows: Iterable[Row]) -> list[Any]:
    """All panels with their positions, from the top of the dashboard down."""
    placed: list[Any] = []
    top = 0
    for band in rows:
        if band.title:
            placed.append(RowPanel(title=band.title, gridPos=GridPos(h=1, w=COLUMNS, x=0, y=top)))
            top += 1
        placed += _side_by_side(band, top)
        top += band.height
    return placed


def _side_by_side(band: Row, top: int) -> list[Any]:
    lefts = [sum(band.spans[:index]) for index in range(len(band.spans))]
    return [
        attr.evolve(panel, gridPos=GridPos(h=band.height, w=width, x=left, y=top))
        for panel, width, left in zip(band.panels, band.spans, lefts, strict=True)
    ]
