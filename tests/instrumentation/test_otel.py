"""OpenTelemetry's own way in: under `opentelemetry-instrument` the runtime is on without a line of code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from support import tta_like as tta

HOME = "ttadev.primitives.core.base"

WORKFLOW = """
import asyncio, sys
from ttadev.primitives.core.base import LambdaPrimitive, RetryPrimitive, WorkflowContext
from ai_runtime_intelligent import instrument
from ai_runtime_intelligent.otel import RuntimeInstrumentor

@instrument(name="ours")
def ours(value):
    return value + 1

workflow = LambdaPrimitive(lambda v, _: ours(v)) >> RetryPrimitive(LambdaPrimitive(lambda v, _: v * 2))
print(asyncio.run(workflow.execute(1, WorkflowContext())))
runtime = RuntimeInstrumentor().runtime
if runtime is None or runtime.apm is None or runtime.apm.recorder is None:
    print("nothing")
else:
    for primitive, kind in (("ours", "function"), ("RetryPrimitive(LambdaPrimitive)", "retry")):
        labels = {"service": runtime.service_name, "primitive": primitive, "kind": kind, "status": "ok"}
        print(runtime.service_name, runtime.apm.registry.get_sample_value("airuntime_executions_total", labels))
    print(runtime.metrics_port is not None)
"""


def instrumented(tmp_path: Path, **environment: str) -> list[str]:
    """What the workflow prints under `opentelemetry-instrument`."""
    script = tmp_path / "program.py"
    script.write_text(WORKFLOW, encoding="utf-8")
    command = Path(sys.executable).with_name("opentelemetry-instrument")
    tta.write_package(tmp_path, HOME)
    done = subprocess.run(  # noqa: S603 - the command of an installed package, our own script
        [command, sys.executable, script],
        env={**os.environ, "AIRUNTIME_METRICS_PORT": "0", "PYTHONPATH": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_program_is_measured_without_a_line_of_code(tmp_path: Path) -> None:
    """Ours and theirs are recorded under the service's name, and the metrics are exposed."""
    told = instrumented(tmp_path, OTEL_SERVICE_NAME="shop")

    assert told == ["4", "shop 1", "shop 1", "True"]


def test_disabled_it_is_the_bare_program(tmp_path: Path) -> None:
    """With AIRUNTIME_DISABLED=1, or named among those that OpenTelemetry is not to load, nothing is recorded."""
    assert instrumented(tmp_path, AIRUNTIME_DISABLED="1") == ["4", "nothing"]
    assert instrumented(tmp_path, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="ai_runtime_intelligent") == ["4", "nothing"]


def test_providers_that_are_set_are_used_and_the_end_puts_all_back(python: Callable[[str], str]) -> None:
    """Spans go to the user's own provider, the service has its name; after `uninstrument()` calls are bare."""
    code = """
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
import os
os.environ["AIRUNTIME_METRICS_PORT"] = "0"
exporter = InMemorySpanExporter()
provider = TracerProvider(resource=Resource.create({"service.name": "mine"}))
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
from ai_runtime_intelligent import instrument
from ai_runtime_intelligent.otel import RuntimeInstrumentor
call = instrument(lambda: 1, name="call")
RuntimeInstrumentor().instrument()
print(RuntimeInstrumentor().runtime.service_name, call())
RuntimeInstrumentor().uninstrument()
call()
print(len(exporter.get_finished_spans()), RuntimeInstrumentor().runtime)
"""

    assert python(code).splitlines() == ["mine 1", "1 None"]


def test_error_of_ours_keeps_no_other_instrumentor_from_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be set up is told, and the program runs."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shop")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import ai_runtime_intelligent.runtime.manager as manager\n"
        "def start(self):\n    raise RuntimeError('ours')\n"
        "manager.IntelligentRuntime.start = start\n"
        "from opentelemetry.instrumentation.auto_instrumentation import initialize\n"
        "initialize(swallow_exceptions=False)\n",
        encoding="utf-8",
    )
    script = tmp_path / "program.py"
    script.write_text(WORKFLOW, encoding="utf-8")
    tta.write_package(tmp_path, HOME)
    path = os.pathsep.join((str(broken), str(tmp_path)))
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()) == (0, ["4", "nothing"])
    assert "RuntimeInstrumentor failed" in done.stderr


def test_entry_point_is_declared() -> None:
    """OpenTelemetry finds the instrumentor by its group."""
    (found,) = [one for one in entry_points(group="opentelemetry_instrumentor") if one.name == "ai_runtime_intelligent"]

    assert found.load().__name__ == "RuntimeInstrumentor"
