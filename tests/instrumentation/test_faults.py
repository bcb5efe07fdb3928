"""What fails around a program fails for itself: exporters, receivers, backends, scrapers, the ending interpreter."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from urllib.request import urlopen

import pytest
from ai_runtime_intelligent import Apm, CachePrimitive, IntelligentRuntime, RetryPrimitive, instrument, setup_apm
from ai_runtime_intelligent.apm import server
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.quiet import log_once
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from support.config_backend import ConfigBackend, eventually, serving
from support.sockets import mute

Python = Callable[[str], str]


def one() -> int:
    """A function of the user's."""
    return 1


def executions(apm: Apm, name: str = "f") -> float | None:
    """Executions that went well so far."""
    labels = {"service": apm.service, "primitive": name, "kind": "function", "status": "ok"}
    return apm.registry.get_sample_value("airuntime_executions_total", labels)


class Exporting(SpanExporter):
    """Does with spans what a test says."""

    def __init__(self, does: Callable[[], SpanExportResult]) -> None:
        self._does = does
        self.begun = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - they do not matter
        """What the test says."""
        self.begun.set()
        return self._does()


def raises() -> SpanExportResult:
    """As an exporter with a mistake in it."""
    raise RuntimeError("cannot export")


def refuses() -> SpanExportResult:
    """As one whose receiver takes nothing."""
    return SpanExportResult.FAILURE


@pytest.mark.parametrize("does", [raises, refuses])
def test_an_exporter_that_fails_is_told_once(
    caplog: pytest.LogCaptureFixture, does: Callable[[], SpanExportResult]
) -> None:
    """Calls give what they give, counts are exact, and one line tells, until spans are taken again."""
    exporter = Exporting(does)
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=exporter)
    call = instrument(one, name="f")
    for _ in range(3):
        assert call() == 1
        apm.tracer_provider.force_flush()

    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert told[0].startswith("spans are lost: ")
    exporter._does = lambda: SpanExportResult.SUCCESS
    call()
    apm.tracer_provider.force_flush()
    exporter._does = does
    call()
    apm.tracer_provider.force_flush()
    assert len(caplog.records) == 2
    assert executions(apm) == 5
    apm.shutdown()


def test_an_exporter_that_hangs_holds_neither_calls_nor_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """Spans past the queue are dropped, so that memory stays bounded, and shutdown waits two seconds for it at most."""
    never = threading.Event()
    exporter = Exporting(lambda: SpanExportResult.SUCCESS if never.wait(120) else SpanExportResult.FAILURE)
    apm = setup_apm("svc", export_to_prometheus=False, span_exporter=exporter)
    call = instrument(one, name="f")
    for _ in range(600):
        call()
    assert exporter.begun.wait(60)
    tracemalloc.start()
    for _ in range(5_000):
        call()
    full = tracemalloc.get_traced_memory()[0]
    for _ in range(5_000):
        call()
    assert tracemalloc.get_traced_memory()[0] < full + 500_000
    tracemalloc.stop()
    assert executions(apm) == 10_600

    begun = time.monotonic()
    apm.shutdown()
    assert time.monotonic() - begun < 30
    never.set()
    assert len([text for text in caplog.messages if "last spans were not sent" in text]) == 1


