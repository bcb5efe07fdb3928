"""Exposing a registry over HTTP, in OpenMetrics where the scraper asks for it, so that exemplars are seen."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

_log = logging.getLogger("ai_runtime_intelligent")


class Exposed(Collector):
    """A registry without the ``_created`` series, which would double what Prometheus stores."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Every metric of the registry, ``_created`` samples left out."""
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric

    def restricted_registry(self, names: Iterable[str]) -> Exposed:
        """The same, for the metrics of these names."""
        if not isinstance(self._registry, CollectorRegistry):
            return self
        return Exposed(self._registry.restricted_registry(names))


class MetricsServer:
    """A running endpoint; ``port`` is the one in use."""

    def __init__(self, server: WSGIServer, thread: Thread) -> None:
        self.port = int(server.server_port)
        self._server = server
        self._thread = thread

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(registry: CollectorRegistry, host: str, port: int) -> MetricsServer | None:
    """Expose ``registry`` on ``host:port``; 0 takes a free port. None, and a log line, when the port cannot be had."""
    try:
        server, thread = start_http_server(port, host, Exposed(registry))
    except OSError as error:
        _log.error("metrics are not exposed: cannot listen on %s:%d (%s); choose another port", host, port, error)
        return None
    return MetricsServer(server, thread)
