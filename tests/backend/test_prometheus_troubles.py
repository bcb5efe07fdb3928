"""Prometheus down, slow, or refusing: its own clear error in the panel and in each answer, and nothing half applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import responses
from ai_runtime_intelligent.contract.names import QUERY_TYPES
from airuntime_backend.adapters.prometheus import Prometheus
from support.backend import Backend, shop
from support.errors import assert_canonical_error
from support.prometheus import free_port
from support.sockets import mute
from support.world import World

RANGE: Final = {"from": 9_900_000, "to": 10_100_000}
BASE: Final = "http://prometheus.test:9090"
FROM_THE_LEDGER: Final = {
    "catalog",
    "findings",
    "snippets",
    "evidence",  # of no suggestion
    "suggestions",
    "impact",
    "savings",
    "ledger",
    "earnings",
    "roi",
    "bill",
    "timeline",
    "annotations",
    "forecast",
}


@pytest.fixture(params=["down", "slow", "5xx"])
def trouble(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The URL of a Prometheus in trouble, and what is told of it."""
    if request.param == "down":
        url = f"http://127.0.0.1:{free_port()}"
        yield url, f"Prometheus at {url} cannot be reached (ConnectionError): check that it runs"
    elif request.param == "slow":
        with mute() as url:
            yield url, f"Prometheus at {url} did not answer within 0.2 s: narrow the query or the range"
    else:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
            for path in ("query", "query_range"):
                body = json.dumps({"status": "error", "error": "query timed out"})
                wire.post(f"{BASE}/api/v1/{path}", body, status=503)
            yield BASE, f"Prometheus at {BASE} answered 503: query timed out"


@contextmanager
def before(tmp_path: Path, url: str) -> Iterator[Backend]:
    """A backend before that Prometheus, with a suggestion from better times."""
    with shop(tmp_path, World()) as earlier:
        earlier.tick()
    with shop(tmp_path, metrics=Prometheus(url, 0.2)) as backend:
        yield backend


def ask(backend: Backend, *queries: dict[str, object]) -> Any:
    """The results by refId."""
    return backend.client.post("/api/query", json={"queries": queries, "range": RANGE}).get_json()["results"]


def test_each_panel_that_needs_prometheus_says_so_and_the_others_are_drawn(
    tmp_path: Path, trouble: tuple[str, str]
) -> None:
    """Downstream is to blame, with what to check; what is on record is still shown."""
    url, told = trouble
    queries: list[dict[str, object]] = [{"refId": type_, "type": type_, "expr": "up"} for type_ in QUERY_TYPES]

    with before(tmp_path, url) as backend:
        results = ask(backend, *queries)

    failed = {ref: (one["status"], one["errorSource"], one["error"]) for ref, one in results.items() if "error" in one}
    assert failed == dict.fromkeys(set(QUERY_TYPES) - FROM_THE_LEDGER, (502, "downstream", told))
    assert all("frames" in results[type_] for type_ in FROM_THE_LEDGER)


def test_nothing_is_applied_and_nothing_is_lost(tmp_path: Path, trouble: tuple[str, str]) -> None:
    """What cannot be read back is not changed: the suggestion stays open at its revision."""
    url, told = trouble
    with before(tmp_path, url) as backend:
        detail = backend.suggestion()

        error = assert_canonical_error(backend.move("apply", detail), 502, "upstream")

        assert error["message"] == told
        assert backend.suggestion() == detail
        assert backend.ledger.rollouts() == ()
        assert backend.ledger.config("shop").generation == 0


def test_an_analysis_says_why_it_found_nothing_and_drops_no_suggestion(
    tmp_path: Path, trouble: tuple[str, str]
) -> None:
    """Not to see a trouble is not to see it gone."""
    url, told = trouble
    with before(tmp_path, url) as backend:
        answer = backend.client.post("/analyze").get_json()

        assert answer["problems"] == [told]
        assert told in answer["why_nothing"]
        assert backend.suggestion()["status"] == "open"


def test_a_variable_says_so_too(tmp_path: Path, trouble: tuple[str, str]) -> None:
    """Models come from the metrics; services and primitives are on record."""
    url, told = trouble
    with before(tmp_path, url) as backend:
        error = assert_canonical_error(backend.client.get("/api/variables/models"), 502, "upstream")

        assert error["message"] == told
        assert backend.client.get("/api/variables/services").get_json() == [{"text": "shop", "value": "shop"}]


def test_a_query_that_prometheus_refuses_is_told_in_its_own_words(tmp_path: Path, empty_prometheus: str) -> None:
    """The panel's author made the mistake: status 400, and the plugin side is to blame."""
    with before(tmp_path, empty_prometheus) as backend:
        results = ask(
            backend,
            {"refId": "A", "type": "promql", "expr": "sum("},
            {"refId": "B", "type": "promql", "expr": "up", "instant": True},
            {"refId": "C", "type": "promql", "expr": "rate(up)"},
        )

    assert results["A"]["error"].startswith("Prometheus refused the query: ")
    assert "parse error: unclosed left parenthesis" in results["A"]["error"]
    assert (results["A"]["status"], results["A"]["errorSource"]) == (400, "plugin")
    assert results["B"]["frames"] == []
    assert "expected type range vector in call to function" in results["C"]["error"]
