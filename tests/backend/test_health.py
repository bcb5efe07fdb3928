"""Health says how each dependency does; readiness waits for nothing that can be done without."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent.contract import env, metrics
from airuntime_backend.adapters.context7 import Context7
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.manifest import Manifest
from airuntime_demo.fake_context7 import FakeContext7
from prometheus_client.parser import text_string_to_metric_families
from support.backend import Backend, shop
from support.context7 import serving
from support.prometheus import free_port
from support.shop import busy, keep
from support.sockets import mute
from support.world import TTL, manifest


def health(backend: Backend) -> Any:
    """What /healthz says; it always answers 200, for the process itself is alive."""
    answer = backend.client.get("/healthz")
    assert answer.status_code == 200
    return answer.get_json()


def test_all_is_well(tmp_path: Path, empty_prometheus: str) -> None:
    """Each dependency with a detail: the version of Prometheus, the database's kind, Context7's address."""
    with (
        serving(FakeContext7()) as url,
        shop(tmp_path, metrics=Prometheus(empty_prometheus), docs=Context7(url)) as backend,
    ):
        told = health(backend)

    assert told["ok"] is True
    assert {name: one["ok"] for name, one in told["dependencies"].items()} == {
        "prometheus": True,
        "database": True,
        "context7": True,
        "model": False,
    }
    assert told["dependencies"]["context7"]["detail"] == url
    assert told["dependencies"]["database"]["detail"] == "sqlite"


def test_what_is_not_configured_is_no_trouble(backend: Backend) -> None:
    """It says so, what goes on without it and how to have it, and all is well."""
    told = health(backend)

    assert told["ok"] is True
    for name, variable in (("context7", env.CONTEXT7_URL), ("model", env.LLM_MODEL)):
        one = told["dependencies"][name]
        assert (one["configured"], one["ok"]) == (False, False)
        assert one["detail"].startswith("optional: ")
        assert variable.name in one["detail"]


def test_what_does_not_answer_is_told_and_we_still_serve(tmp_path: Path) -> None:
    """Without Prometheus and Context7 there is no analysis, but what is on record can be read."""
    prometheus, context7 = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    with shop(tmp_path, metrics=Prometheus(prometheus), docs=Context7(context7)) as backend:
        told = health(backend)
        ready = backend.client.get("/readyz")

    assert told["ok"] is False
    assert told["dependencies"]["prometheus"] == {
        "configured": True,
        "ok": False,
        "detail": f"Prometheus at {prometheus} cannot be reached (ConnectionError): check that it runs",
    }
    detail = f"Context7 at {context7} cannot be reached (ConnectionError)"
    assert told["dependencies"]["context7"] == {"configured": True, "ok": False, "detail": detail}
    assert ready.status_code == 200


def test_readiness_does_not_wait_for_a_slow_prometheus(tmp_path: Path) -> None:
    """A probe with a short limit must not take us out of service for it."""
    with mute() as url, shop(tmp_path, metrics=Prometheus(url, 5.0)) as backend:
        before = time.monotonic()
        ready = backend.client.get("/readyz")
        waited = time.monotonic() - before

    assert ready.status_code == 200
    assert waited < 2
    assert list(ready.get_json()["dependencies"]) == ["database"]


def test_without_the_database_we_are_not_ready(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, in health's own form; the error's words, which may hold the URL, are not told."""

    def broken() -> str:
        raise RuntimeError("postgresql://me:hunter2@database is gone")

    monkeypatch.setitem(backend.app.extensions["airuntime"].checks, "database", broken)

    ready = backend.client.get("/readyz")

    assert ready.status_code == 503
    assert ready.get_json()["dependencies"] == {"database": {"configured": True, "ok": False, "detail": "RuntimeError"}}
    assert health(backend)["ok"] is False


def test_metrics_are_those_of_the_contract(tmp_path: Path) -> None:
    """Each of them with its labels, its type and a value once a change was kept."""
    with shop(tmp_path, busy()) as backend:
        keep(backend)
        answer = backend.client.get("/metrics")

    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert answer.mimetype == "text/plain"
    for metric in metrics.BACKEND:
        family = families.pop(metric.name.removesuffix("_total"))
        assert (family.type, family.documentation) == (metric.type, metric.help)
        assert all(set(sample.labels) == set(metric.labels) for sample in family.samples)
    assert families == {}


def test_metrics_say_what_is_on_record(tmp_path: Path) -> None:
    """The kept change, its verdict and its saving, and no finding that is no more."""
    with shop(tmp_path, busy()) as backend:
        keep(backend)
        rollout = backend.ledger.rollouts()[0].id
        text = backend.client.get("/metrics").text

    for line in (
        'airuntime_suggestions{service="shop",status="kept"} 1.0',
        'airuntime_suggestions{service="shop",status="open"} 0.0',
        f'airuntime_rollout_phase{{phase="kept",rollout="{rollout}",service="shop"}} 1.0',
        f'airuntime_rollout_phase{{phase="watching",rollout="{rollout}",service="shop"}} 0.0',
        'airuntime_verdicts_total{outcome="confirmed",service="shop"} 1.0',
    ):
        assert f"{line}\n" in text
    (saved,) = [line for line in text.splitlines() if line.startswith("airuntime_saved_usd_total{")]
    assert saved.startswith('airuntime_saved_usd_total{kind="cache",primitive="answers",service="shop"} ')
    assert float(saved.rsplit(" ", 1)[1]) > 0


def test_a_finding_that_was_made_long_ago_is_not_exposed(backend: Backend) -> None:
    """An alert must not rest on what nobody has measured since."""
    backend.tick()
    fresh = backend.client.get("/metrics").text
    backend.clock.at += 601

    assert 'airuntime_finding_score{finding="cold_cache",kind="cache",primitive="answers",service="shop"} 0.' in fresh
    assert "airuntime_finding_score{" not in backend.client.get("/metrics").text


def test_services_that_refuse_their_config_are_told_with_the_reason(backend: Backend) -> None:
    """Until they obey again; it is their trouble, so all is well with us."""
    why = f"{TTL} must be from 1 to 30 (unit s), got 60"
    path = "/runtime/services/shop/manifest"
    assert health(backend)["refused"] == {}

    backend.client.put(path, json=manifest() | {"version": "2", "refused": why})
    told = health(backend)
    backend.client.put(path, json=manifest() | {"version": "3"})

    assert (told["ok"], told["refused"]) == (True, {"shop": why})
    assert health(backend)["refused"] == {}


def test_without_the_database_nobody_can_tell_who_refuses(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Health still answers: the database's own line says what is wrong."""

    def broken() -> tuple[Manifest, ...]:
        raise RuntimeError("postgresql://me:hunter2@database is gone")

    monkeypatch.setattr(backend.ledger, "manifests", broken)

    assert health(backend)["refused"] == {}
