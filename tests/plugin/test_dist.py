"""The built plugin holds what Grafana and its plugin validator ask of one; only the signature is missing."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pydantic import ValidationError
from support.plugin import DIST, FRONTEND, Plugin, built, files
from support.plugin_json import PluginJson

ROOT = FRONTEND.parent
LAUNCHER = FRONTEND / "launcher" / "gpx_airuntime"
PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")


def test_plugin_json_keeps_the_rules(plugin: Plugin) -> None:
    """Its fields, names, versions and paths are as Grafana's schema wants them, with no placeholder left."""
    told = PluginJson.model_validate_json(json.dumps(plugin.metadata))

    assert told.backend
    assert "%" not in json.dumps(plugin.metadata)
    assert told.info.version == json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))["version"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "airuntime-intelligence-panel"}, "id"),
        ({"type": "datasource"}, "must end with the type"),
        ({"executable": None}, "executable"),
        ({"backend": False, "executable": None, "alerting": True}, "alerting"),
        ({"colour": "blue"}, "colour"),
        ({"dependencies": {"grafanaDependency": "12.2.0", "plugins": []}}, "grafanaDependency"),
    ],
)
def test_the_rules_refuse_what_breaks_them(app: Plugin, change: dict[str, object], told: str) -> None:
    """The check itself refuses a plugin.json with one thing wrong, and names it."""
    with pytest.raises(ValidationError, match=told):
        PluginJson.model_validate_json(json.dumps(app.metadata | change))


def test_the_app_declares_what_it_contains(app: Plugin) -> None:
    """Each plugin within the app is included with its path and type, and each page lies under the app's own path."""
    nested = {
        str(path.relative_to(DIST)): json.loads(path.read_text(encoding="utf-8"))["type"]
        for path in DIST.glob("*/**/plugin.json")
    }
    included = {one["path"]: one["type"] for one in app.metadata["includes"] if one["type"] != "page"}
    pages = [one["path"] for one in app.metadata["includes"] if one["type"] == "page"]

    assert nested == included == {"datasource/plugin.json": "datasource"}
    assert pages
    assert all(page.startswith(f"/a/{app.metadata['id']}/") for page in pages)


def test_the_plugins_have_the_ids_that_everything_else_names(app: Plugin) -> None:
    """The ids of the build are those of the frontend's code and of Grafana's settings."""
    ids = [app.metadata["id"], built("datasource").metadata["id"]]
    code = (FRONTEND / "src" / "ids.ts").read_text(encoding="utf-8")
    settings = (ROOT / "provisioning" / "grafana" / "datasources" / "airuntime.yaml").read_text(encoding="utf-8")

    assert all(f"'{one}'" in code for one in ids)
    assert ids[1] in settings


def test_pictures_exist_and_are_harmless(plugin: Plugin) -> None:
    """Logos and screenshots are there; an SVG holds shapes, but no script, no handler and nothing from elsewhere."""
    info = plugin.metadata["info"]
    logos = [plugin.folder / path for path in info["logos"].values()]
    pictures = [plugin.folder / one["path"] for one in info["screenshots"]]

    assert all(path.suffix == ".svg" for path in logos)
    assert all(path.is_file() and path.suffix in {".png", ".jpg", ".svg"} for path in pictures)
    assert [fault for path in logos for fault in _faults_of_svg(path)] == []


def _faults_of_svg(path: Path) -> list[str]:
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    faults = [node.tag for node in root.iter() if node.tag.rpartition("}")[2] in {"script", "foreignObject", "image"}]
    names = [name.rpartition("}")[2] for node in root.iter() for name in node.attrib]
    return faults + [name for name in names if name.startswith("on") or name == "href"]


def test_the_readme_is_for_readers_in_grafana() -> None:
    """It has words, no comment, no link that works only here, and no word for developers."""
    text = (DIST / "README.md").read_text(encoding="utf-8")

    assert text.startswith("# AI Runtime Intelligence\n")
    assert "<!--" not in text
    assert [link for link in re.findall(r"\[.+?\]\((.+?)\)", text) if not link.startswith("https://")] == []
    assert re.search(r"yarn|nodejs|Plugin Template", text) is None


def test_the_changelog_tells_of_the_version(app: Plugin) -> None:
    """The changelog has a chapter for the version that is built."""
    assert f"\n## {app.metadata['info']['version']}\n" in (DIST / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_the_projects() -> None:
    """The licence is there in full, and is the one at the root."""
    text = (DIST / "LICENSE").read_text(encoding="utf-8")

    assert text == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "{yyyy}" not in text


def test_every_platform_has_its_executable(plugin: Plugin) -> None:
    """The launcher is there under each name that Grafana looks for, may be run by all, and is the tested one."""
    found = sorted(path for path in plugin.folder.iterdir() if path.name.startswith(plugin.metadata["executable"]))

    assert [path.name for path in found] == sorted(f"{plugin.metadata['executable']}_{name}" for name in PLATFORMS)
    assert {path.read_bytes() for path in found} == {LAUNCHER.read_bytes()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o755}


def test_nothing_else_may_be_run() -> None:
    """Of all other files none is executable, and each may be read by the user that Grafana runs as."""
    modes = {path: path.stat().st_mode for path in files() if not path.name.startswith("gpx_")}

    assert [path for path, mode in modes.items() if mode & 0o111] == []
    assert [path for path, mode in modes.items() if not mode & stat.S_IROTH] == []


def test_there_is_what_belongs_there_and_no_more() -> None:
    """No test, no debugging aid, no left-over of an earlier build."""
    names = [str(path.relative_to(DIST)) for path in files() if not path.name.startswith("gpx_")]

    assert names == sorted(
        ["CHANGELOG.md", "LICENSE", "README.md"]
        + [f"{folder}{name}" for folder in ("", "datasource/") for name in ("img/logo.svg", "plugin.json")]
        + [f"{folder}module.js{end}" for folder in ("", "datasource/") for end in ("", ".map")]
    )


def test_no_file_knows_where_it_was_built() -> None:
    """No absolute path of the building machine is in any file."""
    places = re.compile(rf"file://|/home/|/Users/|/root/|/tmp/|{re.escape(str(ROOT))}/")

    assert [path for path in files() if places.search(path.read_text(encoding="utf-8"))] == []
