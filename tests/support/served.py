"""``airuntime serve`` as a process on free ports, as it runs in production."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from .environment import clean
from .grafana import SECRET
from .prometheus import free_port

START_SECONDS: Final = 90
STOP_SECONDS: Final = 20
COMMAND: Final = (sys.executable, "-m", "airuntime_backend.cli")


@dataclass
class Served:
    """A running backend: its process, where it listens, and the file of its log."""

    process: subprocess.Popen[bytes]
    http: str
    grpc: str
    log: Path

    def text(self) -> str:
        """All that it logged until now."""
        return self.log.read_text(encoding="utf-8")

    def ready(self) -> bool:
        """Whether it says that it can serve."""
        try:
            return requests.get(f"{self.http}/readyz", timeout=2).ok
        except requests.RequestException:
            return False

    def workers(self) -> list[int]:
        """The processes that it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="utf-8").split()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal; gives its exit code once it has ended."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def served(folder: Path, **given: str) -> Iterator[Served]:
    """Start it with its state in the folder; wait until it is ready; whatever is left of it at the end is killed.

    Raises RuntimeError, with the end of its log, when it is not ready in time.
    """
    http, grpc = given.get("AIRUNTIME_HTTP_PORT") or free_port(), given.get("AIRUNTIME_GRPC_PORT") or free_port()
    env = clean(
        **{
            "AIRUNTIME_HTTP_PORT": str(http),
            "AIRUNTIME_GRPC_PORT": str(grpc),
            "AIRUNTIME_PLUGIN_SECRET": SECRET,
            "AIRUNTIME_PROMETHEUS_URL": f"http://127.0.0.1:{free_port()}",
            "DATABASE_URL": f"sqlite:///{folder}/state.db",
        }
        | given
    )
    log = folder / f"serve-{time.monotonic_ns()}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            (*COMMAND, "serve"), env=env, stdout=out, stderr=out, start_new_session=True
        )
    backend = Served(process, f"http://127.0.0.1:{http}", f"127.0.0.1:{grpc}", log)
    try:
        _wait(backend)
        yield backend
    finally:
        _kill_group(process)


def _wait(backend: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while backend.process.poll() is None and time.monotonic() < deadline:
        if backend.ready():
            return
        time.sleep(0.05)
    raise RuntimeError(f"the backend was not ready at {backend.http}: {backend.text()[-2000:]}")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and its children, which share its session; none is left when they have ended well."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def refuses(**given: str) -> tuple[int, str]:
    """Exit code and output of a backend whose settings are wrong."""
    done = subprocess.run(  # noqa: S603 - our own command
        (*COMMAND, "serve"), env=clean(**given), capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    return done.returncode, done.stdout + done.stderr
