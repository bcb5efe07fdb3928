"""What Grafana is provisioned with agrees with the plugin, the dashboards, the contract and the compose file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml
from ai_runtime_intelligent.contract import env, names, promql
from airuntime_backend.grafana.context import SECRET_KEY
from airuntime_dashboards import config as dashboards
from support import compose
from support.compose import ROOT

FOLDER = ROOT / "provisioning" / "grafana"
SERVICE = compose.services()["grafana"]
APP, DATASOURCE = names.APP_PLUGIN_ID, names.DATASOURCE_PLUGIN_ID
QUERIES: dict[str, dict[str, object]] = {
    "airuntime-finding-high": {"type": "findings", "format": "numbers"},
    "airuntime-breach-coming": {"type": "forecast", "format": "numbers"},
    "airuntime-rollout-stuck": {
        "type": "promql",
        "expr": promql.rollouts(promql.EVERYTHING, "stuck"),
        "instant": True,
    },
}
"""What each alert rule asks: a query type of the contract, and where it is PromQL, a query of the contract."""


def _read(path: str) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((FOLDER / path).read_text(encoding="utf-8"))
    return parsed


def _datasources() -> dict[str, Any]:
    files = sorted(path.name for path in (FOLDER / "datasources").iterdir())
    return {one["uid"]: one for file in files for one in _read(f"datasources/{file}")["datasources"]}


def _rules() -> dict[str, Any]:
    return {rule["uid"]: rule for group in _read("alerting/airuntime.yaml")["groups"] for rule in group["rules"]}


def _plugin(path: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((ROOT / "plugin-frontend" / "src" / path).read_text(encoding="utf-8"))
    return parsed


@pytest.fixture
def ini() -> ConfigParser:
    """grafana.ini."""
    parser = ConfigParser(interpolation=None)
    parser.read_string((FOLDER / "grafana.ini").read_text(encoding="utf-8"))
    return parser


def test_every_file_is_one_that_grafana_reads() -> None:
    """Each YAML file is of version 1, in a folder that Grafana looks into, and there is no other file."""
    found = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.is_file())

    assert {path.parts[0] for path in found} == {"alerting", "dashboards", "datasources", "plugins", "grafana.ini"}
    for path in found:
        if path.name != "grafana.ini":
            assert path.suffix == ".yaml"
            assert _read(str(path))["apiVersion"] == 1


def test_the_plugin_has_the_ids_of_the_contract() -> None:
    """plugin.json, which Grafana reads, and the contract, from which all else here is taken, name the same plugins."""
    assert _plugin("plugin.json")["id"] == APP
    assert _plugin("datasource/plugin.json")["id"] == DATASOURCE


def test_grafana_loads_both_unsigned_plugins(ini: ConfigParser) -> None:
    """Without both ids in the list, Grafana loads neither."""
    assert ini["plugins"]["allow_loading_unsigned_plugins"].split(",") == [APP, DATASOURCE]


def test_actions_may_post_to_the_app(ini: ConfigParser) -> None:
    """The pattern covers the resources of the app, to which the Action in the dashboards posts."""
    allowed = ini["security"]["actions_allow_post_url"]

    assert allowed == f"{dashboards.RESOURCES_URL}/*"
    posted = re.findall(r'"url": "(/api/plugins/[^"]+)"', (ROOT / "dashboards/generated/code.json").read_text())
    assert posted
    assert all(url.startswith(allowed.removesuffix("*")) for url in posted)


def test_grafana_says_who_asks(ini: ConfigParser) -> None:
    """What Grafana sends names the user."""
    assert ini["dataproxy"].getboolean("send_user_header") is True


@pytest.mark.parametrize("plugin", [APP, DATASOURCE])
def test_each_plugin_has_a_section_with_the_backends_address(ini: ConfigParser, plugin: str) -> None:
    """The launcher is told the backend's gRPC port, by the name of its service."""
    assert dict(ini[f"plugin.{plugin}"]) == {"backend_address": f"backend:{names.GRPC_PORT}"}
    assert "backend" in compose.services()


def test_the_root_url_is_the_published_port_on_localhost(ini: ConfigParser) -> None:
    """An Action's address is made from root_url: the browser must be on that origin."""
    (port,) = SERVICE.ports

    assert ini["server"]["root_url"] == f"http://localhost:{port.split(':')[1]}/"


def test_no_secret_is_in_the_files(ini: ConfigParser) -> None:
    """The app and the data source carry the plugin's secret under the backend's key, from Grafana's environment."""
    (app,) = _read("plugins/airuntime.yaml")["apps"]
    carried = {SECRET_KEY: f"${env.PLUGIN_SECRET.name}"}

    assert app["secureJsonData"] == _datasources()[names.DATASOURCE_UID]["secureJsonData"] == carried
    assert env.PLUGIN_SECRET.name in SERVICE.environment
    assert not any("password" in key or "secret" in key for section in ini.values() for key in section)


def test_every_variable_in_the_files_is_set() -> None:
    """Grafana puts nothing in the place of a variable that is not set, and says nothing."""
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yaml")]
    used = {name for text in texts for name in re.findall(r"\$\{?(\w+)", re.sub(r"#.*", "", text))}

    assert used == {env.PLUGIN_SECRET.name}
    assert used <= set(SERVICE.environment)


