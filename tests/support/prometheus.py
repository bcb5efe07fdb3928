"""A real Prometheus for tests: on loopback, on a free port, in a folder of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests

START_SECONDS: Final = 90
STOP_SECONDS: Final = 10


_given: set[int] = set()
_WORKER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def free_port() -> int:
    """A TCP port on loopback that nobody listens on just now.

    None is given twice, nor by two processes of one run of the tests: it may be in use soon.
    """
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        # By halves, for the kernel gives odd ports first to who listens.
        if port // 2 % _WORKERS == _WORKER and port not in _given:
            _given.add(port)
            return port


def binary() -> str:
    """Where Prometheus is. Raises FileNotFoundError: without it, these tests prove nothing and must not pass."""
    found = shutil.which("prometheus")
    if found is None:
        raise FileNotFoundError("no prometheus on the PATH: install it, for instance from your distribution's package")
    return found


@contextmanager
def running(config: str = "", blocks: Path | None = None) -> Iterator[str]:
    """A Prometheus with this configuration; gives its base URL once it is ready, and stops it by its process.

    With ``blocks`` it serves what promtool made there, however old that is.

    Raises RuntimeError, with the end of its log, when it is not ready in time.
    """
    with tempfile.TemporaryDirectory(prefix="prometheus-") as name:
        folder, port = Path(name), free_port()
        (folder / "prometheus.yml").write_text(config, encoding="utf-8")
        if blocks is not None:
            shutil.copytree(blocks, folder / "data")
        with (folder / "log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(_command(folder, port), stdout=log, stderr=log)  # noqa: S603 - our own arguments
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(process, url, folder / "log")
            yield url
        finally:
            _stop(process)


def _command(folder: Path, port: int) -> list[str]:
    return [
        binary(),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _ready(url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"Prometheus was not ready at {url}: {log.read_text(encoding='utf-8')[-1000:]}")


def _ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=1).ok
    except requests.RequestException:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
