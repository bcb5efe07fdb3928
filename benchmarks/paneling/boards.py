"""The queries of the generated dashboards, as Grafana sends them for one viewer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

GENERATED: Final = Path(__file__).resolve().parents[2] / "dashboards" / "generated"
SPAN: Final = 3600.0
"""Seconds that a viewer looks at."""
POINTS: Final = 240
_VARIABLES: Final = {"$service": ".*", "$primitive": ".*", "${service:regex}": ".*", "${primitive:regex}": ".*"}


def queries() -> dict[str, list[dict[str, Any]]]:
    """The queries of each dashboard, every variable at "All"; each with a refId of its own."""
    found = {path.stem: _targets(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(GENERATED.glob("*"))}
    if not found:
        raise FileNotFoundError(f"no dashboards in {GENERATED}: run 'make dashboards'")
    return found


def _targets(board: dict[str, Any]) -> list[dict[str, Any]]:
    panels = [inner for panel in board["panels"] for inner in (panel, *panel.get("panels", ()))]
    targets = [target for panel in panels for target in panel.get("targets", ())]
    targets += [one["target"] for one in board["annotations"]["list"] if "target" in one]
    return [_filled(target) | {"refId": f"Q{index}"} for index, target in enumerate(targets)]


def _filled(target: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(target)
    for variable, value in _VARIABLES.items():
        text = text.replace(variable, value)
    filled: dict[str, Any] = json.loads(text)
    return filled