def test_the_app_is_enabled() -> None:
    """In the first organisation, as our plugin."""
    (app,) = _read("plugins/airuntime.yaml")["apps"]

    assert (app["type"], app["org_id"], app["disabled"]) == (APP, 1, False)


def test_dashboards_find_their_data_source() -> None:
    """Every data source that a generated dashboard names is provisioned, with that uid and type."""
    provisioned = {(uid, one["type"]) for uid, one in _datasources().items()}
    used = {pair for path in _generated() for pair in _sources(json.loads(path.read_text(encoding="utf-8")))}

    assert (dashboards.DATASOURCE["uid"], dashboards.DATASOURCE["type"]) in used
    assert used <= provisioned


def _generated() -> list[Any]:
    found = sorted((ROOT / "dashboards" / "generated").glob("*.json"))
    assert len(found) == len(names.DASHBOARD_UIDS)
    return found


def _sources(part: object) -> Iterator[tuple[str, str]]:
    """Every data source named anywhere in a dashboard; "grafana" is Grafana itself."""
    if isinstance(part, dict):
        named = part.get("datasource")
        if isinstance(named, dict) and named.get("type") != "grafana":
            yield named["uid"], named["type"]
        for value in part.values():
            yield from _sources(value)
    elif isinstance(part, list):
        for value in part:
            yield from _sources(value)


def test_prometheus_is_asked_where_it_listens() -> None:
    """Its data source names the service, its port, and the interval at which it scrapes."""
    prometheus = _datasources()["prometheus"]
    scraped = yaml.safe_load((ROOT / "provisioning/prometheus/prometheus.yml").read_text())["global"]["scrape_interval"]

    assert prometheus["url"] == f"http://prometheus:{names.PROMETHEUS_PORT}"
    assert prometheus["jsonData"]["timeInterval"] == scraped
    assert sum(bool(one.get("isDefault")) for one in _datasources().values()) == 1


def test_the_dashboards_are_read_from_where_they_are_mounted() -> None:
    """The provider's path is the place at which the generated dashboards are mounted; nothing else is changed there."""
    (provider,) = _read("dashboards/airuntime.yaml")["providers"]
    mounted = {mount.target: mount.source for mount in SERVICE.mounts}

    assert mounted[provider["options"]["path"]] == "./dashboards/generated"
    assert provider["allowUiUpdates"] is False


def test_the_plugin_is_mounted_in_grafanas_plugin_folder() -> None:
    """Under its own id, beside the provisioning and the settings."""
    mounted = {mount.source: PurePosixPath(mount.target) for mount in SERVICE.mounts}

    assert mounted["./plugin-frontend/dist"] == PurePosixPath("/var/lib/grafana/plugins", APP)
    assert mounted["./provisioning/grafana"] == PurePosixPath("/etc/grafana/provisioning")
    assert mounted["./provisioning/grafana/grafana.ini"] == PurePosixPath("/etc/grafana/grafana.ini")


@pytest.mark.parametrize("uid", QUERIES)
def test_alert_rules_ask_the_contracts_queries_of_our_data_source(uid: str) -> None:
    """A rule asks for numbers with labels, reduces them, and compares: the chain that Grafana evaluates."""
    rule = _rules()[uid]
    asked, reduced, compared = rule["data"]

    assert asked["datasourceUid"] == names.DATASOURCE_UID
    assert asked["model"].items() >= QUERIES[uid].items()
    assert asked["model"]["type"] in names.QUERY_TYPES
    assert {reduced["datasourceUid"], compared["datasourceUid"]} == {"__expr__"}
    assert (reduced["model"]["type"], reduced["model"]["expression"]) == ("reduce", asked["refId"])
    assert (compared["model"]["type"], compared["model"]["expression"]) == ("threshold", reduced["refId"])
    assert rule["condition"] == compared["refId"]
    assert all(one["model"]["refId"] == one["refId"] for one in rule["data"])


def test_alert_rules_are_ready_for_a_quiet_start() -> None:
    """Every rule is tested here; without any data it does not fire, and it links to dashboards that there are."""
    rules = _rules()

    assert set(rules) == set(QUERIES)
    for rule in rules.values():
        assert rule["noDataState"] == "OK"
        linked = re.findall(r"/d/([\w-]+)", rule["annotations"]["description"])
        assert set(linked) <= set(names.DASHBOARD_UIDS.values())
        assert linked


def test_alerts_lead_to_the_panel_that_shows_why() -> None:
    """Grafana draws them there too; a panel's number changes when a dashboard is laid out anew."""
    files = (ROOT / "dashboards" / "generated").glob("*.json")
    boards = {board["uid"]: board["panels"] for board in (json.loads(one.read_text(encoding="utf-8")) for one in files)}
    titles = {uid: {panel["id"]: panel["title"] for panel in panels} for uid, panels in boards.items()}

    shown = {uid: titles[rule["dashboardUid"]].get(rule["panelId"]) for uid, rule in _rules().items()}

    assert shown == {
        "airuntime-finding-high": "Findings",
        "airuntime-breach-coming": "Forecasts and coming breaches",
        "airuntime-rollout-stuck": "Rollouts",
    }
