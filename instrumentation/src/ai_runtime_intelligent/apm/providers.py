"""OpenTelemetry's providers: the user's own where they have set some, else ours."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import partial
from typing import Final

from opentelemetry import metrics, trace
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from prometheus_client import CollectorRegistry

from ai_runtime_intelligent.quiet import log_once

from .aside import Aside
from .exporters.agent import Agent, AgentProvider
from .exporters.otlp import metric_exporter, span_exporter
from .exporters.plan import Plan
from .exporters.push import PushExporter
from .exporters.telling import TellingExporter
from .inherited import drop_connections, free_locks

LAST_SECONDS: Final = 2.0
"""How long a shutdown waits for the last spans, and for the last counts, to be taken."""

_ours: Final[weakref.WeakSet[object]] = weakref.WeakSet()


@dataclass(frozen=True)
class Tracing:
    """A tracer provider, whether it is ours to shut down, and the exporter and processor, or agent, that we added.

    ``aside`` closes them; where nothing is sent there is none.
    """

    provider: trace.TracerProvider
    owned: bool
    exporter: SpanExporter | None = None
    processor: BatchSpanProcessor | None = None
    agent: Agent | None = None
    aside: Aside | None = None

    def close(self) -> None:
        """Send what is left, in two seconds or not at all; the user's own provider stays open."""
        if self.aside is None:
            self._shutdown()
            return
        if not self.aside.within(LAST_SECONDS, self._shutdown) and self.exporter is not None:
            self.exporter.shutdown()  # ends its waiting between two tries
            log_once("spans", "the last spans were not sent: nobody took them within %s s", LAST_SECONDS)
        self.aside.end()

    def begin_in_child(self) -> None:
        """In a forked child: send over connections of its own."""
        drop_connections(self.exporter)
        if self.aside is not None:
            self.aside.begin()

    def _shutdown(self) -> None:
        if self.agent is not None:
            self.agent.close()
        elif self.owned and isinstance(self.provider, TracerProvider):
            self.provider.shutdown()
        elif self.processor is not None:
            self.processor.shutdown()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Metering:
    """A meter provider, whether it is ours to shut down, and our readers on it: one is scraped, one pushes.

    ``aside`` pushes the last counts; where nothing is pushed there is none.
    """

    provider: MeterProvider
    owned: bool
    reader: PrometheusMetricReader | None
    push: PeriodicExportingMetricReader | None = None
    exporter: PushExporter | None = None
    aside: Aside | None = None

    def push_last(self) -> bool:
        """Send the last counts, in two seconds or not at all; whether it was done. Comes before the recorder closes."""
        if self.push is None or self.aside is None or self.aside.within(LAST_SECONDS, self.push.force_flush):
            return True
        if self.exporter is not None:
            self.exporter.shutdown()  # ends its waiting between two tries
        log_once("metrics", "the last metrics were not sent: nobody took them within %s s", LAST_SECONDS)
        return False

    def close(self, *, wait: bool) -> None:
        """Take our readers away; the user's own provider stays open. Without ``wait`` it is done beside us."""
        ends = (
            [self.provider.shutdown]
            if self.owned
            else [partial(self.provider.remove_metric_reader, one) for one in self._readers()]
        )
        for end in ends:
            if self.aside is None:
                end()
            else:
                self.aside.within(LAST_SECONDS if wait else 0.0, end)
        if self.aside is not None:
            self.aside.end()

    def begin_in_child(self) -> None:
        """In a forked child: count from nothing, over connections of its own."""
        free_locks(self.provider)
        if self.aside is not None:
            self.aside.begin()
        if self.exporter is not None:
            self.exporter.begin_in_child()

    def _readers(self) -> list[MetricReader]:
        return [reader for reader in (self.reader, self.push) if reader is not None]


def tracing(service: str, sending: Plan | None, given: SpanExporter | None) -> Tracing:
    """The tracer provider, with ``given`` behind it, or OTLP if ``sending`` plans it.

    When nothing is measured ``sending`` is None: the provider has neither, and does not become the global one.
    The user's own provider gets the same exporter beside theirs, unless they send by OTLP already and no vendor is
    asked for: it would send twice.
    """
    current = trace.get_tracer_provider()
    if isinstance(current, TracerProvider) and current not in _ours:
        return _exporting(current, owned=False, exporter=_exporter(sending, given, beside=current))
    provider = TracerProvider(resource=_resource(service, sending))
    _ours.add(provider)
    if sending is not None and not isinstance(current, TracerProvider):
        trace.set_tracer_provider(provider)
    return _exporting(provider, owned=True, exporter=_exporter(sending, given))


def agent_tracing(agent: Agent) -> Tracing:
    """Spans through a vendor's own agent. It becomes the global provider when there is none."""
    provider = AgentProvider(agent)
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        trace.set_tracer_provider(provider)
    return Tracing(provider, owned=False, agent=agent, aside=Aside("airuntime-last-spans"))


def metering(service: str, registry: CollectorRegistry, sending: Plan | None, *, scraped: bool) -> Metering:
    """The meter provider, with its metrics in ``registry`` if ``scraped``, and pushed if ``sending`` plans it."""
    reader = PrometheusMetricReader(registry=registry) if scraped else None
    current = metrics.get_meter_provider()
    theirs = current if isinstance(current, MeterProvider) and current not in _ours else None
    exporter = _push_exporter(sending, registry, only_ours=theirs is not None)
    push = PeriodicExportingMetricReader(exporter) if exporter else None
    aside = Aside("airuntime-last-metrics") if push else None
    readers: list[MetricReader] = [added for added in (reader, push) if added is not None]
    if theirs is not None:
        for added in readers:
            theirs.add_metric_reader(added)
        return Metering(theirs, owned=False, reader=reader, push=push, exporter=exporter, aside=aside)
    provider = MeterProvider(readers, resource=_resource(service, sending))
    _ours.add(provider)
    if sending is not None and not isinstance(current, MeterProvider):
        metrics.set_meter_provider(provider)
    return Metering(provider, owned=True, reader=reader, push=push, exporter=exporter, aside=aside)


def _resource(service: str, sending: Plan | None) -> Resource:
    return Resource.create({**(sending.destination.resource if sending else {}), SERVICE_NAME: service})


def _exporter(
    sending: Plan | None, given: SpanExporter | None, beside: TracerProvider | None = None
) -> SpanExporter | None:
    if sending is None or given is not None:
        return None if sending is None else given
    if not sending.spans or (beside is not None and not sending.vendor and _sends_otlp(beside)):
        return None
    return span_exporter(sending.destination)


def _sends_otlp(provider: TracerProvider) -> bool:
    """Whether one of the provider's processors sends by OTLP; the SDK has no public way to ask."""
    processors = getattr(getattr(provider, "_active_span_processor", None), "_span_processors", ())
    exporters = (getattr(processor, "span_exporter", None) for processor in processors)
    return any(type(exporter).__name__.startswith("OTLP") for exporter in exporters)


def _exporting(provider: TracerProvider, *, owned: bool, exporter: SpanExporter | None) -> Tracing:
    if exporter is None:
        return Tracing(provider, owned)
    processor = BatchSpanProcessor(TellingExporter(exporter))
    provider.add_span_processor(processor)
    return Tracing(provider, owned, exporter, processor, aside=Aside("airuntime-last-spans"))


def _push_exporter(sending: Plan | None, registry: CollectorRegistry, *, only_ours: bool) -> PushExporter | None:
    exporter = metric_exporter(sending.destination) if sending and sending.metrics else None
    return PushExporter(exporter, registry, only_ours=only_ours) if exporter else None
