"""The built Grafana plugin, as it is handed to Grafana."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FRONTEND: Final = Path(__file__).parents[2] / "plugin-frontend"
DIST: Final = FRONTEND / "dist"
FOLDERS: Final = ("", "datasource")
"""Where the plugins are within ``dist``: the app, and the data source in it."""


@dataclass(frozen=True)
class Plugin:
    """One folder that has a plugin.json."""

    folder: Path
    """The folder within ``dist``."""
    metadata: dict[str, Any]

    @property
    def module(self) -> str:
        """The code that Grafana loads."""
        return (self.folder / "module.js").read_text(encoding="utf-8")

    @property
    def source_map(self) -> dict[str, Any]:
        """The source map beside it."""
        parsed: dict[str, Any] = json.loads((self.folder / "module.js.map").read_text(encoding="utf-8"))
        return parsed


def built(folder: str) -> Plugin:
    """A plugin of the build. Raises FileNotFoundError: without a build these tests prove nothing and must not pass."""
    path = DIST / folder / "plugin.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path.relative_to(FRONTEND.parent)} is not built: run `make plugin`")
    return Plugin(path.parent, json.loads(path.read_text(encoding="utf-8")))


def files() -> list[Path]:
    """Every file of the build."""
    return sorted(path for path in DIST.rglob("*") if path.is_file())
