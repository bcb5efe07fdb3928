"""The last good config, and the reason for which a bad one is refused: both outlive what they came from."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, RemoteConfig
from ai_runtime_intelligent.runtime.document import Config
from ai_runtime_intelligent.runtime.manifest import manifest_of
from support.config_backend import ConfigBackend, eventually, serving

PROGRAM = """
import logging, sys, time
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime
logging.basicConfig(level="CRITICAL")
cache = CachePrimitive("answer_cache", str, ttl_seconds=2.0)
with IntelligentRuntime("svc", backend_url="http://127.0.0.1:{port}", poll_seconds=0.02, metrics_port=0) as runtime:
    def seen():
        shown = runtime.apm.registry.get_sample_value("airuntime_config_generation", {{"service": "svc"}})
        return cache.ttl_seconds.value, int(shown)
    at_once = seen()
    deadline = time.monotonic() + {seconds}
    while len({{*at_once}} - {{*seen()}}) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    print(at_once, seen())
"""
"""A user's program that says which value and generation it obeys from its first call on, and which ones later."""


@pytest.fixture
def backend() -> ConfigBackend:
    """A backend that tells of a long time to live."""
    backend = ConfigBackend()
    backend.config(4, answer_cache__ttl_seconds=300)
    return backend


@pytest.fixture
def cache() -> CachePrimitive:
    """A cache whose tunables are set from outside."""
    return CachePrimitive("answer_cache", str, ttl_seconds=2.0)


@pytest.fixture
def remote(backend: ConfigBackend) -> Iterator[RemoteConfig]:
    """What polls the backend many times a second."""
    with serving(backend) as port:
        remote = polling(port)
        remote.start()
        yield remote
        remote.stop()


def polling(port: int, **more: Any) -> RemoteConfig:
    """A remote config that has not begun yet."""
    return RemoteConfig(
        "svc", f"http://127.0.0.1:{port}", manifest=lambda: manifest_of("svc"), poll_seconds=0.02, **more
    )


def obeys(cache: CachePrimitive, seconds: float) -> bool:
    """Whether the cache's answers live that long."""
    return cache.ttl_seconds.value == seconds


