"""The endpoint's text: what prometheus_client would write of the same registry, in both formats."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from ai_runtime_intelligent.apm.recorder import Recorder
from ai_runtime_intelligent.apm.server import Exposed, application
from ai_runtime_intelligent.contract import metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.trace import SpanContext, TraceFlags
from prometheus_client import CollectorRegistry, Counter, make_wsgi_app
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"

App = Callable[..., Iterable[bytes]]


class Response:
    """What an application answered."""

    def __init__(self, app: App, **environ: str) -> None:
        asked: dict[str, Any] = dict(environ)
        setup_testing_defaults(asked)
        self.body = b"".join(app(asked, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


def recorded(registry: CollectorRegistry, label: str, values: list[float]) -> Recorder:
    """A recorder with something of each type under this label."""
    recorder = Recorder("svc", registry)
    context = SpanContext(2**100, 2**50, is_remote=False, trace_flags=TraceFlags(1))
    for value in values:
        recorder.buckets(metrics.DURATION, (label, "function")).observe(value, context)
        recorder.number(metrics.EXECUTIONS, (label, "function", "ok")).inc(value)
        recorder.number(metrics.CACHE_ENTRIES, (label, "cache")).set(value)
    return recorder


@settings(max_examples=80, deadline=None)
@given(
    label=st.text(st.characters(exclude_categories=["Cs"])),
    values=st.lists(st.floats(min_value=0, max_value=1e6), max_size=5),
    accept=st.sampled_from(["", "text/plain;version=0.0.4", OPEN_METRICS]),
)
def test_property_text_says_what_the_client_would(label: str, values: list[float], accept: str) -> None:
    """For any label value and number, both formats read back as the samples that prometheus_client would write."""
    registry = CollectorRegistry()
    recorder = recorded(registry, label, values)
    parse = parse_openmetrics if accept == OPEN_METRICS else parse_plain

    ours = Response(application(registry), HTTP_ACCEPT=accept)
    theirs = Response(make_wsgi_app(registry), HTTP_ACCEPT=accept)

    assert ours.headers["Content-Type"] == theirs.headers["Content-Type"]
    assert list(parse(ours.body.decode())) == list(parse(theirs.body.decode()))
    recorder.close()


def test_metrics_of_the_user_are_on_the_same_endpoint() -> None:
    """A registry of the user's shows their metrics beside ours, with one end of the text and no creation times."""
    registry = CollectorRegistry()
    Counter("orders", "Orders.", registry=registry).inc()
    recorded(registry, "p", [0.1])

    for accept in ("", OPEN_METRICS):
        text = Response(application(registry), HTTP_ACCEPT=accept).body.decode()
        assert "orders_total 1.0" in text
        assert "airuntime_executions_total{" in text
        assert "_created" not in text
        assert text.count("# EOF") == (1 if accept else 0)
        assert text.endswith("# EOF\n") == bool(accept)


def test_compressed_filtered_and_refused_as_the_client_does() -> None:
    """Gzip when it is accepted, single metrics by name, OPTIONS, other methods and other escapings: as ever."""
    registry = CollectorRegistry()
    recorded(registry, "p", [0.1])
    app = application(registry)

    plain, zipped = Response(app), Response(app, HTTP_ACCEPT_ENCODING="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body

    chosen = Response(app, QUERY_STRING="name[]=airuntime_cache_entries").body.decode()
    assert [line.partition("{")[0] for line in chosen.splitlines() if line[0] != "#"] == ["airuntime_cache_entries"]
    assert Response(app, REQUEST_METHOD="OPTIONS").status == "200 OK"
    assert Response(app, REQUEST_METHOD="POST").status == "405 Method Not Allowed"
    escaped = Response(app, HTTP_ACCEPT=f"{OPEN_METRICS}; escaping=dots").body.decode()
    assert "airuntime__executions__total{" in escaped


def test_exemplars_are_in_openmetrics_only() -> None:
    """An exemplar stands behind the bucket that it fell into, in the format that knows exemplars."""
    registry = CollectorRegistry()
    recorded(registry, "p", [0.003])
    shown = f'trace_id="{2**100:032x}",span_id="{2**50:016x}"'

    text = Response(application(registry), HTTP_ACCEPT=OPEN_METRICS).body.decode()
    lines = [line for line in text.splitlines() if shown in line]
    assert ['le="0.005"' in line for line in lines] == [True]
    assert "trace_id" not in Response(application(registry)).body.decode()


def test_two_services_cannot_share_a_registry() -> None:
    """A second recorder in one registry is refused as any duplicate is; after the first one closed it is welcome."""
    registry = CollectorRegistry()
    first = Recorder("a", registry)
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        Recorder("b", registry)

    first.close()
    assert Recorder("b", registry).service == "b"


def test_other_applications_get_samples_of_ours_too() -> None:
    """Whoever serves the registry by another server's means reads every sample."""
    registry = CollectorRegistry()
    recorded(registry, "p", [0.1, 0.2])

    assert registry.get_sample_value(
        "airuntime_duration_seconds_sum", {"service": "svc", "primitive": "p", "kind": "function"}
    ) == pytest.approx(0.3)
    assert {m.name for m in Exposed(registry).collect()} >= {"airuntime_duration_seconds", "airuntime_executions"}
