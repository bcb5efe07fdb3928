"""The whole house: Prometheus, two backends on one database, and three replicas that poll one or the other."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import requests
from support.environment import clean
from support.prometheus import binary, free_port

from .clocks import Skew
from .counts import Counts
from .part import Part
from .shop import KNOBS, VALUES, Knob

SCRAPE_SECONDS: Final = 1
OBEY_SECONDS: Final = 8
_ROOT: Final = Path(__file__).parents[2]
PROMETHEUS: Final = "prometheus"
BACKENDS: Final = ("backend-1", "backend-2")
REPLICAS: Final = ("replica-1", "replica-2", "replica-3")
_PACE: Final = {
    "AIRUNTIME_SCRAPE_SECONDS": str(SCRAPE_SECONDS),
    "AIRUNTIME_WINDOW_SECONDS": "40",
    "AIRUNTIME_ANALYSE_SECONDS": "5",
    "AIRUNTIME_BLOCK_SECONDS": "2",
    "AIRUNTIME_ROLLOUT_STEPS": "0.2,0.5",
    "AIRUNTIME_ROLLOUT_SETTLE_SECONDS": "2",
    "AIRUNTIME_ROLLOUT_DEADLINE_SECONDS": "50",
    "AIRUNTIME_HOLDOUT_SHARE": "0.02",
    "AIRUNTIME_LEDGER_SECONDS": "10",
    "AIRUNTIME_PROMETHEUS_TIMEOUT_SECONDS": "3",
}
"""Everything as in production, only faster."""


class House:
    """A context manager: inside it every part is started, and started again while ``keep`` is called."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self._ports = {name: free_port() for name in (PROMETHEUS, *BACKENDS, *REPLICAS)}
        self._path = os.pathsep.join((str(_ROOT), str(_ROOT.parent / "benchmarks")))
        self.skews = {name: Skew(folder / f"{name}.clock") for name in (*BACKENDS, *REPLICAS)}
        self._counts = {
            (name, knob): Counts(folder / f"{name}.{knob.primitive}.counts", VALUES)
            for name in REPLICAS
            for knob in KNOBS
        }
        self.parts = {PROMETHEUS: self._prometheus()}
        self.parts |= {name: self._backend(name, database) for name in BACKENDS}
        self.parts |= {
            name: self._replica(name, BACKENDS[index % len(BACKENDS)]) for index, name in enumerate(REPLICAS)
        }

    def url(self, name: str) -> str:
        """Where a part is served."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def __enter__(self) -> Self:
        self.keep()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self.parts.values():
            part.stop()

    def keep(self) -> None:
        """Start again what is to be."""
        for part in self.parts.values():
            part.keep()

    def recover(self) -> None:
        """Let every part run, and every clock be right."""
        for skew in self.skews.values():
            skew.seconds = 0.0
        for part in self.parts.values():
            part.due = time.monotonic() if part.due is None else part.due

    def tell(self) -> None:
        """Let the backends write to their logs where they are."""
        for name in BACKENDS:
            self.parts[name].tell()
        time.sleep(1.0)

    def calls(self, knob: Knob) -> Counter[float | None]:
        """The calls of all replicas since the beginning, by the value that they obeyed."""
        return sum((self._counts[name, knob].read() for name in REPLICAS), Counter[float | None]())

    def answers(self, name: str) -> bool:
        """Whether a part serves."""
        path = {PROMETHEUS: "/-/ready"}.get(name, "/readyz" if name in BACKENDS else "/metrics")
        try:
            return requests.get(self.url(name) + path, timeout=5).ok
        except requests.RequestException:
            return False

    def _prometheus(self) -> Part:
        interval, targets = f"{SCRAPE_SECONDS}s", [self.url(name).removeprefix("http://") for name in REPLICAS]
        job = {"job_name": "tortured", "static_configs": [{"targets": targets}]}
        config = self.folder / "prometheus.yml"
        config.write_text(json.dumps({"global": {"scrape_interval": interval}, "scrape_configs": [job]}))
        address = self.url(PROMETHEUS).removeprefix("http://")
        storage = self.folder / "prometheus"
        argv = [binary(), f"--config.file={config}", f"--storage.tsdb.path={storage}", "--log.level=warn"]
        return Part(PROMETHEUS, [*argv, f"--web.listen-address={address}"], clean(), self.folder)

    def _backend(self, name: str, database: str) -> Part:
        argv = [sys.executable, "-m", "torture.live.serve", name, str(self.folder), str(OBEY_SECONDS)]
        given = {
            **_PACE,
            "AIRUNTIME_PROMETHEUS_URL": self.url(PROMETHEUS),
            "DATABASE_URL": database,
            "AIRUNTIME_HTTP_PORT": str(self._ports[name]),
            "AIRUNTIME_GRPC_PORT": str(free_port()),
            "AIRUNTIME_CACHE_DIR": str(self.folder / f"{name}.cache"),
        }
        return Part(name, argv, self._env(given), self.folder, due=0.0 if name == BACKENDS[0] else time.monotonic() + 3)

    def _replica(self, name: str, backend: str) -> Part:
        argv = [sys.executable, "-m", "torture.live.replica", name, str(self.folder)]
        given = {
            "AIRUNTIME_BACKEND_URL": self.url(backend),
            "AIRUNTIME_POLL_SECONDS": "0.5",
            "AIRUNTIME_METRICS_PORT": str(self._ports[name]),
            "AIRUNTIME_STATE_DIR": str(self.folder / f"{name}.state"),
        }
        return Part(name, argv, self._env(given), self.folder)

    def _env(self, given: Mapping[str, str]) -> Mapping[str, str]:
        return clean(**given, PYTHONPATH=self._path, PYTHONUNBUFFERED="1")