def test_metrics_that_nobody_takes_are_told_once(python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that answers 400 to every push costs one line of ours, and no call."""
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "50")
    code = """
import logging, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import os, threading
asked = []
class Refusing(BaseHTTPRequestHandler):
    def do_POST(self):
        asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(400)
        self.end_headers()
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("ai_runtime_intelligent").addHandler(handler)
logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", export_to_prometheus=False)
call = instrument(lambda: 1, name="f")
while len(asked) < 4:
    call()
    time.sleep(0.02)
apm.shutdown()
print(call(), len([line for line in lines if line.startswith("metrics are lost: nobody took them")]))
os._exit(0)
"""

    assert python(code) == "1 1"


class BrokenCollector(Collector):
    """A collector of the user's that fails."""

    def collect(self) -> Iterator[Metric]:
        """Nothing but an error."""
        raise RuntimeError("the prompt was: my secret")
        yield


def test_a_collector_that_fails_costs_the_scrape_only(caplog: pytest.LogCaptureFixture) -> None:
    """The scraper gets a 500, one line tells, calls go on and are seen by the next scrape that works."""
    registry, broken = CollectorRegistry(), BrokenCollector()
    apm = setup_apm("svc", registry=registry, port=0)
    registry._collector_to_names[broken] = []
    call = instrument(one, name="f")
    for _ in range(2):
        assert call() == 1
        with pytest.raises(OSError, match="500"):
            scrape(apm)

    assert [text.partition(" (")[0] for text in caplog.messages] == ["a scrape failed"]
    assert "secret" not in caplog.text
    del registry._collector_to_names[broken]
    assert 'primitive="f",kind="function",status="ok"} 2' in scrape(apm)
    apm.shutdown()


def scrape(apm: Apm) -> str:
    """What a scraper gets."""
    with urlopen(f"http://127.0.0.1:{apm.metrics_port}/metrics", timeout=60) as answer:
        return str(answer.read().decode())


class SlowCollector(Collector):
    """A collector of the user's that takes its time."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def collect(self) -> Iterator[Metric]:
        """Wait for the test."""
        self.begun.set()
        self.may_end.wait(60)
        yield from ()


def test_a_slow_scrape_holds_nobody_up() -> None:
    """While one scrape waits, calls run and are counted, primitives are made, and another scrape is answered."""
    registry, slow = CollectorRegistry(), SlowCollector()
    apm = setup_apm("svc", registry=registry, port=0)
    registry._collector_to_names[slow] = []
    waiting = threading.Thread(target=scrape, args=(apm,))
    waiting.start()
    assert slow.begun.wait(60)
    del registry._collector_to_names[slow]

    assert instrument(one, name="f")() == 1
    assert 'primitive="f",kind="function",status="ok"} 1' in scrape(apm)
    assert waiting.is_alive()
    slow.may_end.set()
    waiting.join(60)
    apm.shutdown()


def test_scrapers_that_only_connect_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections on which nothing comes, or nothing is read, are closed after a while; others are served meanwhile."""
    monkeypatch.setattr(server._Handler, "timeout", 0.5)
    apm = setup_apm("svc", port=0)
    assert apm.metrics_port is not None
    call = instrument(one, name="f")
    before = threading.active_count()
    silent = [socket.create_connection(("127.0.0.1", apm.metrics_port)) for _ in range(20)]
    silent[0].sendall(b"GET /metrics HTTP/1.1\r\n")  # and no more

    assert call() == 1
    assert 'primitive="f",kind="function",status="ok"} 1' in scrape(apm)
    assert eventually(lambda: threading.active_count() <= before, 30)
    for connection in silent:
        with closing(connection):
            connection.settimeout(30)
            assert connection.recv(1) == b""
    apm.shutdown()


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"\x00\xff not HTTP\r\n\r\n"])
def test_a_backend_that_falls_silent_holds_nobody_up(caplog: pytest.LogCaptureFixture, said: bytes) -> None:
    """Calls, the start and the end of the runtime wait for no answer; one line tells of what is no answer."""
    cache = CachePrimitive("answers", str, ttl_seconds=2.0)
    with mute(said) as url:
        begun = time.monotonic()
        with IntelligentRuntime("svc", backend_url=url, metrics_port=0, poll_seconds=0.02):
            assert instrument(one, name="f")() == 1
            assert cache.execute_sync("a") == "a"
            time.sleep(0.2)
        assert time.monotonic() - begun < 60

    assert len([text for text in caplog.messages if "last good config is kept" in text]) <= 1


def test_a_backend_that_comes_and_goes_is_told_once_each_time(caplog: pytest.LogCaptureFixture) -> None:
    """A line when it is lost, none while it stays lost, and a new one when it is lost again."""
    backend = ConfigBackend()
    with serving(backend) as port:
        runtime = IntelligentRuntime("svc", backend_url=f"http://127.0.0.1:{port}", poll_seconds=0.02, metrics_port=0)
        runtime.start()
        assert eventually(lambda: backend.polls() >= 2)
    assert eventually(lambda: len(lost(caplog)) == 1)
    time.sleep(0.3)
    with serving(backend, port):
        polls = backend.polls()
        assert eventually(lambda: backend.polls() >= polls + 2)
    assert eventually(lambda: len(lost(caplog)) == 2)
    runtime.stop()

    assert len(lost(caplog)) == 2


