"""docker-compose.yml: valid, complete, and agreeing with what is built, listened on and answered."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from ai_runtime_intelligent.contract import env, names
from airuntime_dashboards import config as dashboards
from airuntime_demo.fake_context7 import FakeContext7
from airuntime_demo.fake_llm import FakeLLM
from support import compose
from support.compose import ROOT, Service

SERVICES = compose.services()
OURS = {name: service for name, service in SERVICES.items() if service.ours}
LISTENS = {
    "llm": {8001},
    "context7": {8002},
    "backend": {names.HTTP_PORT, names.GRPC_PORT},
    "demo": {names.METRICS_PORT},
    "prometheus": {names.PROMETHEUS_PORT},
    "grafana": {3000},
}
MADE = {"plugin-frontend/dist": "plugin"}
"""What is mounted but not in the repository: the verb of make that makes it."""


def test_the_schema_of_compose_accepts_the_file() -> None:
    """The schema that the Compose project publishes finds nothing wrong."""
    assert _complaint(compose.FILE) is None


def test_the_schema_is_awake(tmp_path: Path) -> None:
    """The same check refuses a service with a key that Compose does not know."""
    broken = tmp_path / "compose.yml"
    broken.write_text(compose.FILE.read_text(encoding="utf-8").replace("    healthcheck:", "    healthchek:", 1))

    assert "healthchek" in (_complaint(broken) or "")


def _complaint(file: Path) -> str | None:
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return done.stdout + done.stderr if done.returncode else None


def test_every_mounted_path_is_there() -> None:
    """What is mounted is in the repository, or made by a verb of make that exists, and is never written to."""
    mounts = [mount for service in SERVICES.values() for mount in service.mounts if not mount.named]

    assert len(mounts) >= 5
    for mount in mounts:
        path = mount.source.removeprefix("./")
        assert mount.read_only, path
        if path in MADE:
            assert re.search(rf"^{MADE[path]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        else:
            assert _tracked(path), path


def _tracked(path: str) -> bool:
    listed = subprocess.run(["git", "ls-files", "--", path], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607 - git itself
    return bool(listed.stdout.strip())


def test_a_plugin_that_was_never_built_stops_the_start() -> None:
    """Docker makes no empty folder in the place of what make builds."""
    binds = [one for one in SERVICES["grafana"].raw["volumes"] if isinstance(one, dict)]

    assert {one["source"].removeprefix("./") for one in binds} == set(MADE)
    assert all(one["bind"]["create_host_path"] is False for one in binds)


def test_state_is_kept_in_named_volumes() -> None:
    """Every named volume is declared and used; whoever keeps state has one."""
    used = {mount.source for service in SERVICES.values() for mount in service.mounts if mount.named}

    assert used == set(compose.document()["volumes"])
    assert {name for name, one in SERVICES.items() if any(m.named for m in one.mounts)} == {
        "backend",
        "grafana",
        "prometheus",
    }
    database = SERVICES["backend"].environment[env.DATABASE_URL.name]
    assert any(database == f"sqlite:///{mount.target}/airuntime.db" for mount in SERVICES["backend"].mounts)


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    """A command is a console script of ours, or a module of ours that Python can run."""
    first, *rest = SERVICES[name].runs()
    if first == "python":
        assert rest[0] == "-m"
        assert find_spec(rest[1]) is not None
    else:
        project = tomllib.loads((ROOT / "plugin-backend" / "pyproject.toml").read_text(encoding="utf-8"))
        assert first in project["project"]["scripts"]


def test_ports_are_those_of_the_contract() -> None:
    """Whatever names a port, an address or a published port, names one on which that service listens."""
    named = list(_addresses())

    assert {host for host, _ in named} == {"llm", "context7", "backend", "prometheus", "demo"}
    for host, port in named:
        assert port in LISTENS[host], (host, port)
    for name, service in SERVICES.items():
        if "--port" in service.command:
            assert {int(service.command[service.command.index("--port") + 1])} == LISTENS[name]


def _addresses() -> Iterator[tuple[str, int]]:
    """Every ``host:port`` of a service in the compose file and in what it mounts."""
    texts = [compose.FILE, *sorted((ROOT / "provisioning").rglob("*.*"))]
    hosts = "|".join(SERVICES)
    for path in texts:
        for host, port in re.findall(rf"\b(?<!\w/)({hosts}):(\d+)", path.read_text(encoding="utf-8")):
            yield host, int(port)


def test_published_ports_are_for_this_machine_only() -> None:
    """Each is bound to loopback under its own number, and gRPC is not among them."""
    published = {name: service.ports for name, service in SERVICES.items() if service.ports}

    assert set(published) == {"grafana", "prometheus", "backend"}
    for name, ports in published.items():
        for port in ports:
            address, outside, inside = port.split(":")
            assert address == "127.0.0.1"
            assert outside == inside
            assert int(inside) in LISTENS[name] - {names.GRPC_PORT}


def test_health_is_asked_where_it_is_told() -> None:
    """Each service has a health check of a path that it answers, on its own port."""
    paths = {name: _asked(service) for name, service in SERVICES.items()}

    assert paths["prometheus"] == "/-/ready"
    assert paths["grafana"] == "/api/health"
    assert paths["demo"] == "/metrics"
    assert paths["backend"] in json.loads((ROOT / "plugin-frontend" / "openapi.json").read_text())["paths"]
    assert paths["llm"] in {route.resource.canonical for route in FakeLLM().app().router.routes() if route.resource}
    assert paths["context7"] in {one.resource.canonical for one in FakeContext7().app().router.routes() if one.resource}


def _asked(service: Service) -> str:
    urls = re.findall(r"http://[^'\" ]+", service.health[-1])
    assert len(urls) == 1
    url = urlsplit(str(urls[0]))
    assert url.hostname == "127.0.0.1"
    assert url.port in LISTENS[service.name]
    return url.path


def test_services_wait_for_what_they_need() -> None:
    """Whoever is waited for is healthy first; Grafana waits for the backend, whose name its launcher resolves."""
    for service in SERVICES.values():
        assert set(service.after.values()) <= {"service_healthy"}
        assert set(service.after) <= set(SERVICES)
    assert set(SERVICES["grafana"].after) == {"backend", "prometheus"}
    assert set(SERVICES["demo"].after) == {"backend", "llm"}


def test_images_are_pinned() -> None:
    """Others' images have a full version, and Grafana's is the one for which the dashboards are written."""
    for service in SERVICES.values():
        if not service.ours:
            assert re.fullmatch(r"[\w/-]+:v?\d+\.\d+\.\d+", service.image)
    assert SERVICES["grafana"].image.endswith(f":{dashboards.PLUGIN_VERSION}")


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name: str) -> None:
    """No capabilities, no new privileges, nothing to write but their volume and a temporary folder."""
    raw = OURS[name].raw

    assert raw["read_only"] is True
    assert raw["cap_drop"] == ["ALL"]
    assert raw["security_opt"] == ["no-new-privileges:true"]
    assert raw["tmpfs"] == ["/tmp"]  # noqa: S108 - the container's own
