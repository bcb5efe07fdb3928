"""The services of docker-compose.yml as processes of this machine, started in order and asked for their health.

What only containers have is put in place: a host name becomes loopback, a port a free one, a mounted folder the folder
itself, the user's secret a value. Commands, environment and health checks stay as they are written.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.contract import env, names
from airuntime_demo.processes import Command, Processes

from . import compose
from .compose import ROOT, Mount, Service
from .prometheus import binary, free_port

_DEFAULTS: Final = {
    "backend": {env.HTTP_PORT: names.HTTP_PORT, env.GRPC_PORT: names.GRPC_PORT},
    "demo": {env.METRICS_PORT: names.METRICS_PORT},
}
"""Ports that a service takes from its defaults, which in a container are always free."""


@dataclass(frozen=True)
class Containers:
    """What runs. ``ports`` gives the port here for a port there."""

    folder: Path
    ports: dict[int, int]

    def url(self, port: int) -> str:
        """Base URL of what listens on this port in its container."""
        return f"http://127.0.0.1:{self.ports[port]}"

    def argv(self, service: Service) -> list[str]:
        """The command; programs that images bring along are those of this machine."""
        words = [self._here(word, service) for word in service.runs()]
        if "--port" in words:
            at = words.index("--port") + 1
            words[at] = str(self.ports[int(words[at])])
        if not service.ours:
            words = [binary(), *words, f"--web.listen-address=127.0.0.1:{self.ports[names.PROMETHEUS_PORT]}"]
        return words

    def environment(self, service: Service) -> dict[str, str]:
        """What the service is given, and a PATH; nothing of this machine's own."""
        given = {key: self._here(text, service) for key, text in compose.environment(service.name).items()}
        ports = {one.name: str(self.ports[port]) for one, port in _DEFAULTS.get(service.name, {}).items()}
        return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | given | ports

    def healthy(self, service: Service) -> bool:
        """Whether the health check, run as it is written, ends well."""
        kind, *words = (self._here(word, service) for word in service.health)
        if kind != "CMD":
            raise ValueError(f"{service.name}: a health check without a shell was expected, not {kind}")
        # The images of others have busybox' wget, which knows fewer options than that of a distribution.
        words = ["busybox", *words] if words[0] == "wget" else words
        done = subprocess.run(words, env=self.environment(service), capture_output=True, check=False, timeout=10)  # noqa: S603 - the file's own words
        return done.returncode == 0

    def prepare(self, service: Service) -> None:
        """Make its volumes, and put addresses of this machine into the files that others' images read."""
        for mount in service.mounts:
            folder = self._folder(mount, service)
            if mount.named:
                folder.mkdir()
            elif not service.ours:
                shutil.copytree(ROOT / mount.source, folder)
                for path in folder.rglob("*.yml"):
                    path.write_text(self._addresses(path.read_text(encoding="utf-8")), encoding="utf-8")

    def _here(self, text: str, service: Service) -> str:
        folders = {mount.target: str(self._folder(mount, service)) for mount in service.mounts}
        if folders:
            text = re.sub(rf"(?<![\w.])({'|'.join(folders)})(?!\w)", lambda match: folders[match[1]], text)
        return self._addresses(text).replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - the address is taken away

    def _addresses(self, text: str) -> str:
        hosts = "|".join((*compose.services(), r"127\.0\.0\.1"))
        return re.sub(rf"\b(?:{hosts}):(\d+)", lambda match: f"127.0.0.1:{self.ports[int(match[1])]}", text)

    def _folder(self, mount: Mount, service: Service) -> Path:
        if service.ours and not mount.named:
            return (ROOT / mount.source).resolve()
        return self.folder / f"{service.name}{mount.target.replace('/', '-')}"


@contextmanager
def running(folder: Path, *wanted: str) -> Iterator[Containers]:
    """Start these services, each once those that it waits for are healthy; stop them by their process ids.

    Raises airuntime_demo.processes.PartDiedError when one ends or does not become healthy.
    """
    services = compose.services()
    containers = Containers(folder, {port: free_port() for port in sorted(_ports(services))})
    processes = Processes(folder, lambda _: None)
    try:
        for name in _in_order(services, wanted):
            service = services[name]
            containers.prepare(service)
            ready = partial(containers.healthy, service)
            processes.start(Command(name, containers.argv(service), containers.environment(service), ready))
        yield containers
    finally:
        processes.stop()


def _in_order(services: Mapping[str, Service], wanted: Sequence[str]) -> list[str]:
    """The services wanted and those that they wait for, each after what it waits for."""
    return list(TopologicalSorter({name: tuple(services[name].after) for name in wanted}).static_order())


def _ports(services: Mapping[str, Service]) -> set[int]:
    options = " ".join(" ".join(service.command) for service in services.values())
    contract = {names.HTTP_PORT, names.GRPC_PORT, names.METRICS_PORT, names.PROMETHEUS_PORT}
    return contract | {int(port) for port in re.findall(r"--port (\d+)", options)}
