"""What docker-compose.yml describes works: its services start, are healthy, and find each other and their secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import yaml
from ai_runtime_intelligent.contract import env, names
from airuntime_demo.service import SERVICE
from support import compose, containers, grafana
from support.compose import ROOT
from support.containers import Containers

SECONDS = 30.0
SCHEDULER = grafana.Person("grafana_scheduler", "Admin", compose.secrets()[env.PLUGIN_SECRET.name], "datasource")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """All services but Grafana, whose part the tests play."""
    wanted = [name for name in compose.services() if name != "grafana"]
    with containers.running(tmp_path_factory.mktemp("containers"), *wanted) as found:
        yield found


def _asked(url: str, **options: Any) -> Any:
    answer = requests.get(url, timeout=5, **options)
    answer.raise_for_status()
    return answer.json()


def _until(ask: Callable[[], Any], wanted: object) -> Any:
    """The last answer: the one that is wanted, or else whatever it is after half a minute."""
    deadline = time.monotonic() + SECONDS
    while (answer := ask()) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer


def test_prometheus_scrapes_both(stack: Containers) -> None:
    """The workload and the backend are up, at the addresses of the mounted configuration."""
    url = f"{stack.url(names.PROMETHEUS_PORT)}/api/v1/targets"

    def health() -> dict[str, str]:
        return {one["labels"]["job"]: one["health"] for one in _asked(url)["data"]["activeTargets"]}

    assert _until(health, wanted := {SERVICE: "up", "airuntime-backend": "up"}) == wanted


def test_prometheus_evaluates_every_rule(stack: Containers) -> None:
    """The rules are found beside the configuration, and none fails on what is really scraped."""
    files = sorted((ROOT / "provisioning" / "prometheus" / "rules").glob("*.yml"))
    groups = [group for path in files for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    expected = {rule.get("alert") or rule["record"]: "ok" for group in groups for rule in group["rules"]}

    def health() -> dict[str, str]:
        found = _asked(f"{stack.url(names.PROMETHEUS_PORT)}/api/v1/rules")["data"]["groups"]
        return {rule["name"]: rule["health"] for group in found for rule in group["rules"]}

    assert _until(health, expected) == expected


def test_the_backend_reaches_all_that_it_needs(stack: Containers) -> None:
    """Prometheus, its database and the documentation: each configured, each well; a model to word is not asked for."""
    health = _asked(f"{stack.url(names.HTTP_PORT)}/healthz")

    assert {name: one["configured"] and one["ok"] for name, one in health["dependencies"].items()} == {
        "prometheus": True,
        "database": True,
        "context7": True,
        "model": False,
    }


def test_the_workload_has_reported_itself(stack: Containers) -> None:
    """Its token is the one that the backend knows: the manifest has arrived, and its primitives are listed."""
    url = f"{stack.url(names.HTTP_PORT)}/api/variables"
    viewer = {"Authorization": f"Bearer {compose.secrets()[env.VIEWER_TOKEN.name]}"}

    def services() -> list[str]:
        return [one["value"] for one in _asked(f"{url}/services", headers=viewer)]

    assert _until(services, [SERVICE]) == [SERVICE]
    assert "answer_cache" in {one["value"] for one in _asked(f"{url}/primitives", headers=viewer)}


def test_grafana_would_evaluate_its_alert_rules(stack: Containers) -> None:
    """With the secret that Grafana is given, the query of each rule is answered on the port that its launcher names."""
    rules = yaml.safe_load((ROOT / "provisioning" / "grafana" / "alerting" / "airuntime.yaml").read_text())["groups"]
    models = {rule["uid"]: rule["data"][0]["model"] for group in rules for rule in group["rules"]}
    now = round(time.time() * 1000)

    with grafana.Grafana(f"127.0.0.1:{stack.ports[names.GRPC_PORT]}") as client:
        assert client.serving()
        for uid, model in models.items():
            fields = {key: value for key, value in model.items() if key not in {"refId", "type"}}
            asked = grafana.query(model["refId"], model["type"], start=now - 300_000, end=now, **fields)
            assert client.query(SCHEDULER, asked)[model["refId"]].error == "", uid
