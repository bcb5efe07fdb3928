"""`IntelligentRuntime`: everything on inside, everything off outside."""

from __future__ import annotations

import threading

import pytest
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, instrument

pytestmark = pytest.mark.asyncio


def one() -> int:
    """A function of the user's."""
    return 1


async def test_async_and_sync_context_measure_only_inside() -> None:
    """Inside, calls are recorded and exposed; outside, they are bare and no thread is left."""
    before = set(threading.enumerate())
    call = instrument(one, name="f")
    labels = {"service": "svc", "primitive": "f", "kind": "function", "status": "ok"}

    async with IntelligentRuntime("svc", metrics_port=0) as runtime:
        call()
        assert runtime.apm is not None
        assert runtime.metrics_port
        assert runtime.apm.registry.get_sample_value("airuntime_executions_total", labels) == 1
    with IntelligentRuntime("svc", metrics_port=0) as again:
        assert again.apm is not None
        assert again.apm.registry.get_sample_value("airuntime_executions_total", labels) == 0

    assert runtime.metrics_port is None
    assert call() == 1
    assert {thread.name for thread in set(threading.enumerate()) - before if "asyncio" not in thread.name} == set()


async def test_error_inside_comes_out() -> None:
    """The runtime swallows nothing, and stops."""
    error = KeyError("no")

    with pytest.raises(KeyError) as caught:
        async with IntelligentRuntime("svc", metrics_port=0) as runtime:
            raise error

    assert caught.value is error
    assert runtime.apm is None


async def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, port and backend are read from the environment where the code gives none."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "named")
    monkeypatch.setenv("AIRUNTIME_METRICS_PORT", "0")
    monkeypatch.setenv("AIRUNTIME_BACKEND_URL", "http://127.0.0.1:9")

    with IntelligentRuntime() as runtime:
        assert runtime.service_name == "named"
        assert runtime.metrics_port
        assert runtime.remote is not None


async def test_without_apm_only_the_rest_runs() -> None:
    """Measuring can be left out."""
    with IntelligentRuntime("svc", enable_apm=False) as runtime:
        assert (runtime.apm, runtime.metrics_port, runtime.remote) == (None, None, None)


async def test_disabled_turns_all_of_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """With AIRUNTIME_DISABLED=1 nothing polls, records or listens, and primitives do their work."""
    monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
    cache = CachePrimitive("c", lambda q: q)

    async with IntelligentRuntime("svc", backend_url="http://127.0.0.1:9", metrics_port=0) as runtime:
        assert (runtime.remote, runtime.metrics_port) == (None, None)
        assert await cache.execute("q") == "q"
        assert cache.definition.bound is None


async def test_what_this_process_does_not_do_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Asking for optimisation beside a backend tells that the backend does it."""
    with IntelligentRuntime(
        "svc",
        enable_auto_optimization=True,
        backend_url="http://127.0.0.1:9",
        metrics_port=0,
    ) as runtime:
        assert runtime.optimizer is None

    assert "values are optimised by the backend" in caplog.text


async def test_optimiser_runs_inside_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a backend the embedded loop runs when it is asked for, and not when nothing is measured."""
    with IntelligentRuntime("svc", enable_auto_optimization=True, metrics_port=0) as runtime:
        assert runtime.optimizer is not None
        assert "airuntime-optimizer" in {thread.name for thread in threading.enumerate()}
    assert runtime.optimizer is None
    assert "airuntime-optimizer" not in {thread.name for thread in threading.enumerate()}

    monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
    with IntelligentRuntime("svc", enable_auto_optimization=True, metrics_port=0) as runtime:
        assert runtime.optimizer is None
