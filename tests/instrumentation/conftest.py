"""Fixtures for the instrumentation: everything starts empty and is taken down again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from ai_runtime_intelligent import Apm, quiet, setup_apm
from ai_runtime_intelligent.primitives import shared
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.environment import forget

Value = Callable[..., float | None]
Spans = Callable[[], dict[str, ReadableSpan]]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Forget primitives, tunables and what was logged, and the environment and state of whoever runs the tests."""
    forget(monkeypatch)
    monkeypatch.setenv("AIRUNTIME_STATE_DIR", str(tmp_path_factory.mktemp("state")))
    yield
    CATALOG.clear()
    TUNABLES.clear()
    shared.clear()
    quiet._told.clear()


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Where spans end up."""
    return InMemorySpanExporter()


@pytest.fixture
def apm(exporter: InMemorySpanExporter) -> Iterator[Apm]:
    """A service `svc` that is measured, its metrics in a registry that nobody serves."""
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=exporter)
    yield apm
    apm.shutdown()


@pytest.fixture
def value(apm: Apm) -> Value:
    """Read a sample as Prometheus would: `value("airuntime_executions_total", primitive="p", ...)`."""

    def read(name: str, **labels: str) -> float | None:
        return apm.registry.get_sample_value(name, {"service": "svc", **labels})

    return read


@pytest.fixture
def spans(apm: Apm, exporter: InMemorySpanExporter) -> Spans:
    """Finished spans by name."""

    def read() -> dict[str, ReadableSpan]:
        apm.tracer_provider.force_flush()
        return {span.name: span for span in exporter.get_finished_spans()}

    return read


@pytest.fixture
def python() -> Callable[[str], str]:
    """Run code in a fresh interpreter, warnings being errors, and give what it prints."""

    def run(code: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
