"""The vendors' own agent packages by the backend that they belong to."""

from __future__ import annotations

from ai_runtime_intelligent.quiet import log_once
from ai_runtime_intelligent.runtime.settings import Backend

from .agent import Agent
from .datadog_agent import DatadogAgent
from .elastic_agent import ElasticAgent


def agent(backend: Backend, service: str) -> Agent | None:
    """The agent of ``backend`` for ``service``; None, and a log line, when its package is not installed."""
    try:
        return ElasticAgent(service) if backend == "elastic" else DatadogAgent(service)
    except ImportError:
        log_once(
            f"agent:{backend}",
            "no agent of %s is installed, spans go by OTLP: install ai-runtime-intelligent[%s]",
            backend,
            backend,
        )
        return None
