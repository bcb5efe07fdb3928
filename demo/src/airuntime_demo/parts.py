"""The command of each part: what is run, with which environment, and how it tells that it serves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final

from . import environment, prometheus
from .http import answers
from .layout import Layout, Part
from .processes import Command, Say


def llm(layout: Layout, _say: Say) -> Command:
    """The fake model."""
    argv = _fake("airuntime_demo.fake_llm", layout, "llm")
    return _command("llm", argv, environment.bare(), f"{layout.urls.openai}/models", layout, "llm")


def context7(layout: Layout, _say: Say) -> Command:
    """The stand-in for Context7."""
    argv = _fake("airuntime_demo.fake_context7", layout, "context7")
    ready = f"{layout.urls.context7}/v2/libs/search?libraryName=openai&query=models"
    return _command("context7", argv, environment.bare(), ready, layout, "context7")


def prometheus_server(layout: Layout, say: Say) -> Command:
    """Prometheus, which scrapes the service and the backend. Raises PrometheusMissingError."""
    rules = layout.root / "provisioning" / "prometheus" / "rules" if layout.root else None
    jobs = {"support-assistant": layout.ports["metrics"], "airuntime-backend": layout.ports["http"]}
    config = prometheus.write_config(layout.folder, jobs, rules, environment.SCRAPE_SECONDS)
    program = prometheus.Finder().find(say, [layout.folder, *([rules] if rules else [])])
    argv = prometheus.command_line(program, config, layout.folder / "prometheus", layout.ports["prometheus"])
    ready = f"{layout.urls.prometheus}/-/ready"
    return _command("prometheus", argv, environment.bare(), ready, layout, "prometheus")


def backend(layout: Layout, _say: Say) -> Command:
    """HTTP API, gRPC service and worker in one process."""
    argv = [sys.executable, "-m", "airuntime_backend.cli", "serve"]
    ready = f"{layout.urls.api}/readyz"
    return _command("backend", argv, environment.of_backend(layout), ready, layout, "http", "grpc")


def service(layout: Layout, _say: Say) -> Command:
    """The support assistant under traffic."""
    argv = [sys.executable, "-m", "airuntime_demo.service"]
    return _command("service", argv, environment.of_service(layout), layout.urls.metrics, layout, "metrics")


def _command(name: Part, argv: list[str], env: dict[str, str], ready: str, layout: Layout, *ports: str) -> Command:
    """``ready`` is a URL that answers 200 when it serves, ``ports`` are the names of those on which it listens."""
    return Command(name, argv, env, lambda: answers(ready), lambda: layout.ports.release(*ports))


def _fake(module: str, layout: Layout, port: str) -> list[str]:
    return [sys.executable, "-m", module, "--port", str(layout.ports[port]), "--seed", str(layout.options.seed)]


COMMANDS: Final[Mapping[Part, Callable[[Layout, Say], Command]]] = {
    "llm": llm,
    "context7": context7,
    "prometheus": prometheus_server,
    "backend": backend,
    "service": service,
}