def files(folder: Path) -> list[Path]:
    """What lies in the state folder."""
    return list(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder that is not there yet."""
    monkeypatch.setenv("AIRUNTIME_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def test_it_survives_a_restart_and_a_dead_backend(python: Callable[[str], str], backend: ConfigBackend) -> None:
    """A process that starts while the backend is dead obeys from its first call on what an earlier one was told."""
    with serving(backend) as port:
        assert python(PROGRAM.format(port=port, seconds=20)) == "(2.0, 0) (300.0, 4)"

    assert python(PROGRAM.format(port=port, seconds=0.2)) == "(300.0, 4) (300.0, 4)"


def test_a_backend_that_answers_goes_before_what_was_saved(
    python: Callable[[str], str], backend: ConfigBackend
) -> None:
    """What was saved holds only until the first answer, and is replaced by it."""
    with serving(backend) as port:
        python(PROGRAM.format(port=port, seconds=20))
        backend.config(5, answer_cache__ttl_seconds=30)
        assert python(PROGRAM.format(port=port, seconds=20)) == "(300.0, 4) (30.0, 5)"

    assert python(PROGRAM.format(port=port, seconds=0.2)) == "(30.0, 5) (30.0, 5)"


def test_a_refused_config_is_never_saved(
    folder: Path, backend: ConfigBackend, cache: CachePrimitive, remote: RemoteConfig
) -> None:
    """The file keeps the last good one; another process would refuse the bad one too, but should not have to."""
    assert eventually(lambda: cache.ttl_seconds.value == 300 and bool(files(folder)))
    backend.config(5, answer_cache__ttl_seconds=0)

    assert eventually(lambda: remote.refused is not None)
    (path,) = files(folder)
    assert json.loads(path.read_text(encoding="utf-8"))["generation"] == 4


def test_an_experiment_is_not_saved(folder: Path, backend: ConfigBackend, cache: CachePrimitive) -> None:
    """After a restart without a backend nobody could end it: every call is on the value that was there before."""
    document = json.loads(backend.body)
    document["experiments"] = {"answer_cache.ttl_seconds": {"rollout": "r1", "candidate": 900, "share": 0.5}}
    backend.body = json.dumps(document).encode()
    with serving(backend) as port:
        remote = polling(port)
        remote.start()
        assert eventually(lambda: cache.ttl_seconds.experiment is not None)
        assert eventually(lambda: bool(files(folder)))
        remote.stop()

    again = polling(port)
    again.start()
    assert cache.ttl_seconds.value == 300
    assert cache.ttl_seconds.experiment is None
    again.stop()


def test_a_folder_that_cannot_be_written_changes_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    backend: ConfigBackend,
    cache: CachePrimitive,
) -> None:
    """The values are obeyed all the same, for as long as the process lives, and one line tells."""
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setenv("AIRUNTIME_STATE_DIR", str(tmp_path / "state"))
    with serving(backend) as port:
        remote = polling(port)
        remote.start()
        for generation, seconds in enumerate((20, 30, 40), start=5):
            backend.config(generation, answer_cache__ttl_seconds=seconds)
            assert eventually(partial(obeys, cache, seconds))
        remote.stop()

    assert len([text for text in caplog.messages if "will not survive a restart" in text]) == 1


def test_the_backend_learns_why_and_that_it_is_over(
    backend: ConfigBackend, cache: CachePrimitive, remote: RemoteConfig
) -> None:
    """The manifest after a refusal says why; the one after the config was put right says nothing of it any more."""
    assert eventually(lambda: cache.ttl_seconds.value == 300)
    assert all("refused" not in manifest for manifest in backend.manifests)

    backend.config(5, answer_cache__ttl_seconds=0)
    assert eventually(lambda: "refused" in backend.manifests[-1])
    reason = backend.manifests[-1]["refused"]
    assert reason == remote.refused
    assert reason == "answer_cache.ttl_seconds must be from 1.0 to 86400.0 (unit s), got 0"

    backend.config(6, answer_cache__ttl_seconds=60)
    assert eventually(lambda: "refused" not in backend.manifests[-1])
    assert cache.ttl_seconds.value == 60


def test_a_tunable_that_comes_later_and_does_not_fit_is_told_too(backend: ConfigBackend, remote: RemoteConfig) -> None:
    """What was taken before its tunable was declared is judged again, and the backend learns of it."""
    backend.config(5, late__ttl_seconds=0)
    assert eventually(lambda: remote.config is not None and remote.config.generation == 5)
    assert remote.refused is None

    late = CachePrimitive("late", str, ttl_seconds=2.0)

    assert late.ttl_seconds.value == 2.0
    assert eventually(lambda: "late.ttl_seconds must be from 1.0" in backend.manifests[-1].get("refused", ""))


def test_a_config_without_end_is_refused(backend: ConfigBackend, cache: CachePrimitive, remote: RemoteConfig) -> None:
    """Not more than 4 MB are read, and the reason is told in few words."""
    assert eventually(lambda: cache.ttl_seconds.value == 300)
    backend.body = b'{"generation": 5, "tunables": {}, "more": "' + b"x" * 9_000_000

    assert eventually(lambda: remote.refused == "it is larger than 4000000 bytes")
    assert cache.ttl_seconds.value == 300


def test_a_reason_is_cut_short(backend: ConfigBackend, cache: CachePrimitive, remote: RemoteConfig) -> None:
    """A long wrong value fills neither the log nor the backend."""
    assert eventually(lambda: cache.ttl_seconds.value == 300)
    backend.config(5, answer_cache__ttl_seconds="9" * 100_000)

    assert eventually(lambda: len(backend.manifests[-1].get("refused", "")) == 500)
    assert remote.refused is not None
    assert len(remote.refused) == 500


@pytest.mark.parametrize("status", [500, 401])
def test_a_manifest_that_fails_does_not_keep_the_config_away(
    backend: ConfigBackend, cache: CachePrimitive, status: int
) -> None:
    """One failing route, or a manifest that we cannot build, leaves the other its work."""
    backend.manifest_status = status

    def broken() -> Any:
        raise RuntimeError("no manifest")

    with serving(backend) as port:
        for manifest in (lambda: manifest_of("svc"), broken):
            remote = RemoteConfig("svc", f"http://127.0.0.1:{port}", manifest=manifest, poll_seconds=0.02)
            remote.start()
            assert eventually(lambda: cache.ttl_seconds.value == 300)
            remote.stop()


def test_who_only_looks_on_breaks_nothing(
    backend: ConfigBackend, cache: CachePrimitive, caplog: pytest.LogCaptureFixture
) -> None:
    """A listener that raises is told of once; the config is obeyed, and is not asked for as if it were new."""

    def broken(_: Config) -> None:
        raise RuntimeError("the listener is broken")

    with serving(backend) as port:
        remote = polling(port, on_config=broken)
        remote.start()
        assert eventually(lambda: cache.ttl_seconds.value == 300 and backend.polls(304) >= 2)
        remote.stop()

    assert len([record for record in caplog.records if "on_config" in record.getMessage()]) == 1


def test_a_password_in_the_address_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the log nor an error repeats it."""
    with serving(ConfigBackend()) as port:
        pass
    with caplog.at_level(logging.DEBUG, "ai_runtime_intelligent"):
        remote = RemoteConfig("svc", f"http://me:hunter2@127.0.0.1:{port}", manifest=lambda: manifest_of("svc"))
        remote.start()
        assert eventually(lambda: "last good config is kept" in caplog.text)
        remote.stop()
    with pytest.raises(ValueError, match="backend_url must be an address") as caught:
        polling(99999, token="hunter3")
    with pytest.raises(ValueError, match="backend_url must be an address") as also:
        RemoteConfig("svc", "me:hunter2@host", manifest=lambda: manifest_of("svc"))

    assert "hunter" not in caplog.text + str(caught.value) + str(also.value)


def test_disabled_neither_reads_nor_asks_nor_writes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, backend: ConfigBackend, cache: CachePrimitive
) -> None:
    """With AIRUNTIME_DISABLED=1 there is no thread, no request and no file, not even one to obey."""
    with serving(backend) as port:
        first = polling(port)
        first.start()
        assert eventually(lambda: cache.ttl_seconds.value == 300 and bool(files(folder)))
        first.stop()
        polls, before = backend.polls(), {thread.name for thread in threading.enumerate()}
        monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
        with IntelligentRuntime("svc", backend_url=f"http://127.0.0.1:{port}", poll_seconds=0.02) as runtime:
            remote = polling(port)
            remote.start()
            assert (runtime.remote, remote.config, cache.ttl_seconds.value) == (None, None, 2.0)
            assert {thread.name for thread in threading.enumerate()} <= before
            remote.stop()

    assert backend.polls() == polls


def test_a_runtime_that_never_began_may_be_stopped() -> None:
    """Ending what has not begun is no error."""
    polling(9).stop()
