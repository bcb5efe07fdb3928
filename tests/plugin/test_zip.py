"""The zip of the plugin unpacks to what Grafana loads."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ai_runtime_intelligent.contract.names import APP_PLUGIN_ID

ROOT = Path(__file__).parents[2]
DIST = ROOT / "plugin-frontend" / "dist"
TOOL = ROOT / "tools" / "zip_plugin.py"


def packed(dist: Path, folder: Path) -> Path:
    """What the tool makes of a built plugin."""
    done = subprocess.run([sys.executable, TOOL, dist, folder], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return Path(done.stdout.strip())


def test_it_holds_the_whole_plugin_in_its_own_folder(tmp_path: Path) -> None:
    """Every built file, and nothing else; the name tells the version."""
    version = json.loads((DIST / "plugin.json").read_text(encoding="utf-8"))["info"]["version"]

    zipped = packed(DIST, tmp_path)

    assert zipped.name == f"{APP_PLUGIN_ID}-{version}.zip"
    built = {f"{APP_PLUGIN_ID}/{path.relative_to(DIST)}" for path in DIST.rglob("*") if path.is_file()}
    with zipfile.ZipFile(zipped) as file:
        assert set(file.namelist()) == built
        assert file.testzip() is None


def test_the_launchers_can_be_started(tmp_path: Path) -> None:
    """A zip keeps modes only if it is told them; Grafana starts these files."""
    with zipfile.ZipFile(packed(DIST, tmp_path)) as file:
        modes = {entry.filename: entry.external_attr >> 16 for entry in file.infolist()}

    launchers = {name: mode for name, mode in modes.items() if "/gpx_" in name}
    assert launchers
    assert all(mode & 0o111 for mode in launchers.values())
    assert not any(mode & 0o111 for name, mode in modes.items() if name not in launchers)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """So that its checksum can be told."""
    one, two = (packed(DIST, tmp_path / folder) for folder in ("one", "two"))

    assert one.read_bytes() == two.read_bytes()


def test_what_is_not_built_is_told(tmp_path: Path) -> None:
    """The file that is missing is named, and no zip is left."""
    with pytest.raises(subprocess.CalledProcessError) as failed:
        packed(tmp_path, tmp_path / "out")

    assert "plugin.json" in failed.value.stderr
    assert not (tmp_path / "out").exists()
