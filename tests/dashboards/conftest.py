"""The committed dashboards, as the tests read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_dashboards import generate

GENERATED: Final = generate.DEFINITIONS / "generated"
NAMES: Final = ("code", "runtime", "timeline")

Board = dict[str, Any]


def panels_of(board: Board) -> Iterator[dict[str, Any]]:
    """The panels that draw something: all but the headings of rows."""
    return (panel for panel in board["panels"] if panel["type"] != "row")


@pytest.fixture(scope="session")
def generated() -> Path:
    """The folder of the committed JSON files."""
    return GENERATED


@pytest.fixture(params=NAMES)
def board(request: pytest.FixtureRequest) -> Board:
    """One committed dashboard after the other."""
    parsed: Board = json.loads((GENERATED / f"{request.param}.json").read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="session")
def boards() -> dict[str, Board]:
    """All committed dashboards by name."""
    return {name: json.loads((GENERATED / f"{name}.json").read_text(encoding="utf-8")) for name in NAMES}


@pytest.fixture
def panels(board: Board) -> list[dict[str, Any]]:
    """The panels of one committed dashboard after the other, headings of rows left out."""
    found = list(panels_of(board))

    assert found

    return found
