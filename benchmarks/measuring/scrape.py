"""One scrape of ten thousand series: our endpoint against OpenTelemetry's Prometheus reader with the same series."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Final
from wsgiref.util import setup_testing_defaults

from ai_runtime_intelligent import instrument, setup_apm
from ai_runtime_intelligent.apm.server import application
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import STATUSES
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import CollectorRegistry, make_wsgi_app

from .worker import Rounds, answer, interleaved, workers

VARIANTS: Final = {"ours": "ours", "plain": "OpenTelemetry's Prometheus reader"}
PRIMITIVES: Final = 225

_ACCEPT: Final = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
_OWN_LABELS: Final = ("service=", "otel_scope_")


def step() -> None:
    """Do nothing."""


def ours() -> Any:
    """An endpoint of ours after one call of each primitive."""
    apm = setup_apm("bench", export_to_prometheus=True, port=0)
    for number in range(PRIMITIVES):
        instrument(step, name=f"step{number}")()
    return application(apm.registry)


def plain() -> Any:
    """The endpoint that OpenTelemetry gives to the same metrics with the same label sets."""
    registry = CollectorRegistry()
    meter = MeterProvider([PrometheusMetricReader(registry=registry)]).get_meter("bench")
    executions = meter.create_counter("airuntime_executions")
    inflight = meter.create_up_down_counter("airuntime_inflight")
    histograms = [
        meter.create_histogram(metric.name, explicit_bucket_boundaries_advisory=list(metric.buckets))
        for metric in (metrics.DURATION, metrics.SELF)
    ]
    for number in range(PRIMITIVES):
        labels = {"primitive": f"step{number}", "kind": "function"}
        own = meter.create_counter(f"step{number}.executions")
        for status in STATUSES:
            executions.add(int(status == "ok"), {**labels, "status": status})
            own.add(
                int(status == "ok"),
                {"primitive.name": labels["primitive"], "primitive.type": labels["kind"], "status": status},
            )
        inflight.add(0, labels)
        for histogram in histograms:
            histogram.record(0.0001, labels)
    return make_wsgi_app(registry)


class Scrapes:
    """Scrapes as Prometheus makes them, without the network."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def body(self) -> str:
        """What one scrape gives."""
        environ: dict[str, Any] = {"HTTP_ACCEPT": _ACCEPT}
        setup_testing_defaults(environ)
        return b"".join(self._app(environ, lambda *_: None)).decode()

    def round(self) -> float:
        """Milliseconds of one scrape."""
        started = perf_counter()
        self.body()
        return (perf_counter() - started) * 1e3

    def series(self) -> list[str]:
        """The series of the step primitives, without the labels that name the service or the scope."""
        lines = (line for line in self.body().splitlines() if "step" in line and not line.startswith("#"))
        return sorted({_bare(line) for line in lines})

    def slowest_call(self) -> float:
        """Milliseconds of the slowest of many calls while scrapes follow each other without a pause."""
        call, stop = instrument(step, name="step0"), threading.Event()
        scraping = threading.Thread(target=self._until, args=(stop,))
        scraping.start()
        slowest, until = 0.0, perf_counter() + 1.0
        while (began := perf_counter()) < until:
            call()
            slowest = max(slowest, perf_counter() - began)
        stop.set()
        scraping.join()
        return slowest * 1e3

    def _until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.body()


def _bare(line: str) -> str:
    name, _, rest = line.partition("{")
    labels = rest.partition("}")[0].split('",')
    kept = sorted(label.rstrip('"') for label in labels if not label.startswith(_OWN_LABELS))
    return f"{name}{kept}"


def measure(rounds: int) -> tuple[Rounds, dict[str, Any]]:
    """Milliseconds of a scrape by variant and round; how many series there are, and whether they are the same."""
    with workers("scrape", VARIANTS) as (first, second):
        found = interleaved([first, second], rounds)
        series, same = first.ask("series"), second.ask("series")
        facts = {"series": len(series), "same": series == same, "slowest_call_ms": first.ask("slowest_call")}
    return found, facts


if __name__ == "__main__":
    scrapes = Scrapes({"ours": ours, "plain": plain}[sys.argv[1]]())
    answer({"round": scrapes.round, "series": scrapes.series, "slowest_call": scrapes.slowest_call})
