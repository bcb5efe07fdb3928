"""What is sent where, for a backend and what the environment says about it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.runtime.settings import Backend

from .datadog import datadog
from .destination import Destination, has_endpoint
from .elastic import elastic

_DESTINATIONS: Final[Mapping[Backend, Callable[[], Destination]]] = {
    "opentelemetry": Destination,
    "elastic": elastic,
    "datadog": datadog,
}


@dataclass(frozen=True)
class Plan:
    """A destination, whether it is a vendor's, and whether spans and metrics are sent there."""

    destination: Destination
    vendor: bool
    spans: bool
    metrics: bool


def plan(backend: Backend, *, scraped: bool) -> Plan:
    """The plan for ``backend``; ``scraped`` metrics are sent too only to a vendor, or when they are asked for."""
    destination = _DESTINATIONS[backend]()
    vendor = backend != "opentelemetry"
    spans = (vendor or has_endpoint("traces")) and os.environ.get(env.TRACES_EXPORTER.name) != "none"
    metrics = _metrics_are_sent(default=vendor or (has_endpoint("metrics") and not scraped))
    return Plan(destination, vendor, spans, metrics)


def _metrics_are_sent(*, default: bool) -> bool:
    chosen = os.environ.get(env.METRICS_EXPORTER.name)
    if chosen:
        return "otlp" in chosen.split(",")
    return default or bool(os.environ.get(env.OTLP_METRICS_ENDPOINT.name))
