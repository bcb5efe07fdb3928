"""Exposing a registry over HTTP, in OpenMetrics where the scraper asks for it, so that exemplars are seen."""

from __future__ import annotations

import gzip
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import StringIO
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ai_runtime_intelligent.quiet import failed, log_once

from .families import Shown

_POLL_SECONDS: Final = 0.05
"""How often the server looks whether it shall end: an exit waits no longer for it."""

_CHILDREN: Final = 100
"""Ports above the parent's that its forked children try."""
_HIGHEST_PORT: Final = 65535
_SOCKET_SECONDS: Final = 30.0
"""How long a scraper may leave a connection alone before it is closed."""

_log = logging.getLogger("ai_runtime_intelligent")


class Exposed(Collector):
    """A registry without the ``_created`` series, which would double what Prometheus stores."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Every metric of the registry, ``_created`` samples left out."""
        for metric in self._registry.collect():
            if not isinstance(metric, Shown):
                metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric

    def text(self, accept: str) -> tuple[str, bytes]:
        """Content type and body for a scraper that accepts this: our families as their text, all others by the client.

        OpenMetrics ends with a line of its own, so the client's part is the last one.
        """
        encoder, content_type = choose_encoder(accept)
        openmetrics = content_type.startswith("application/openmetrics-text")
        parts: list[str] = []
        others: list[Metric] = []
        for metric in self.collect():
            if isinstance(metric, Shown):
                parts.extend(metric.family.lines(openmetrics=openmetrics))
            else:
                others.append(metric)
        return content_type, "".join(parts).encode() + encoder(_Collected(others))

    def restricted_registry(self, names: Iterable[str]) -> Exposed:
        """The same, for the metrics of these names."""
        if not isinstance(self._registry, CollectorRegistry):
            return self
        return Exposed(self._registry.restricted_registry(names))


class _Collected(Collector):
    """Metrics that were collected already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        """The same."""
        return self._metrics


def application(registry: CollectorRegistry) -> WSGIApplication:
    """The endpoint as a WSGI application. Whatever is not a plain scrape is left to prometheus_client."""
    exposed = Exposed(registry)
    rest: WSGIApplication = make_wsgi_app(exposed)

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return answer(environ, start_response)
        except Exception:  # noqa: BLE001 - a collector of the user's may raise anything
            failed("a scrape")
            start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"a collector failed; the log of the process says which\n"]

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        accept = environ.get("HTTP_ACCEPT", "")
        plain = environ["REQUEST_METHOD"] == "GET" and environ.get("PATH_INFO") != "/favicon.ico"
        if not plain or environ.get("QUERY_STRING") or "dots" in accept or "values" in accept:
            return rest(environ, start_response)
        content_type, body = exposed.text(accept)
        headers = [("Content-Type", content_type)]
        if gzip_accepted(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers.append(("Content-Encoding", "gzip"))
            body = gzip.compress(body, compresslevel=1)
        start_response("200 OK", headers)
        return [body]

    return respond


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each scrape, none of which holds up an exit."""

    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without asking who we are: a name service that is slow would hold up the program."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke is the scraper's business."""


class _Handler(WSGIRequestHandler):
    """Logs no requests."""

    timeout = _SOCKET_SECONDS

    def get_stderr(self) -> StringIO:
        """Where wsgiref reports connections that broke: nowhere."""
        return StringIO()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log nothing."""


class MetricsServer:
    """A running endpoint; ``port`` is the one in use, ``asked`` the one that was wanted."""

    def __init__(self, server: WSGIServer, registry: CollectorRegistry, asked: int) -> None:
        self.port = int(server.server_port)
        self._registry = registry
        self._asked = asked
        self._server = server
        self._thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="airuntime-metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def in_child(self) -> MetricsServer | None:
        """The endpoint of a forked child: on the next free port above the parent's, or on any if any was wanted."""
        self._server.socket.close()  # only here: the parent goes on
        host = str(self._server.server_address[0])
        highest = min(self.port + _CHILDREN, _HIGHEST_PORT)
        for port in range(self.port + 1, highest + 1) if self._asked else (0,):
            with suppress(OSError):
                served = _listening(self._registry, host, port)
                _log.info("process %d exposes its metrics on %s:%d", os.getpid(), host, served.port)
                return served
        log_once("children", "metrics of a forked child are not exposed: no port up to %d is free", highest)
        return None


def serve(registry: CollectorRegistry, host: str, port: int) -> MetricsServer | None:
    """Expose ``registry`` on ``host:port``; 0 takes a free port. None, and a log line, when the port cannot be had."""
    try:
        return _listening(registry, host, port)
    except (OSError, OverflowError, UnicodeError) as error:
        _log.error("metrics are not exposed: cannot listen on %s:%d (%s); choose another port", host, port, error)
        return None


def _listening(registry: CollectorRegistry, host: str, port: int) -> MetricsServer:
    return MetricsServer(make_server(host, port, application(registry), _Server, _Handler), registry, port)
