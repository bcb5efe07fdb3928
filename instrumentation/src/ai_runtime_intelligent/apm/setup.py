"""``setup_apm()``: start measuring. Until it is called, instrumented calls are the bare calls."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.primitives.price_table import price_table, prices_of_environment
from ai_runtime_intelligent.runtime import environment
from ai_runtime_intelligent.runtime.settings import BACKENDS, Backend, Prices

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from prometheus_client import CollectorRegistry

    from .exporters.plan import Plan
    from .providers import Metering, Tracing
    from .recorder import Recorder
    from .recording import Recording
    from .server import MetricsServer


class Apm:
    """What :func:`setup_apm` set up.

    ``metrics_port`` is None when metrics are not exposed over HTTP. With ``AIRUNTIME_DISABLED=1`` ``recorder`` is None
    and the registry stays empty. A forked child counts from nothing, and exposes its metrics on the next free port.
    """

    def __init__(
        self,
        service: str,
        registry: CollectorRegistry,
        *,
        tracing: Tracing,
        metering: Metering,
        recording: Recording | None,
        server: MetricsServer | None,
    ) -> None:
        self.service = service
        self.registry = registry
        self._tracing = tracing
        self._metering = metering
        self._server = server
        self._closed = False
        self._recording = recording
        if recording is not None:
            forks.in_child(self._begin_in_child)
            atexit.register(self.shutdown)  # before OpenTelemetry's own, which waits for a dead receiver far longer

    @property
    def recorder(self) -> Recorder | None:
        """What calls write to; None when nothing is measured."""
        return self._recording.recorder if self._recording is not None else None

    @property
    def tracer_provider(self) -> TracerProvider:
        """Where spans go: the user's provider if one was set before, else ours.

        With the vendor's agent it is the agent's, of which only the API and ``force_flush`` are there.
        """
        return cast("TracerProvider", self._tracing.provider)

    @property
    def meter_provider(self) -> MeterProvider:
        """Where ``{name}.executions`` goes: the user's provider if one was set before, else ours."""
        return self._metering.provider

    @property
    def metrics_port(self) -> int | None:
        """The port on which metrics are exposed."""
        return self._server.port if self._server and not self._closed else None

    def __iter__(self) -> Iterator[Any]:
        """The two providers: ``tracer_provider, meter_provider = setup_apm("shop")``."""
        return iter((self.tracer_provider, self.meter_provider))

    def shutdown(self) -> None:
        """Stop measuring, send the last spans, free the port. Instrumented calls are bare again. May be repeated."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.shutdown)
        pushed = self._metering.push_last()
        if self._recording is not None:
            self._recording.end()
        if self._server is not None:
            self._server.close()
        self._metering.close(wait=pushed)
        self._tracing.close()

    def _begin_in_child(self) -> None:
        if self._closed or self._recording is None:
            return
        forks.free(self.registry)
        self._metering.begin_in_child()
        self._tracing.begin_in_child()
        self._recording.begin_anew()
        if self._server is not None:
            self._server = self._server.in_child()


def setup_apm(
    service_name: str,
    *,
    backend: str = "opentelemetry",
    export_to_prometheus: bool = True,
    vendor_agent: bool = False,
    host: str | None = None,
    port: int | None = None,
    registry: CollectorRegistry | None = None,
    span_exporter: SpanExporter | None = None,
    prices: Prices | None = None,
    max_label_sets: int = 2000,
) -> Apm:
    """Measure every instrumented call from now on, under ``service_name``.

    ``port`` (default 9464, 0 = any free one) and ``host`` say where metrics are exposed. Spans go to ``span_exporter``,
    or by OTLP to what ``backend`` and the environment name: ``opentelemetry`` (``OTEL_EXPORTER_OTLP_*``), ``elastic``
    (``ELASTIC_APM_*``) or ``datadog`` (``DD_*``). Metrics go there too when they are not exposed to Prometheus, and
    always with a vendor. ``vendor_agent`` sends the spans through the vendor's own package, if it is installed.
    Providers that are already set stay, ours are added to them. Past ``max_label_sets`` a metric folds new label sets
    into ``other``. ``prices`` (or the file that ``AIRUNTIME_PRICES`` names) go before those of genai-prices: USD per
    million tokens, as a mapping ``{"my-model": {"input": 1.0, "output": 2.0}}`` or a YAML file of the same.

    Raises ValueError for an unknown backend or field of a price, an empty name, what is no price, and an agent of no
    vendor; OSError when the prices cannot be read. A mistake in the environment is logged, and stops nobody.
    """
    chosen = _backend(backend, vendor_agent=vendor_agent)
    if not service_name:
        raise ValueError("setup_apm() needs the name of the service")
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - loaded only when something is measured

    from .exporters.plan import plan  # noqa: PLC0415 - the same
    from .providers import metering  # noqa: PLC0415 - the same
    from .recording import Recording  # noqa: PLC0415 - the same

    table = prices_of_environment() if prices is None else price_table(prices)
    registry = CollectorRegistry() if registry is None else registry
    enabled = os.environ.get(env.DISABLED.name, "") != "1"
    sending = plan(chosen, scraped=export_to_prometheus) if enabled else None
    trace = _tracing(service_name, sending, span_exporter, agent_of=chosen if vendor_agent else None)
    meter = metering(service_name, registry, sending, scraped=export_to_prometheus and enabled)
    recording = (
        Recording(service_name, registry, trace, meter, prices=table, max_label_sets=max_label_sets)
        if enabled
        else None
    )
    server = _serve(registry, host, port) if export_to_prometheus and enabled else None
    return Apm(service_name, registry, tracing=trace, metering=meter, recording=recording, server=server)


def _backend(name: str, *, vendor_agent: bool) -> Backend:
    for known in BACKENDS:
        if name == known:
            if vendor_agent and known == "opentelemetry":
                raise ValueError("vendor_agent needs the backend of a vendor, got 'opentelemetry'")
            return known
    raise ValueError(f"unknown backend {name!r}; known are {', '.join(BACKENDS)}")


def _tracing(service: str, sending: Plan | None, exporter: SpanExporter | None, *, agent_of: Backend | None) -> Tracing:
    from .exporters.agents import agent  # noqa: PLC0415 - loaded only when something is measured
    from .providers import agent_tracing, tracing  # noqa: PLC0415 - the same

    found = agent(agent_of, service) if agent_of and sending and exporter is None else None
    return tracing(service, sending, exporter) if found is None else agent_tracing(found)


def _serve(registry: CollectorRegistry, host: str | None, port: int | None) -> MetricsServer | None:
    from .server import serve  # noqa: PLC0415 - loaded only when something is exposed

    address = host or os.environ.get(env.METRICS_HOST.name) or str(env.METRICS_HOST.default)
    return serve(registry, address, environment.port(env.METRICS_PORT) if port is None else port)
