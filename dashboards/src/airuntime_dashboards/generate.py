"""Write Grafana's JSON: the same bytes for the same definitions, whoever runs it.

``python -m airuntime_dashboards.generate OUT_DIR`` writes one file for each ``*.dashboard.py``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from grafanalib._gen import DashboardEncoder, loader

DEFINITIONS: Final = Path(__file__).parents[2]
"""Where the definitions lie, in a checkout."""
SUFFIX: Final = ".dashboard.py"

_LEGACY: Final = {
    "__inputs", "cacheTimeout", "color", "columns", "editable", "error", "fieldOptions", "fontSize", "gnetId", "height",
    "hideControls", "hideTimeOverride", "mappings", "maxPerRow", "minSpan", "repeat", "repeatDirection", "rows",
    "sharedCrosshair", "showThresholdLabels", "showThresholdMarkers", "span", "style", "tagsQuery", "tagValuesQuery",
    "auto", "auto_count", "auto_min", "displayMode", "useTags",
}  # fmt: skip
"""What grafanalib still writes for old Grafanas: dropped at the places that :func:`_modern` visits."""
_ROW_KEYS: Final = ("collapsed", "gridPos", "id", "panels", "title", "type")


def definitions(folder: Path = DEFINITIONS) -> dict[str, Path]:
    """The definitions by name. Raises FileNotFoundError when there is none: an empty folder is a mistake."""
    found = {path.name.removesuffix(SUFFIX): path for path in sorted(folder.glob(f"*{SUFFIX}"))}
    if not found:
        raise FileNotFoundError(f"no *{SUFFIX} in {folder}")
    return found


def render(definition: Path) -> str:
    """The JSON text of one definition."""
    board = json.loads(json.dumps(loader(str(definition)), cls=DashboardEncoder))
    return json.dumps(_modern(board), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write(out: Path) -> Iterator[Path]:
    """Write every dashboard into ``out`` and give the files written."""
    out.mkdir(parents=True, exist_ok=True)
    for name, definition in definitions().items():
        path = out / f"{name}.json"
        path.write_text(render(definition), encoding="utf-8", newline="\n")
        yield path


def _modern(board: dict[str, Any]) -> dict[str, Any]:
    kept = _current(board)
    kept["panels"] = [_panel(panel) for panel in board["panels"]]
    kept["templating"] = {"list": [_current(variable) for variable in board["templating"]["list"]]}
    return {**kept, "editable": True}


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    if panel["type"] == "row":
        return {key: panel[key] for key in _ROW_KEYS if key in panel}
    kept = _current(panel)
    kept["fieldConfig"].setdefault("overrides", [])
    if "options" in kept and panel["type"] == "bargauge":
        kept["options"] = {"displayMode": panel["options"]["displayMode"], **_current(panel["options"])}
    if panel["type"] == "table":
        kept["fieldConfig"]["defaults"]["custom"].pop("displayMode")
    return kept


def _current(node: dict[str, Any]) -> dict[str, Any]:
    """Without legacy keys here, and without unset ones here and below."""
    return {key: _set(value) for key, value in node.items() if key not in _LEGACY and value is not None}


def _set(node: Any) -> Any:
    """Without unset keys, a threshold's open bottom aside."""
    if isinstance(node, list):
        return [_set(item) for item in node]
    if isinstance(node, dict):
        return {key: _set(value) for key, value in node.items() if value is not None or key == "value"}
    return node


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the dashboards into the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m airuntime_dashboards.generate", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="folder for the JSON files")
    for _ in write(parser.parse_args(arguments).out):
        continue


if __name__ == "__main__":
    main()
