"""The catalogue: what services said, what is installed and what is measured come together each time it is read."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.manifest import Manifest
from support.backend import Backend
from support.errors import assert_canonical_error
from support.world import CACHE, TTL, manifest


def entries(backend: Backend, query: str = "") -> list[dict[str, Any]]:
    """What ``GET /catalog`` lists."""
    listed: list[dict[str, Any]] = backend.client.get(f"/catalog{query}").get_json()["entries"]
    return listed


def rows(backend: Backend, **spec: str) -> list[dict[str, Any]]:
    """What the query type gives, by column."""
    body = {"queries": [{"refId": "A", "type": "catalog", **spec}], "range": {"from": 9_900_000, "to": 10_100_000}}
    return [
        dict(zip([field["name"] for field in frame["schema"]["fields"]], row, strict=True))
        for frame in backend.client.post("/api/query", json=body).get_json()["results"]["A"]["frames"]
        for row in zip(*frame["data"]["values"], strict=True)
    ]


def test_an_entry_has_all_that_is_known(backend: Backend) -> None:
    """From the manifest, from the metadata of what is installed, from the metrics."""
    backend.world.measures = lambda _: {CACHE: {"calls_per_second": 4.0, "seconds_mean": 0.5, "error_ratio": 0.0}}

    (entry,) = entries(backend)

    assert (entry["service"], entry["primitive"], entry["kind"], entry["doc"]) == (
        "shop",
        "answers",
        "cache",
        "Answers.",
    )
    assert (entry["line"], entry["end_line"], entry["function"]) == (2, 3, "build")
    (library,) = entry["libraries"]
    assert (library["name"], library["version"]) == ("cachetools", "7.1.0")
    assert library["links"][0]["url"].startswith("https://")
    (tunable,) = entry["tunables"]
    assert (tunable["name"], tunable["value"], tunable["maximum"], tunable["unit"]) == (TTL, 2.0, 86_400.0, "s")
    assert entry["numbers"] == {"calls_per_second": 4.0, "seconds_mean": 0.5, "error_ratio": 0.0}


def test_it_keeps_itself_current(backend: Backend) -> None:
    """A new manifest, a value that replicas obey and a new number show at the next look."""
    told = manifest("/srv/shop.py")
    first = told["primitives"][0]  # type: ignore[index]
    told["primitives"] = [first | {"callees": ["model", "store"]}, {"name": "model", "kind": "llm", "doc": "Asks."}]
    backend.ledger.put_manifest(Manifest.model_validate(told | {"version": "2"}), 10_001.0)
    backend.world.obeyed = {TTL: [600.0]}
    backend.world.measures = lambda _: {Subject("shop", "model", "llm"): {"seconds_mean": 1.25}}

    answers, model = rows(backend)

    assert (answers["place"], answers["calls"]) == ("shop.py:2", "model, store")
    assert answers["tunables"] == f"{TTL} = 600 s"
    assert answers["libraries"] == "cachetools 7.1.0"
    assert answers["documentation"].startswith("https://")
    assert (model["primitive"], model["doc"], model["seconds_mean"]) == ("model", "Asks.", 1.25)
    assert answers["seconds_mean"] is None


def test_one_service_may_be_asked_for(backend: Backend) -> None:
    """Or one primitive."""
    assert len(entries(backend, "?service=shop")) == len(rows(backend, service="shop", primitive="answers")) == 1
    assert entries(backend, "?service=other") == []
    assert rows(backend, primitive="other") == []


def test_without_metrics_it_still_says_what_there_is(backend: Backend) -> None:
    """And what it lacks; who does not answer is asked once."""
    backend.world.down = True
    before = len(backend.world.asked)

    told = backend.client.get("/catalog").get_json()

    assert told["problems"] == ["Prometheus cannot be reached: check that it runs"]
    assert [one["primitive"] for one in told["entries"]] == ["answers"]
    assert told["entries"][0]["numbers"] == {}
    assert told["entries"][0]["tunables"][0]["value"] == 2.0
    assert len(backend.world.asked) == before + 1


def test_the_table_tells_what_is_missing(backend: Backend) -> None:
    """As a notice of its frame."""
    backend.world.down = True
    body = {"queries": [{"refId": "A", "type": "catalog"}], "range": {"from": 9_900_000, "to": 10_100_000}}

    frame = backend.client.post("/api/query", json=body).get_json()["results"]["A"]["frames"][0]

    (notice,) = frame["schema"]["meta"]["notices"]
    assert notice == {"severity": "warning", "text": "Prometheus cannot be reached: check that it runs"}


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf", "1e99"])
def test_a_wrong_span_is_refused(backend: Backend, seconds: str) -> None:
    """By name."""
    assert_canonical_error(backend.client.get(f"/catalog?seconds={seconds}"), 400, "bad_request")


def test_a_library_that_is_not_installed_beside_the_backend_has_no_link(backend: Backend) -> None:
    """Its name and version come from the service all the same."""
    told = manifest("/srv/shop.py")
    libraries = [{"name": "nobody-wrote-this", "version": "1"}, {"name": "requests", "version": version("requests")}]
    told["primitives"][0]["libraries"] = libraries  # type: ignore[index]
    backend.ledger.put_manifest(Manifest.model_validate(told), 10_001.0)

    unknown, known = entries(backend)[0]["libraries"]

    assert unknown == {"name": "nobody-wrote-this", "version": "1", "links": []}
    assert known["links"]