def lost(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that tell of a lost backend."""
    return [text for text in caplog.messages if "last good config is kept" in text]


ENDINGS = {
    "calls at the exit": "atexit.register(lambda: print(call(), asyncio.run(acall())))",
    "calls of an object that dies last": """
class Late:
    def __del__(self, call=call):
        assert call() == 1
keep = Late()
import sys
sys.modules["late"] = Late()
cycle = [Late()]
cycle.append(cycle)""",
    "calls of a daemon thread": """
import threading
def forever():
    while True:
        call()
for _ in range(3):
    threading.Thread(target=forever, daemon=True).start()
time.sleep(0.2)""",
    "calls of a thread that outlives main": """
import threading
threading.Thread(target=lambda: (time.sleep(0.3), call())).start()""",
    "a generator that is left open": "items = instrument(lambda: (n for n in range(9)), name='items')(); next(items)",
    "an error": "raise SystemExit(call() - 1)",
    "a signal": """
import os, signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(10)""",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_the_end_of_the_interpreter_is_quiet_and_quick(ending: str) -> None:
    """Whoever calls while everything is being taken down gets an answer, and nothing is written or waited for."""
    code = f"""
import asyncio, atexit, sys, time
from ai_runtime_intelligent import IntelligentRuntime, instrument
call = instrument(lambda: 1, name="f")
@instrument(name="later")
async def acall():
    return 1
runtime = IntelligentRuntime("svc", metrics_port=0, backend_url="http://127.0.0.1:9", poll_seconds=0.01)
import logging
logging.getLogger("ai_runtime_intelligent").setLevel("CRITICAL")
runtime.start()
call()
{ending}
"""

    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in ("", "1 1\n")


def test_a_hundred_thousand_values_of_a_label_stay_in_bounded_memory(caplog: pytest.LogCaptureFixture) -> None:
    """Past the cap they are counted under `other`: nothing is lost, memory is flat, and one line tells."""
    apm = setup_apm("svc", export_to_prometheus=False)
    bound = RetryPrimitive("retry", str).definition.bound
    assert bound is not None

    def many(numbers: range) -> None:
        for n in numbers:
            bound.count(metrics.RETRY_ATTEMPTS, ("error", f"Error{n}"))

    many(range(5_000))
    grown = growth(lambda: many(range(5_000, 100_000)))

    assert grown < 200_000
    samples = samples_of(apm, metrics.RETRY_ATTEMPTS.name)
    assert len(samples) <= 2_001
    assert sum(value for _, value in samples) == 100_000
    assert max(samples, key=lambda sample: sample[1])[0]["error_class"] == "other"
    told = [text for text in caplog.messages if "new ones are counted under 'other'" in text]
    assert told == ["airuntime_retry_attempts_total has 2000 label sets; new ones are counted under 'other'"]
    apm.shutdown()


def growth(work: Callable[[], None]) -> int:
    """Bytes that are held after ``work`` and were not before."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    work()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown


def samples_of(apm: Apm, name: str) -> list[tuple[dict[str, str], float]]:
    """Labels and value of each series of a counter."""
    found = (sample for family in apm.registry.collect() for sample in family.samples)
    return [(sample.labels, sample.value) for sample in found if sample.name == name]


def test_models_names_and_errors_that_never_end_fold(caplog: pytest.LogCaptureFixture) -> None:
    """Primitives made for each request, answers of ever new models, errors of ever new classes: all are counted."""
    apm = setup_apm("svc", export_to_prometheus=False, max_label_sets=100)

    @instrument(name="ask", kind="llm")
    def ask(n: int) -> dict[str, object]:
        return {"model": f"model-{n}", "usage": {"prompt_tokens": 4, "completion_tokens": 1}}

    def many(numbers: range) -> None:
        for n in numbers:
            instrument(one, name=f"step{n}")()
            ask(n)

    many(range(2_200))
    grown = growth(lambda: many(range(2_200, 3_200)))

    assert grown < 1_000_000
    assert sum(value for _, value in samples_of(apm, metrics.UNPRICED.name)) == 3_200
    assert sum(value for _, value in samples_of(apm, metrics.EXECUTIONS.name)) == 6_400
    assert len(samples_of(apm, metrics.EXECUTIONS.name)) < 120
    told = [text for text in caplog.messages if "new ones are counted under 'other'" in text]
    assert len(told) == len(set(told)) >= 2
    apm.shutdown()


def test_the_log_of_what_is_told_once_is_bounded() -> None:
    """Ever new troubles end at a thousand lines."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("ai_runtime_intelligent")
    logger.addHandler(handler)
    for n in range(3_000):
        log_once(f"trouble {n}", "trouble %d", n)
    logger.removeHandler(handler)

    assert len(lines) == 1_000


def test_disabled_leaves_no_trace(python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    """With AIRUNTIME_DISABLED=1 there is no thread, no port, no file, no provider and nothing at the exit."""
    monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    code = """
import asyncio, os, threading
from opentelemetry import metrics, trace
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, instrument
call = instrument(lambda: 1, name="f")
cache = CachePrimitive("c", lambda _: call())
asyncio.run(cache.execute(0))
before = os.listdir("/proc/self/fd")
with IntelligentRuntime("svc", backend_url="http://127.0.0.1:9") as runtime:
    print(call(), asyncio.run(cache.execute(1)), threading.active_count(),
          len(os.listdir("/proc/self/fd")) - len(before))
    print(type(trace.get_tracer_provider()).__name__, type(metrics.get_meter_provider()).__name__,
          runtime.metrics_port, runtime.remote, os.listdir(os.environ["AIRUNTIME_STATE_DIR"]))
"""

    assert python(code).splitlines() == ["1 1 1 0", "ProxyTracerProvider _ProxyMeterProvider None None []"]
