"""Datadog's own test agent, run as a process on free ports; it takes what Datadog's agent takes, OTLP too."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from .prometheus import free_port

BINARY: Final = Path(__file__).parents[2] / ".venv-ddagent" / "bin" / "ddapm-test-agent"
START_SECONDS: Final = 90
STOP_SECONDS: Final = 10


@dataclass(frozen=True)
class TestAgent:
    """Base URLs: of the agent itself, and of its OTLP receivers."""

    __test__ = False

    url: str
    otlp_http: str
    otlp_grpc: str

    def traces(self) -> list[list[dict[str, Any]]]:
        """Traces that Datadog's own library sent, as lists of spans."""
        found: list[list[dict[str, Any]]] = self._get("traces")
        return found

    def otlp(self, signal: str) -> list[dict[str, Any]]:
        """Requests by OTLP with ``traces`` or ``metrics``, as the agent has read them."""
        found: list[dict[str, Any]] = requests.get(f"{self.otlp_http}/test/session/{signal}", timeout=5).json()
        return found

    def forget(self) -> None:
        """Begin anew."""
        for base in (self.url, self.otlp_http):
            requests.get(f"{base}/test/session/clear", timeout=5).raise_for_status()

    def _get(self, what: str) -> Any:
        return requests.get(f"{self.url}/test/session/{what}", timeout=5).json()


@contextmanager
def running() -> Iterator[TestAgent]:
    """The test agent. Raises FileNotFoundError: without it these tests prove nothing and must not pass."""
    if not BINARY.exists():
        raise FileNotFoundError(f"no {BINARY}: make .stamps/ddagent installs Datadog's test agent")
    ports = [free_port() for _ in range(3)]
    words = [f"--port={ports[0]}", f"--otlp-http-port={ports[1]}", f"--otlp-grpc-port={ports[2]}"]
    with tempfile.TemporaryDirectory(prefix="ddagent-") as folder, (Path(folder) / "log").open("w") as log:
        process = subprocess.Popen([str(BINARY), *words], cwd=folder, stdout=log, stderr=log)  # noqa: S603 - our words
        agent = TestAgent(*(f"http://127.0.0.1:{port}" for port in ports))
        try:
            _wait(process, agent, Path(folder) / "log")
            yield agent
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], agent: TestAgent, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(f"{agent.url}/info", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError(f"Datadog's test agent did not start: {log.read_text(encoding='utf-8')[-1000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
