"""Measuring in forked children: each process counts, sends, exposes and polls for itself, and nothing is doubled."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from support.config_backend import ConfigBackend, eventually, serving
from support.environment import clean
from support.forking import FORKED
from support.prometheus import free_port

Python = Callable[[str], str]

MEASURED = f"""{FORKED}
import time, urllib.request
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, instrument, setup_apm

call = instrument(lambda: 1, name="f")

def executions(apm, name="f", status="ok"):
    labels = {{"service": "svc", "primitive": name, "kind": "function", "status": status}}
    return apm.registry.get_sample_value("airuntime_executions_total", labels)

def scraped(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{{port}}/metrics", timeout=20) as answer:
        return answer.read().decode()
"""


def test_each_process_counts_its_own_calls(python: Python) -> None:
    """The child begins at nothing, in every metric; the parent never sees what the child does."""
    code = f"""{MEASURED}
apm = setup_apm("svc", port=0)
[call() for _ in range(3)]

def work():
    before = executions(apm)
    [call() for _ in range(2)]
    text = scraped(apm.metrics_port)
    assert 'airuntime_duration_seconds_count{{service="svc",primitive="f",kind="function"}} 2\\n' in text, text
    (opentelemetry,) = [line for line in text.splitlines()
                        if line.startswith("f_executions_total") and 'status="ok"' in line]
    return before, executions(apm), opentelemetry.split()[-1]

print(in_child(work), executions(apm), 'kind="function"}} 3\\n' in scraped(apm.metrics_port))
"""

    assert python(code) == "(0, 2, '2.0') 3 True"


def test_a_fork_within_a_call_is_counted_once(python: Python) -> None:
    """The call, and the calls around it, end in the child too: they are the parent's, their spans as well."""
    code = f"""{MEASURED}
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans = InMemorySpanExporter()
apm = setup_apm("svc", port=0, span_exporter=spans)
reading, writing = os.pipe()

@instrument(name="inner")
def inner():
    return os.fork()

@instrument(name="outer")
def outer():
    return inner()

pid = outer()
signal.alarm(30)
call()
apm.tracer_provider.force_flush()
labels = {{"service": "svc", "primitive": "outer", "kind": "function"}}
seen = [executions(apm, name) for name in ("inner", "outer", "f")], [span.name for span in spans.get_finished_spans()]
inflight = apm.registry.get_sample_value("airuntime_inflight", labels)
if pid == 0:
    os.write(writing, repr((seen, inflight)).encode())
    os._exit(0)
os.close(writing)
print(seen, inflight)
with os.fdopen(reading) as told:
    print(told.read())
os.waitpid(pid, 0)
"""

    parent, child = python(code).splitlines()
    assert parent == "([1, 1, 1], ['inner', 'outer', '<lambda>']) 0"
    assert child == "(([0, 0, 1], ['<lambda>']), 0)"


def test_tunables_config_and_experiments_go_on_in_the_child(python: Python) -> None:
    """The child obeys what the parent was told, and shows it."""
    code = f"""{MEASURED}
from ai_runtime_intelligent.runtime.tunables import TUNABLES
cache = CachePrimitive("answers", str, ttl_seconds=2.0)
apm = setup_apm("svc", port=0)
TUNABLES.apply({{"answers.ttl_seconds": 300}})
apm.recorder.show_generation(7)

def work():
    labels = {{"service": "svc", "primitive": "answers", "kind": "cache", "tunable": "answers.ttl_seconds"}}
    read = apm.registry.get_sample_value
    shown = read("airuntime_tunable_value", labels), read("airuntime_config_generation", {{"service": "svc"}})
    TUNABLES.apply({{}})
    return shown, read("airuntime_tunable_value", labels)

print(in_child(work))
"""

    assert python(code) == "((300.0, 7), 2.0)"


def test_the_child_takes_the_next_free_port(python: Python) -> None:
    """Both are scraped side by side; the parent's port is free when the parent ends, whoever else still lives."""
    code = f"""{MEASURED}
import socket
port = {free_port()}
apm = setup_apm("svc", port=port)
taken = socket.create_server(("127.0.0.1", port + 1))

def work():
    return apm.metrics_port - port, "airuntime_inflight" in scraped(apm.metrics_port), "f" in scraped(port)

print(in_child(work))
release, hold = os.pipe()
if os.fork() == 0:
    os.close(hold)
    os.read(release, 1)
    os._exit(0)
apm.shutdown()
socket.create_server(("127.0.0.1", port)).close()
print("free")
os.close(hold)
os.wait()
"""

    assert python(code).splitlines() == ["(2, True, True)", "free"]


def test_a_child_ends_as_the_parent_does(python: Python) -> None:
    """Leaving the runtime, and the interpreter, in a child waits for no thread that only the parent has."""
    code = f"""{MEASURED}
with IntelligentRuntime("svc", metrics_port=0, backend_url="http://127.0.0.1:9", poll_seconds=0.05) as runtime:
    time.sleep(0.1)
    pid = os.fork()
    signal.alarm(30)
    names = {{thread.name for thread in threading.enumerate()}}
    assert {{"airuntime-metrics", "airuntime-remote"}} <= names, names
names = {{thread.name for thread in threading.enumerate()}}
assert not {{"airuntime-metrics", "airuntime-remote"}} & names, names
if pid == 0:
    sys.exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""

    assert python(code) == "7"


def test_a_scrape_under_way_does_not_hold_up_the_child(python: Python) -> None:
    """A fork in the middle of a scrape: the child makes new primitives, is scraped, and ends."""
    code = f"""{MEASURED}
apm = setup_apm("svc", port=0)
call()
consumer = apm.meter_provider._measurement_consumer
held(apm.registry._lock, consumer._lock, *(storage._lock for storage in consumer._reader_storages.values()))

def work():
    instrument(lambda: 1, name="new")()
    text = scraped(apm.metrics_port)
    apm.shutdown()
    return executions(apm, "new"), "new_executions_total" in text

print(in_child(work), flush=True)
os._exit(0)  # here the locks are still held
"""

    assert python(code) == "(None, True)"


def test_each_process_polls_and_speaks_for_itself(python: Python) -> None:
    """The child sends its own manifest, under its own instance, over its own connection, and obeys the config."""
    backend = ConfigBackend()
    backend.config(3, answers__ttl_seconds=300)
    code = """
cache = CachePrimitive("answers", str, ttl_seconds=2.0)

def obeyed():
    deadline = time.monotonic() + 20
    while cache.ttl_seconds.value != 300 and time.monotonic() < deadline:
        time.sleep(0.01)
    return cache.ttl_seconds.value

with IntelligentRuntime("svc", metrics_port=0, backend_url="http://127.0.0.1:{port}", poll_seconds=0.02) as runtime:
    print(obeyed())
    def work():
        cache.ttl_seconds.obey(2.0)
        runtime.remote._etag = None
        return obeyed(), runtime.manifest().instance, runtime.remote.config.generation
    value, instance, generation = eval(in_child(work))
    print(value, generation, instance != runtime.manifest().instance)
"""
    with serving(backend) as port:
        assert python(MEASURED + code.replace("{port}", str(port))).splitlines() == ["300.0", "300.0 3 True"]

    assert len({manifest["instance"] for manifest in backend.manifests}) == 2


POOL = """
import multiprocessing, os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from ai_runtime_intelligent import CachePrimitive, instrument, setup_apm

@instrument(name="double")
def double(n):
    return 2 * n

def counted(_):
    "What this process has counted, by its id."
    from ai_runtime_intelligent.primitives.definition import CATALOG
    bound = next(one for one in CATALOG.all() if one.name == "double").bound
    return os.getpid(), bound and int(bound.executions()["ok"])

if __name__ == "__main__":
    apm = setup_apm("svc", port=0)
    double(1)
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map(double, range(20), chunksize=1))
        print(dict(pool.map(counted, range(50), chunksize=1)).values())
    print(counted(0)[1])
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pools_of_processes_work(tmp_path: Path, method: str) -> None:
    """Results are right; forked workers count only their own calls, spawned ones measure only if they are told to."""
    program = tmp_path / "program.py"
    program.write_text(POOL, encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-W", "error", str(program), method],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=clean(),
    )

    assert done.returncode == 0, done.stderr
    results, counts, parent = done.stdout.splitlines()
    assert results == str([2 * n for n in range(20)])
    assert parent == "1"
    found = re.findall(r"\d+|None", counts)
    if method == "fork":
        assert sum(map(int, found)) <= 20
        assert found
    else:
        assert set(found) == {"None"}


