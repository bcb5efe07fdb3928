"""What dashboards cost: queries to Prometheus for one viewer and for fifty, and the time that the plugin adds.

A real Prometheus holds an hour of several services; the backend answers over gRPC, as it answers Grafana.

* all three dashboards opened at once: at most 60 queries to Prometheus
* fifty viewers within a second: at most 1.2 times the queries of one
* a range query through gRPC: at most 1.3 times as long as asked of Prometheus itself, at the median; kept, 0.3 times
* the first paint of each dashboard in the preview, over 500 services with 50 primitives each: at most 3 seconds;
  what counts as painted says ``paneling/paint.py``. It takes some minutes to plant them
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import grpc
import requests
from ai_runtime_intelligent.contract import env, promql
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.api.query import QueryRequest
from airuntime_backend.app import create_app, services_of
from airuntime_backend.grafana import pluginv2_pb2 as pb
from airuntime_backend.grafana import pluginv2_pb2_grpc as stubs
from airuntime_backend.ports import Sample, Series
from airuntime_backend.settings import Settings
from finding.blocks import fill, free_port, serving
from paneling.boards import POINTS, SPAN, queries
from paneling.fleet import Size
from paneling.paint import paint
from paneling.paint import show as show_paint
from paneling.series import series

SCRAPE: Final = 15.0
VIEWERS: Final = 50
END: Final = 1_750_000_800.0
"""When the viewers look, in Unix seconds: what they see was written by us."""
SECRET: Final = "of the benchmark alone"  # noqa: S105 - it guards nothing
MOST_QUERIES: Final = 60
MOST_OF_ONE: Final = 1.2
MOST_OF_DIRECT: Final = 1.3
MOST_KEPT: Final = 0.3
EXPR: Final = promql.seconds_mean(promql.EVERYTHING, "1m")


@dataclass(frozen=True)
class Result:
    """What was measured; seconds are medians."""

    series: int
    one_viewer: int
    fifty_viewers: int
    direct_seconds: float
    plugin_seconds: float
    kept_seconds: float

    @property
    def bars(self) -> dict[str, tuple[float, float]]:
        """What was measured, and what it may be at most."""
        return {
            "queries of all three dashboards": (self.one_viewer, MOST_QUERIES),
            "queries of fifty viewers against one": (self.fifty_viewers / self.one_viewer, MOST_OF_ONE),
            "range query through the plugin against direct": (
                self.plugin_seconds / self.direct_seconds,
                MOST_OF_DIRECT,
            ),
            "kept answer against direct": (self.kept_seconds / self.direct_seconds, MOST_KEPT),
        }

    def missed(self) -> list[str]:
        """The bars that were not met."""
        return [f"{name}: {value:.2f}, at most {most:g}" for name, (value, most) in self.bars.items() if value > most]


class Counting:
    """Prometheus, with the number of queries."""

    def __init__(self, url: str) -> None:
        self._inner = Prometheus(url, 60.0)
        self.asked = 0

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate a query at one moment."""
        self.asked += 1
        return self._inner.instant(query, at)

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate a query from start to end."""
        self.asked += 1
        return self._inner.range(query, start, end, step)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """Read the samples themselves."""
        self.asked += 1
        return self._inner.samples(selector, start, end)


def look(app: Any, at: float) -> None:
    """One viewer opens all three dashboards. Raises RuntimeError when a query fails."""
    for name, asked in queries().items():
        request = QueryRequest(
            queries=asked,
            start_ms=round((at - SPAN) * 1000),
            end_ms=round(at * 1000),
            interval_ms=round(SPAN / POINTS * 1000),
            max_data_points=POINTS,
        )
        failed = [one.error for one in services_of(app).queries.answer(request).values() if one.error]
        if failed:
            raise RuntimeError(f"a query of {name} failed: {failed[0]}")


def count(url: str, folder: Path) -> tuple[int, int]:
    """Queries of one viewer, and of fifty within a second, each time with nothing kept before."""
    counts = []
    for viewers in (1, VIEWERS):
        counting = Counting(url)
        settings = Settings(database_url=f"sqlite:///{folder / f'{viewers}.db'}", scrape_seconds=SCRAPE)
        app = create_app(settings, metrics=counting)
        with ThreadPoolExecutor(viewers) as pool:
            list(pool.map(lambda viewer, app=app: look(app, END + viewer / VIEWERS), range(viewers)))
        counts.append(counting.asked)
    return counts[0], counts[1]


@contextmanager
def plugin(url: str, folder: Path) -> Iterator[stubs.DataStub]:
    """The backend as Grafana reaches it: a process of its own."""
    http, grpc_port = free_port(), free_port()
    environment = os.environ | {
        env.PROMETHEUS_URL.name: url,
        env.SCRAPE_SECONDS.name: f"{SCRAPE:g}",
        env.DATABASE_URL.name: f"sqlite:///{folder / 'plugin.db'}",
        env.PLUGIN_SECRET.name: SECRET,
        env.HTTP_PORT.name: str(http),
        env.GRPC_PORT.name: str(grpc_port),
        env.ANALYSE_SECONDS.name: "3600",  # what is measured is panels
    }
    command = (sys.executable, "-m", "airuntime_backend.cli", "serve")
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own
    options = (("grpc.max_receive_message_length", 64 << 20), ("grpc.enable_http_proxy", 0))
    try:
        with grpc.insecure_channel(f"127.0.0.1:{grpc_port}", options=options) as channel:
            grpc.channel_ready_future(channel).result(timeout=60)
            yield stubs.DataStub(channel)
    finally:
        process.terminate()
        process.wait()


def through(stub: stubs.DataStub, end: float) -> float:
    """Seconds of the range query through the plugin."""
    context = pb.PluginContext(orgId=1, user=pb.User(login="ada", role="Viewer"))
    context.dataSourceInstanceSettings.decryptedSecureJsonData["secret"] = SECRET
    span = pb.TimeRange(fromEpochMS=round((end - SPAN) * 1000), toEpochMS=round(end * 1000))
    query = pb.DataQuery(
        refId="A",
        maxDataPoints=POINTS,
        intervalMS=round(SPAN / POINTS * 1000),
        timeRange=span,
        json=json.dumps({"refId": "A", "type": "promql", "expr": EXPR}).encode(),
    )
    began = time.perf_counter()
    answer = stub.QueryData(pb.QueryDataRequest(pluginContext=context, queries=[query]))
    seconds = time.perf_counter() - began
    if answer.responses["A"].error or not answer.responses["A"].frames:
        raise RuntimeError(f"the query failed: {answer.responses['A'].error or 'no frames'}")
    return seconds


def direct(session: requests.Session, url: str, end: float) -> float:
    """Seconds of the same query asked of Prometheus itself, its whole answer read."""
    step = SPAN / POINTS
    asked = {"query": EXPR, "start": str(end - SPAN), "end": str(end), "step": str(step)}
    began = time.perf_counter()
    answer = session.post(f"{url}/api/v1/query_range", data=asked, timeout=60)
    answer.json()
    seconds = time.perf_counter() - began
    answer.raise_for_status()
    return seconds


def measure(services: int, primitives: int, rounds: int) -> Result:
    """Fill Prometheus, count, and time in pairs."""
    names = list(series(services, primitives))
    with tempfile.TemporaryDirectory(prefix="panels-") as held:
        folder = Path(held)
        times = [END - back * SCRAPE for back in range(round((SPAN + 600) / SCRAPE), -1, -1)]

        def lines(start: float, stop: float) -> Iterator[str]:
            within = [(turn, at) for turn, at in enumerate(times) if start <= at < stop]
            for name, pace in names:
                yield "".join(f"{name} {pace * (1000 + turn)} {at:.0f}\n" for turn, at in within)

        fill(folder, [(times[0], END)], lines)
        with serving(folder) as served:
            url = served.url
            one, fifty = count(url, folder)
            with plugin(url, folder) as stub, requests.Session() as session:
                direct(session, url, END)
                through(stub, END)
                # A step earlier each time, so that nothing of it is kept yet.
                ends = [END - turn * SPAN / POINTS for turn in range(1, rounds + 1)]
                pairs = [(direct(session, url, end), through(stub, end), through(stub, end)) for end in ends]
    asked, answered, kept = (median(column) for column in zip(*pairs, strict=True))
    return Result(len(names), one, fifty, asked, answered, kept)


def show(result: Result) -> None:
    """Print the table."""
    print(f"{result.series:,} series; {EXPR}")
    print(f"direct {result.direct_seconds * 1e3:.1f} ms, plugin {result.plugin_seconds * 1e3:.1f} ms, "
          f"kept {result.kept_seconds * 1e3:.1f} ms")  # fmt: skip
    print(f"{'':<48}{'measured':>10}{'at most':>10}")
    for name, (value, most) in result.bars.items():
        print(f"{name:<48}{value:>10.2f}{most:>10g}")


def main() -> int:
    """Measure, print, and say by the exit code whether every bar was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("queries", "paint", "all"), default="all", help="what to measure (all)")
    parser.add_argument("--services", type=int, default=10, help="services, for queries (10)")
    parser.add_argument("--primitives", type=int, default=20, help="primitives of each, for queries (20)")
    parser.add_argument("--rounds", type=int, default=15, help="pairs of range queries (15)")
    parser.add_argument("--fleet", type=int, nargs=2, default=(500, 50), help="of paint: services, primitives (500 50)")
    parser.add_argument("--scrape", type=float, default=60.0, help="of paint: seconds between scrapes (60)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    missed = [] if options.part == "paint" else _queries(options)
    missed += [] if options.part == "queries" else _paint(options)
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if missed else 0


def _queries(options: argparse.Namespace) -> list[str]:
    result = measure(options.services, options.primitives, options.rounds)
    if options.json:
        print(json.dumps(asdict(result) | {"missed": result.missed()}))
    else:
        show(result)
    return result.missed()


def _paint(options: argparse.Namespace) -> list[str]:
    services, primitives = options.fleet
    result = paint(Size(services, primitives, options.scrape))
    if options.json:
        print(json.dumps(asdict(result) | {"missed": result.missed()}))
    else:
        show_paint(result)
    return result.missed()


if __name__ == "__main__":
    sys.exit(main())
