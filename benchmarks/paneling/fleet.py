"""A fleet in a real Prometheus with the provisioned rules, its manifests on record, and the backend before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from ai_runtime_intelligent.contract import env
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.manifest import Manifest
from finding.blocks import fill, free_port

from .series import KINDS, name_of, series

ROOT: Final = Path(__file__).resolve().parents[2]
RULES: Final = ROOT / "provisioning" / "prometheus" / "rules"
PAST: Final = 1500.0
"""Seconds of the past that there are: what dashboards show at first, a window of the analysis, and the first rate's."""
AHEAD: Final = 1800.0
"""Seconds of samples in the future, so that there is a present while it is measured."""


@dataclass(frozen=True)
class Size:
    """How large the fleet is, and how often it is scraped, in seconds."""

    services: int
    primitives: int
    scrape: float


def plant(folder: Path, size: Size, now: float) -> int:
    """Write the samples from some time ago until some time ahead; returns how many series there are."""
    names = list(series(size.services, size.primitives))
    start = (now - PAST) // size.scrape * size.scrape

    def lines(first: float, last: float) -> Iterator[str]:
        turns = range(round((PAST + AHEAD) / size.scrape))
        within = [(turn, f"{start + turn * size.scrape:.0f}") for turn in turns]
        within = [(turn, at) for turn, at in within if first <= float(at) < last]
        for name, pace in names:
            yield "".join([f"{name} {pace * (1000 + turn):g} {at}\n" for turn, at in within])

    fill(folder, [(now - PAST, now + AHEAD)], lines)
    return len(names)


def rules(scrape: float) -> str:
    """Prometheus' configuration: the provisioned rules, each evaluated once a minute.

    What they record is older than the samples that were planted ahead, and must be taken all the same.
    """
    settings = {
        "global": {"scrape_interval": f"{scrape:g}s", "evaluation_interval": "60s"},
        "rule_files": [f"{RULES}/*.yml"],
        "storage": {"tsdb": {"out_of_order_time_window": "4h"}},
    }
    return json.dumps(settings)


def record(database: str, size: Size) -> None:
    """The manifest of every service: what the dashboards' variables and tables name."""
    ledger = SqlLedger(database)
    for service in range(size.services):
        ledger.put_manifest(_manifest(service, size.primitives), time.time())
    ledger.close()


def _manifest(service: int, primitives: int) -> Manifest:
    told = [
        {
            "name": name_of(service, at),
            "kind": KINDS[at % len(KINDS)],
            "callees": [name_of(service, to) for to in range(5 * at + 1, 5 * at + 6) if to < primitives],
        }
        for at in range(primitives)
    ]
    return Manifest.model_validate({"service": f"svc{service}", "version": "1", "primitives": told, "tunables": []})


@contextmanager
def backend(folder: Path, prometheus: str, size: Size) -> Iterator[str]:
    """The backend with the preview, as a process of its own, once its first analysis is there; gives its address."""
    port = free_port()
    environment = os.environ | {
        env.PROMETHEUS_URL.name: prometheus,
        env.SCRAPE_SECONDS.name: f"{size.scrape:g}",
        env.DATABASE_URL.name: _database(folder),
        env.HTTP_PORT.name: str(port),
        env.GRPC_PORT.name: str(free_port()),
        env.ANALYSE_SECONDS.name: "3600",  # once: what is measured is panels
        env.PREVIEW.name: "1",
        env.PREVIEW_DIR.name: str(ROOT / "plugin-frontend" / "dist-preview"),
        env.DASHBOARDS_DIR.name: str(ROOT / "dashboards" / "generated"),
        env.PROMETHEUS_TIMEOUT.name: "60",
    }
    record(_database(folder), size)
    with (folder / "serve.log").open("wb") as log:
        command = (sys.executable, "-m", "airuntime_backend.cli", "serve")
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url, folder / "serve.log")
        yield url
    finally:
        process.terminate()
        process.wait()


def _database(folder: Path) -> str:
    return f"sqlite:///{folder / 'state.db'}"


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until the first analysis is there. Raises RuntimeError when it does not come."""
    until = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < until:
        try:
            if _findings(url):
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise RuntimeError(f"no analysis came: {log.read_text(encoding='utf-8')[-2000:]}")


def _findings(url: str) -> int:
    now = round(time.time() * 1000)
    asked = {"queries": [{"refId": "A", "type": "findings"}], "range": {"from": now - 60_000, "to": now}}
    answer: dict[str, Any] = requests.post(f"{url}/api/query", json=asked, timeout=30).json()
    if "results" not in answer:
        raise RuntimeError(f"the backend refuses: {answer}")
    frames = answer["results"]["A"].get("frames") or []
    return len(frames[0]["data"]["values"][0]) if frames else 0
