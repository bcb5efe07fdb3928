"""A service that calls a model ten times a second, measured by us or by somebody else's gen_ai instrumentation.

Run as a program: ``gen_ai_service.py ours|official|traceloop <base URL of the provider>``. It prints the port of its
metrics and runs until it is terminated.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from openai import OpenAI
from prometheus_client import CollectorRegistry, start_http_server

CALL: Any = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "Is it open?"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}


def _ours(client: OpenAI) -> tuple[Any, int]:
    from ai_runtime_intelligent import instrument, setup_apm  # noqa: PLC0415 - measured by nobody else

    apm = setup_apm("ours", port=0)
    return instrument(client.chat.completions.create, name="ask", kind="llm", model="gpt-4o"), apm.metrics_port or 0


def _theirs(client: OpenAI, instrumentor: Any) -> tuple[Any, int]:
    from opentelemetry.exporter.prometheus import PrometheusMetricReader  # noqa: PLC0415 - not measured by us
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - the same

    registry = CollectorRegistry()
    instrumentor.instrument(meter_provider=MeterProvider([PrometheusMetricReader(registry=registry)]))
    server, _ = start_http_server(0, "127.0.0.1", registry)
    return client.chat.completions.create, server.server_port


def _measured(by: str, client: OpenAI) -> tuple[Any, int]:
    if by == "ours":
        return _ours(client)
    if by == "official":
        from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor as Official  # noqa: PLC0415

        return _theirs(client, Official())
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor as Traceloop  # noqa: PLC0415

    return _theirs(client, Traceloop())


def main() -> None:
    """Call until terminated."""
    client = OpenAI(base_url=f"{sys.argv[2]}/v1", api_key="k", max_retries=0)
    call, port = _measured(sys.argv[1], client)
    print(port, flush=True)  # noqa: T201 - whoever started this reads it
    while True:
        for _ in call(**CALL):
            pass
        time.sleep(0.1)


if __name__ == "__main__":
    main()
