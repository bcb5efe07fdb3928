"""Remote config against a real HTTP server: obeyed, refused, unchanged, dead."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ai_runtime_intelligent import CachePrimitive, IntelligentRuntime, RemoteConfig, instrument
from ai_runtime_intelligent.runtime.manifest import manifest_of
from support.config_backend import ConfigBackend as Backend
from support.config_backend import eventually, serving


def one() -> int:
    """A function of the user's."""
    return 1


@pytest.fixture
def cache() -> CachePrimitive:
    """A cache whose tunables are set from outside."""
    return CachePrimitive("answer_cache", lambda _: 1, ttl_seconds=2.0)


@pytest.fixture
def backend() -> Backend:
    """A backend that serves an empty config."""
    return Backend()


@pytest.fixture
def runtime(backend: Backend) -> Iterator[IntelligentRuntime]:
    """A runtime that polls the backend many times a second."""
    with (
        serving(backend) as port,
        IntelligentRuntime(
            "svc",
            backend_url=f"http://127.0.0.1:{port}/",
            service_token="s3cret",
            poll_seconds=0.02,
            metrics_port=0,
        ) as runtime,
    ):
        yield runtime


def generation(runtime: IntelligentRuntime) -> float | None:
    """The generation that is shown as obeyed."""
    assert runtime.apm is not None
    return runtime.apm.registry.get_sample_value("airuntime_config_generation", {"service": "svc"})


def test_new_value_is_obeyed_and_shown(cache: CachePrimitive, backend: Backend, runtime: IntelligentRuntime) -> None:
    """A value from the backend is obeyed by the next call; value and generation are exposed."""
    assert generation(runtime) in (0, 1)
    backend.config(3, answer_cache__ttl_seconds=300)

    assert eventually(lambda: cache.ttl_seconds.value == 300)
    assert eventually(lambda: generation(runtime) == 3)
    assert runtime.remote is not None
    assert runtime.remote.config is not None
    assert runtime.remote.config.generation == 3


def test_value_taken_away_returns_to_the_default(
    cache: CachePrimitive, backend: Backend, runtime: IntelligentRuntime
) -> None:
    """A tunable that the config names no more is at its declared default again."""
    assert runtime.remote is not None
    backend.config(1, answer_cache__ttl_seconds=300)
    assert eventually(lambda: cache.ttl_seconds.value == 300)

    backend.config(2)

    assert eventually(lambda: cache.ttl_seconds.value == 2.0)


def test_unchanged_config_is_asked_for_with_its_etag(backend: Backend, runtime: IntelligentRuntime) -> None:
    """After the first answer the ETag goes along, and 304 changes nothing."""
    assert eventually(lambda: backend.polls(304) >= 3)
    assert backend.polls(200) == 1
    assert backend.tokens == {"Bearer s3cret"}
    assert runtime.remote is not None


def test_manifest_goes_first_and_again_when_it_changes(backend: Backend, runtime: IntelligentRuntime) -> None:
    """It is sent once before the first poll, and once more for a new primitive or callee."""
    assert eventually(lambda: backend.polls() >= 3)
    assert backend.asked[0][:2] == ("PUT", "/runtime/services/svc/manifest")
    assert len(backend.manifests) == 1

    inner = instrument(one, name="inner")

    @instrument(name="outer")
    def outer() -> int:
        return inner()

    outer()

    assert eventually(lambda: {"inner", "outer"} <= {p["name"] for p in backend.manifests[-1]["primitives"]})
    assert eventually(
        lambda: (
            {p["name"]: p["callees"] for p in backend.manifests[-1]["primitives"]} == {"outer": ["inner"], "inner": []}
        )
    )
    assert backend.manifests[-1]["version"] == runtime.manifest().version


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not JSON"),
        (b"[1]", "the document must be an object"),
        (b'{"generation": 2}', "tunables must be an object"),
        (b'{"generation": -1, "tunables": {}}', "generation must be a whole number"),
        (b'{"service": "other", "generation": 2, "tunables": {}}', "for service 'other'"),
        (b'{"generation": 2, "tunables": {"answer_cache.ttl_seconds": 5}}', "must be an object"),
        (b'{"generation": 2, "tunables": {"answer_cache.ttl_seconds": {"value": "5"}}}', "must be a number"),
        (b'{"generation": 2, "tunables": {"answer_cache.ttl_seconds": {"value": true}}}', "must be a number"),
        (b'{"generation": 2, "tunables": {"answer_cache.ttl_seconds": {"value": NaN}}}', "must be from"),
        (b'{"generation": 2, "tunables": {"answer_cache.ttl_seconds": {"value": 0.5}}}', "must be from 1.0"),
        (
            (
                b'{"generation": 2, "tunables": {"answer_cache.ttl_seconds": {"value": 9},'
                b' "answer_cache.max_entries": {"value": 1.5}}}'
            ),
            "must be a whole number",
        ),
        (b'{"generation": 2, "tunables": {"x.y": {"value": 1, "rollout": 7}}}', "rollout of x.y must be text"),
    ],
)
def test_bad_config_is_refused_whole_and_told_once(
    cache: CachePrimitive,
    backend: Backend,
    runtime: IntelligentRuntime,
    caplog: pytest.LogCaptureFixture,
    *,
    body: bytes,
    reason: str,
) -> None:
    """One bad value or a broken document: the last good config stays, with one line that says why."""
    backend.config(1, answer_cache__ttl_seconds=300)
    assert eventually(lambda: cache.ttl_seconds.value == 300)

    backend.body = body
    remote = runtime.remote
    assert remote is not None
    assert eventually(lambda: remote.refused is not None)
    polls = backend.polls()
    assert eventually(lambda: backend.polls() > polls + 2)

    assert reason in (remote.refused or "")
    assert (cache.ttl_seconds.value, generation(runtime)) == (300, 1)
    assert len([record for record in caplog.records if "refused" in record.getMessage()]) == 1


