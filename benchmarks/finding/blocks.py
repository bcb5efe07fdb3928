"""Samples to a real Prometheus: OpenMetrics text, made into blocks by promtool, served by Prometheus itself."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

BLOCK: Final = 7200.0
"""Seconds of one block; each is made of a text of its own, since promtool reads its whole input for every block."""

Lines = Callable[[float, float], Iterable[str]]
"""Gives the lines of OpenMetrics text from one moment (Unix seconds) to before another."""


def fill(folder: Path, spans: Iterable[tuple[float, float]], lines: Lines, workers: int = 2) -> int:
    """Make the blocks of these spans of time; returns how many samples they hold."""
    moments = sorted({at for start, end in spans for at in _blocks(start, end)})
    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(lambda at: _block(folder, at, lines), moments))


def _blocks(start: float, end: float) -> Iterator[float]:
    at = start // BLOCK * BLOCK
    while at < end:
        yield at
        at += BLOCK


def _block(folder: Path, at: float, lines: Lines) -> int:
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".om", encoding="utf-8", buffering=1 << 20) as text:
        count = 0
        for line in lines(at, at + BLOCK):
            text.write(line)
            count += line.count("\n")
        if not count:
            return 0
        text.write("# EOF\n")
        text.flush()
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", text.name, str(folder / "data")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - Prometheus' own tool, our own file
    return count


@dataclass(frozen=True)
class Served:
    """A Prometheus that runs: its base URL and its process."""

    url: str
    process: int

    def cpu_seconds(self) -> float:
        """CPU time that it has used."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A TCP port on loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, config: str = "") -> Iterator[Served]:
    """A Prometheus over the blocks in a folder, with that configuration, stopped by its process."""
    port = free_port()
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(_command(folder, port), stdout=log, stderr=log)  # noqa: S603 - our own arguments
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url)
        yield Served(url, process.pid)
    finally:
        process.terminate()
        process.wait()


def _command(folder: Path, port: int) -> list[str]:
    return [
        shutil.which("prometheus") or "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        "--storage.tsdb.min-block-duration=2h",
        "--storage.tsdb.max-block-duration=2h",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            if requests.get(f"{url}/-/ready", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError(f"Prometheus was not ready at {url}")
