"""The code of the built plugin is small, takes from Grafana what Grafana has, and can be read by its source maps."""

from __future__ import annotations

import json
import re

from support.plugin import FRONTEND, Plugin

MAX_BYTES = 300_000
SHARED = {
    *("react", "react-dom", "react-router", "rxjs", "lodash", "moment", "@emotion/css", "@emotion/react", "module"),
    *(f"@grafana/{name}" for name in ("data", "ui", "runtime", "schema", "i18n")),
}
"""What Grafana 12 hands to a plugin at run time."""


def test_it_is_small(plugin: Plugin) -> None:
    """A module has at most 300 kB."""
    assert 1_000 < len(plugin.module.encode()) <= MAX_BYTES


def test_grafana_can_load_it(plugin: Plugin) -> None:
    """It is one anonymous AMD module that asks only for what Grafana shares, React among it."""
    found = re.match(r"define\((\[[^\]]*\]),", plugin.module)
    assert found is not None
    asked = set(json.loads(found[1]))

    assert asked <= SHARED
    assert {"react", "@grafana/data", "@grafana/ui", "@grafana/runtime"} <= asked


def test_it_brings_no_library_of_its_own(plugin: Plugin) -> None:
    """All that is bundled is source of this plugin: no second React, no copy of Grafana's libraries."""
    bundled = [name for name in plugin.source_map["sources"] if "node_modules" in name]

    assert bundled == []
    assert "SECRET_INTERNALS" not in plugin.module


def test_its_source_map_is_of_the_source(plugin: Plugin) -> None:
    """The map names the files of ``src`` by the app's id, with the very text that they have."""
    prefix = "webpack://airuntime-intelligence-app/./"
    told = dict(zip(plugin.source_map["sources"], plugin.source_map["sourcesContent"], strict=True))
    ours = {name.removeprefix(prefix): text for name, text in told.items() if name.startswith(prefix)}

    assert plugin.module.rstrip().endswith("//# sourceMappingURL=module.js.map")
    assert any(re.fullmatch(r"(datasource/)?module\.tsx?", name) for name in ours)
    assert {name: (FRONTEND / "src" / name).read_text(encoding="utf-8") for name in ours} == ours
    assert [name for name in told if ".test." in name or "/testing/" in name] == []


def test_it_keeps_to_what_plugins_may_do(plugin: Plugin) -> None:
    """No evaluated text, no writing of HTML, no tracking, no talk on the console, no address of another host."""
    faults = r"\beval\(|new Function\(|dangerouslySetInnerHTML|innerHTML|console\.|document\.cookie|https?://(?!www\.w3\.org)"

    assert re.findall(faults, plugin.module) == []