APP = """
import json, os
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, instrument

answer = instrument(str.upper, name="answer")
cache = CachePrimitive("answers", answer, ttl_seconds=2.0)
runtime = IntelligentRuntime("svc", poll_seconds=0.05).start()  # before the workers are forked

def app(environ, start_response):
    answer(environ["PATH_INFO"])
    body = json.dumps({"pid": os.getpid(), "port": runtime.metrics_port, "ttl": cache.ttl_seconds.value}).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


def test_workers_of_gunicorn_measure_and_obey(tmp_path: Path) -> None:
    """Preloaded and forked by a real gunicorn: every request is counted in one worker, each on a port of its own."""
    (tmp_path / "served.py").write_text(APP, encoding="utf-8")
    backend = ConfigBackend()
    backend.config(3, answers__ttl_seconds=300)
    http, metrics = free_port(), free_port()
    with serving(backend) as port:
        env = clean(
            AIRUNTIME_BACKEND_URL=f"http://127.0.0.1:{port}",
            AIRUNTIME_METRICS_PORT=str(metrics),
            AIRUNTIME_STATE_DIR=str(tmp_path / "state"),
            HOME=str(tmp_path),
        )
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-m", "gunicorn", "--preload", "-w", "2", "-b", f"127.0.0.1:{http}", "served:app"],
            cwd=tmp_path,
            env=env,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert_workers_count(http, metrics)
            assert eventually(lambda: len({one["instance"] for one in backend.manifests}) == 3, 30)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    assert code == 0


def assert_workers_count(http: int, metrics: int) -> None:
    """Each of the workers answers, obeys, and has counted just the requests that it answered."""
    answered: dict[float, list[dict[str, float]]] = {}
    deadline = time.monotonic() + 60
    obeying = {300.0}
    while time.monotonic() < deadline:
        one = asked(f"http://127.0.0.1:{http}/a")
        if one is not None:
            answered.setdefault(one["pid"], []).append(one)
        if len(answered) == 2 and {told[-1]["ttl"] for told in answered.values()} == obeying:
            break
    assert {told[-1]["ttl"] for told in answered.values()} == obeying
    assert len({told[-1]["port"] for told in answered.values()} - {metrics}) == 2
    counted = {told[-1]["port"]: len(told) for told in answered.values()} | {metrics: 0}
    for port, count in counted.items():
        text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text
        assert f'primitive="answer",kind="function",status="ok"}} {count}.0\n' in text


def asked(url: str) -> dict[str, float] | None:
    """The worker's answer, None while nobody answers."""
    try:
        told: dict[str, float] = json.loads(requests.get(url, timeout=20).content)
    except requests.RequestException:
        time.sleep(0.1)
        return None
    return told


def test_a_child_that_cannot_be_measured_runs_all_the_same(python: Python) -> None:
    """Whatever of ours fails while it begins anew, the child does its work, and one line says so."""
    code = f"""{MEASURED}
import logging
from ai_runtime_intelligent.apm.recording import Recording
lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("ai_runtime_intelligent").addHandler(handler)
apm = setup_apm("svc", port=0)

def broken(self):
    raise RuntimeError("no recording in a child")

Recording.begin_anew = broken
print(in_child(lambda: (call(), call(), len(lines), lines[0].partition(";")[0])))
"""

    assert python(code).startswith("(1, 1, 1, 'a forked child failed")


def test_nothing_of_ours_is_begun_in_a_child_when_disabled(python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    """With AIRUNTIME_DISABLED=1 a child has one thread, as its parent."""
    monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
    code = f"""{MEASURED}
with IntelligentRuntime("svc", metrics_port=0, backend_url="http://127.0.0.1:9") as runtime:
    print(in_child(lambda: (call(), threading.active_count())), threading.active_count())
"""

    assert python(code) == "(1, 1) 1"
    assert os.environ["AIRUNTIME_DISABLED"] == "1"
