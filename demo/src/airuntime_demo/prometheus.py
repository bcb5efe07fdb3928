"""A real Prometheus: found or installed, configured for the demo, and asked for a number."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .http import get_json
from .ports import HOST
from .processes import Say

MISSING: Final = """Prometheus was not found on the PATH. One of these helps:
  install it: unpack a release from https://prometheus.io/download/ and put it on the PATH;
  by apt:     apt-get install prometheus (done for you when run as root);
  by Docker:  start its engine (`docker info` must answer): then this uses it."""

IMAGE: Final = "prom/prometheus:v3.13.3"
"""What runs where there is nothing but Docker; the compose file has the same."""

_INSTALL: Final = (
    ("apt-get", "update", "-q"),
    ("apt-get", "install", "-y", "-q", "--no-install-recommends", "prometheus"),
)


class PrometheusMissingError(RuntimeError):
    """Raised when there is no Prometheus and none could be installed; says what a person can do."""


def _quietly(argv: Sequence[str]) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(argv, env=env, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words


@dataclass(frozen=True)
class Finder:
    """How Prometheus is found: what looks on the PATH, whether we are root, what runs a command."""

    which: Callable[[str], str | None] = shutil.which
    is_root: Callable[[], bool] = field(default=lambda: os.geteuid() == 0)
    run: Callable[[Sequence[str]], bool] = _quietly

    def find(self, say: Say, folders: Sequence[Path] = ()) -> list[str]:
        """The command that is Prometheus: its own, installed by apt when it is missing and we may, or Docker's.

        A container sees ``folders`` where they are, and the ports of this machine.

        Raises:
            PrometheusMissingError: it is not there.
        """
        if (found := self.which("prometheus")) is not None:
            return [found]
        if self.is_root() and self.which("apt-get") is not None:
            say("Prometheus is not on the PATH: installing it by apt-get")
            all(self.run(argv) for argv in _INSTALL)
        if (found := self.which("prometheus")) is not None:
            return [found]
        if (docker := self.which("docker")) is not None and self.run((docker, "info")):
            say(f"Prometheus is not on the PATH: running {IMAGE} in Docker")
            return _in_docker(docker, folders)
        raise PrometheusMissingError(MISSING)


def _in_docker(docker: str, folders: Sequence[Path]) -> list[str]:
    """Docker passes our signals on to the container, and removes it when it has ended."""
    mounts = [word for folder in folders for word in ("--volume", f"{folder}:{folder}")]
    user = f"{os.getuid()}:{os.getgid()}"
    return [docker, "run", "--rm", "--network=host", f"--user={user}", *mounts, IMAGE]


def write_config(folder: Path, targets: Mapping[str, int], rules: Path | None, scrape_seconds: int = 1) -> Path:
    """Write ``prometheus.yml`` that scrapes a port for each job, with the rules there are; gives its path."""
    config = {
        "global": {"scrape_interval": f"{scrape_seconds}s", "evaluation_interval": f"{scrape_seconds}s"},
        "rule_files": [str(rules / "*.yml")] if rules is not None and any(rules.glob("*.yml")) else [],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"{HOST}:{port}"]}]} for job, port in targets.items()
        ],
    }
    path = folder / "prometheus.yml"
    path.write_text(json.dumps(config, indent=2))  # JSON is YAML
    return path


def command_line(program: Sequence[str], config: Path, data: Path, port: int) -> list[str]:
    """The command that runs Prometheus on a port of loopback, with exemplars."""
    return [
        *program,
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={HOST}:{port}",
        "--enable-feature=exemplar-storage",
        "--log.level=warn",
    ]


def ask(url: str, expr: str) -> float | None:
    """The value of the first series of an instant query, None when there is none."""
    answer = get_json(f"{url}/api/v1/query", {"query": expr})
    series = answer["data"]["result"]
    return float(series[0]["value"][1]) if series else None
