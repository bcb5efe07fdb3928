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
    return Command("llm", argv, environment.bare(), lambda: answers(f"{layout.urls.openai}/models"))


def context7(layout: Layout, _say: Say) -> Command:
    """The stand-in for Context7."""
    argv = _fake("airuntime_demo.fake_context7", layout, "context7")
    ready = f"{layout.urls.context7}/v2/libs/search?libraryName=openai&query=models"
    return Command("context7", argv, environment.bare(), lambda: answers(ready))


def prometheus_server(layout: Layout, say: Say) -> Command:
    """Prometheus, which scrapes the service and the backend. Raises PrometheusMissingError."""
    binary = prometheus.Finder().find(say)
    rules = layout.root / "provisioning" / "prometheus" / "rules" if layout.root else None
    jobs = {"support-assistant": layout.ports["metrics"], "airuntime-backend": layout.ports["http"]}
    config = prometheus.write_config(layout.folder, jobs, rules, environment.SCRAPE_SECONDS)
    argv = prometheus.command_line(binary, config, layout.folder / "prometheus", layout.ports["prometheus"])
    ready = f"{layout.urls.prometheus}/-/ready"
    return Command("prometheus", argv, environment.bare(), lambda: answers(ready))


def backend(layout: Layout, _say: Say) -> Command:
    """HTTP API, gRPC service and worker in one process."""
    argv = [sys.executable, "-m", "airuntime_backend.cli", "serve"]
    ready = f"{layout.urls.api}/readyz"
    return Command("backend", argv, environment.of_backend(layout), lambda: answers(ready))


def service(layout: Layout, _say: Say) -> Command:
    """The support assistant under traffic."""
    argv = [sys.executable, "-m", "airuntime_demo.service"]
    return Command("service", argv, environment.of_service(layout), lambda: answers(layout.urls.metrics))


def _fake(module: str, layout: Layout, port: str) -> list[str]:
    return [sys.executable, "-m", module, "--port", str(layout.ports[port]), "--seed", str(layout.options.seed)]


COMMANDS: Final[Mapping[Part, Callable[[Layout, Say], Command]]] = {
    "llm": llm,
    "context7": context7,
    "prometheus": prometheus_server,
    "backend": backend,
    "service": service,
}