def test_names_of_another_version_are_ignored(
    cache: CachePrimitive, backend: Backend, runtime: IntelligentRuntime
) -> None:
    """A tunable that this process does not have is no reason to refuse the others."""
    backend.config(2, gone__size=10**9, answer_cache__ttl_seconds=9)

    assert eventually(lambda: cache.ttl_seconds.value == 9)
    assert runtime.remote is not None
    assert runtime.remote.refused is None


@pytest.mark.parametrize("status", [500, 401, 302])
def test_failing_backend_leaves_the_last_good_value(
    cache: CachePrimitive, backend: Backend, runtime: IntelligentRuntime, status: int
) -> None:
    """While the backend answers with an error the value stays; when it recovers, the new one is obeyed."""
    assert runtime.remote is not None
    backend.config(1, answer_cache__ttl_seconds=300)
    assert eventually(lambda: cache.ttl_seconds.value == 300)

    backend.status = status
    assert eventually(lambda: backend.polls(status) >= 2)
    assert cache.ttl_seconds.value == 300

    backend.config(2, answer_cache__ttl_seconds=400)
    backend.status = 200
    assert eventually(lambda: cache.ttl_seconds.value == 400)


def test_refused_manifest_does_not_stop_the_config(
    cache: CachePrimitive, backend: Backend, runtime: IntelligentRuntime, caplog: pytest.LogCaptureFixture
) -> None:
    """A manifest that the backend calls bad is not sent again unchanged, and the config is obeyed all the same."""
    backend.manifest_status = 422
    instrument(one, name="another")
    assert eventually(lambda: any(code == 422 for _, _, _, code in backend.asked))
    sent = len(backend.manifests)

    backend.config(2, answer_cache__ttl_seconds=300)

    assert eventually(lambda: cache.ttl_seconds.value == 300)
    assert len(backend.manifests) <= sent + 1  # once more for the new value
    assert "refused the manifest" in caplog.text
    assert runtime.remote is not None


def test_dead_backend_is_survived_and_found_again(cache: CachePrimitive, caplog: pytest.LogCaptureFixture) -> None:
    """Started without a backend the program runs on defaults, one line says so, and the backend is found later."""
    with serving(Backend()) as port:
        pass
    backend = Backend()
    backend.config(5, answer_cache__ttl_seconds=300)

    with IntelligentRuntime(
        "svc", backend_url=f"http://127.0.0.1:{port}", poll_seconds=0.02, metrics_port=0
    ) as runtime:
        time.sleep(0.3)
        assert cache.ttl_seconds.value == 2.0
        assert len([r for r in caplog.records if "last good config is kept" in r.getMessage()]) == 1
        with serving(backend, port):
            assert eventually(lambda: cache.ttl_seconds.value == 300)
        assert runtime.remote is not None


def test_wait_grows_to_eight_times_and_jitters() -> None:
    """Polls are poll_seconds apart, give or take 10 %; failures double that up to eight times."""
    remote = RemoteConfig("svc", "http://127.0.0.1:9", manifest=lambda: manifest_of("svc"), poll_seconds=10.0)

    for failures, factor in ((0, 1), (1, 2), (2, 4), (3, 8), (50, 8)):
        remote._failures = failures
        delays = [remote._delay() for _ in range(200)]
        assert 9.0 * factor <= min(delays) < max(delays) <= 11.0 * factor
    remote._session.close()


def test_stop_is_quick_and_leaves_defaults(cache: CachePrimitive, backend: Backend) -> None:
    """Leaving the runtime does not wait for the next poll, a minute later, and values return to their defaults."""
    backend.config(1, answer_cache__ttl_seconds=300)
    with serving(backend) as port:
        with IntelligentRuntime("svc", backend_url=f"http://127.0.0.1:{port}", poll_seconds=60, metrics_port=0):
            assert eventually(lambda: cache.ttl_seconds.value == 300)
            started = time.monotonic()
        assert time.monotonic() - started < 20

    assert cache.ttl_seconds.value == 2.0
    assert "airuntime-remote" not in {thread.name for thread in threading.enumerate()}


def test_bad_arguments_are_refused() -> None:
    """A URL that is not HTTP's or a poll interval of nothing is told at construction."""
    with pytest.raises(ValueError, match="begins with http:// or https:// and names a host, got 'file:///etc'"):
        RemoteConfig("svc", "file:///etc", manifest=lambda: manifest_of("svc"))
    with pytest.raises(ValueError, match="above 0"):
        RemoteConfig("svc", "http://127.0.0.1", manifest=lambda: manifest_of("svc"), poll_seconds=0)
