"""Wrong values in the environment: told by name, value and what was expected, and never the end of a program."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ai_runtime_intelligent import IntelligentRuntime, instrument
from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.runtime import environment


@pytest.mark.parametrize("text", ["http", "-1", "65536", "9464.5", "9" * 5000, "nan", " "])
def test_a_wrong_port_is_told_and_the_default_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """The line names the variable, the value, what was expected and what is used instead."""
    monkeypatch.setenv("AIRUNTIME_METRICS_PORT", text)

    assert environment.port(env.METRICS_PORT) == 9464

    (record,) = caplog.records
    assert record.getMessage() == (
        f"AIRUNTIME_METRICS_PORT must be a port from 0 to 65535, got {text[:100]!r}; 9464 is used"
    )


@pytest.mark.parametrize("text", ["soon", "0", "-3", "inf", "nan", "1e999", "15s"])
def test_a_wrong_interval_is_told_and_the_default_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """Nothing is polled without a pause, or never."""
    monkeypatch.setenv("AIRUNTIME_POLL_SECONDS", text)

    assert environment.seconds(env.POLL_SECONDS) == 15.0

    (record,) = caplog.records
    assert record.getMessage() == (
        f"AIRUNTIME_POLL_SECONDS must be a number of seconds above 0, got {text!r}; 15 is used"
    )


def test_good_values_and_none_are_taken_in_silence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An empty value counts as none."""
    monkeypatch.setenv("AIRUNTIME_METRICS_PORT", "0")
    monkeypatch.setenv("AIRUNTIME_POLL_SECONDS", "0.5")
    assert (environment.port(env.METRICS_PORT), environment.seconds(env.POLL_SECONDS)) == (0, 0.5)

    monkeypatch.setenv("AIRUNTIME_METRICS_PORT", "")
    monkeypatch.delenv("AIRUNTIME_POLL_SECONDS")
    assert (environment.port(env.METRICS_PORT), environment.seconds(env.POLL_SECONDS)) == (9464, 15.0)
    assert caplog.records == []


@pytest.mark.parametrize(
    "text",
    ["me:hunter2@backend:8765", "file:///etc/passwd", "http://", "http://[::1", "http://me:hunter2@backend:87654"],
)
def test_a_wrong_address_is_not_used_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """It may hold a password; the program runs without a backend."""
    monkeypatch.setenv("AIRUNTIME_BACKEND_URL", text)

    with IntelligentRuntime("svc", metrics_port=0) as runtime:
        assert runtime.remote is None

    assert caplog.messages == [
        "AIRUNTIME_BACKEND_URL must be an address that begins with http:// or https:// and names a host; it is not used"
    ]


def test_a_program_runs_with_every_value_wrong(python: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring goes on, on the defaults, and the call gives what it gives."""
    for name, value in {
        "AIRUNTIME_METRICS_PORT": "http",
        "AIRUNTIME_METRICS_HOST": "no host, but a sentence that is far too long " * 20,
        "AIRUNTIME_POLL_SECONDS": "soon",
        "AIRUNTIME_BACKEND_URL": "file:///etc/passwd",
    }.items():
        monkeypatch.setenv(name, value)

    code = """
from ai_runtime_intelligent import IntelligentRuntime, instrument
call = instrument(lambda: "answer", name="f")
with IntelligentRuntime("svc") as runtime:
    print(call(), runtime.apm.recorder is not None, runtime.metrics_port, runtime.remote)
"""

    assert python(code) == "answer True None None"


def test_wrong_arguments_of_the_code_are_refused() -> None:
    """What the program itself says wrongly is an error at once."""
    runtime = IntelligentRuntime("svc", backend_url="http://127.0.0.1:9", poll_seconds=0, enable_apm=False)

    with pytest.raises(ValueError, match="poll_seconds must be above 0, got 0"):
        runtime.start()
    assert instrument(lambda: 1, name="f")() == 1
