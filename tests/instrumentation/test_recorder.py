"""What is exposed: bounded label sets, exemplars, and failures of our own that nobody feels."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from urllib.request import Request, urlopen

import pytest
from ai_runtime_intelligent import Apm, instrument, setup_apm
from ai_runtime_intelligent.apm.bound import Bound
from ai_runtime_intelligent.contract import metrics
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.openmetrics.parser import text_string_to_metric_families

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def apm(exporter: InMemorySpanExporter) -> Iterator[Apm]:
    """A service `svc` that is measured, its metrics on a free port."""
    apm = setup_apm("svc", port=0, span_exporter=exporter)
    yield apm
    apm.shutdown()


def one() -> int:
    """A function of the user's."""
    return 1


def exposed(apm: Apm, accept: str = "text/plain") -> str:
    """What a scrape gives."""
    request = Request(f"http://127.0.0.1:{apm.metrics_port}/metrics", headers={"Accept": accept})
    with urlopen(request, timeout=5) as response:  # noqa: S310 - our own server on loopback
        return str(response.read().decode())


def test_every_metric_of_the_contract_is_exposed(apm: Apm) -> None:
    """A scrape names every metric of the table, in Prometheus' own form."""
    text = exposed(apm)

    assert [m.name for m in metrics.INSTRUMENTATION if f"# TYPE {m.name} {m.type}" not in text] == []


def test_scrape_shows_exemplars_of_kept_traces(apm: Apm, spans: Callable[[], dict[str, ReadableSpan]]) -> None:
    """In OpenMetrics a duration points to its trace; the series that only tell creation times are left out."""
    instrument(one)()

    context = spans()["one"].get_span_context()
    assert context is not None
    text = exposed(apm, OPEN_METRICS)
    assert f'trace_id="{context.trace_id:032x}"' in text
    assert "_created" not in text
    families = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    assert "airuntime_duration_seconds" in {family.name for family in families}


def test_opentelemetry_counter_of_each_primitive_is_on_the_same_endpoint(apm: Apm) -> None:
    """`{name}.executions` reads what calls accumulated, also for names that OpenTelemetry would refuse."""
    instrument(one, name="my step")()

    lines = [line for line in exposed(apm).splitlines() if line.startswith("my_step_executions_total")]
    assert [line.rpartition(" ")[2] for line in lines if 'status="ok"' in line] == ["1.0"]


def test_label_sets_past_the_cap_fold_into_other(caplog: pytest.LogCaptureFixture) -> None:
    """Past the cap new primitives are counted under `other`, nothing is lost, and it is logged once a metric."""
    apm = setup_apm("svc", export_to_prometheus=False, max_label_sets=8)
    with caplog.at_level(logging.WARNING):
        for n in range(50):
            instrument(one, name=f"step{n}")()

    ok = {"service": "svc", "kind": "function", "status": "ok"}
    kept = [
        apm.registry.get_sample_value("airuntime_executions_total", {**ok, "primitive": f"step{n}"}) for n in (0, 1)
    ]
    assert kept == [1, 1]
    assert apm.registry.get_sample_value("airuntime_executions_total", {**ok, "primitive": "other"}) == 48
    told = [r.getMessage() for r in caplog.records if "airuntime_executions_total" in r.getMessage()]
    assert told == ["airuntime_executions_total has 8 label sets; new ones are counted under 'other'"]
    apm.shutdown()


def test_our_own_failure_never_reaches_the_call(
    apm: Apm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When recording breaks, at the start or at the end of a call, the call returns and one line tells of each."""

    def broken(*_: object) -> None:
        raise RuntimeError("recording is broken")

    call = instrument(one, name="f")
    for method, where in (("end", "Frame.close"), ("begin", "Frame.open")):
        monkeypatch.setattr(Bound, method, broken)
        caplog.clear()
        assert [call() for _ in range(3)] == [1, 1, 1]
        assert [record.getMessage().split()[0] for record in caplog.records] == [where]
        assert trace.get_current_span() is trace.INVALID_SPAN
    assert apm.recorder is not None
