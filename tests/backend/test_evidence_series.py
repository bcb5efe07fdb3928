"""The query type ``evidence``: what a suggestion was based on, as it went before and since."""

from __future__ import annotations

from typing import Any

from support.backend import Backend

SPAN = {"from": 9_400_000, "to": 10_000_000}


def suggested(backend: Backend) -> str:
    """The id of the suggestion that one analysis of a cold cache gives."""
    backend.tick()
    return str(backend.suggestion()["id"])


def ask(backend: Backend, suggestion: str) -> Any:
    """The result of the query about that suggestion."""
    queries = [{"refId": "A", "type": "evidence", "suggestion": suggestion}]
    return backend.client.post("/api/query", json={"queries": queries, "range": SPAN}).get_json()["results"]["A"]


def test_each_measure_is_a_series_of_its_own_with_its_unit(backend: Backend) -> None:
    """The measure of the claim comes first; ratios are shares, times are seconds."""
    frames = ask(backend, suggested(backend))["frames"]

    fields = [frame["schema"]["fields"][1] for frame in frames]
    units = {field["config"]["displayNameFromDS"]: field["config"]["unit"] for field in fields}
    assert next(iter(units)) == "cache_hit_ratio"
    assert units["cache_hit_ratio"] == units["cache_expired_ratio"] == "percentunit"
    assert units["cache_reuse_seconds_p90"] == "s"
    assert all(len(frame["data"]["values"][0]) > 10 for frame in frames)


def test_only_the_suggestions_own_primitive_is_asked_about(backend: Backend) -> None:
    """However many services there are, the evidence of one suggestion costs the same."""
    suggestion = suggested(backend)
    backend.world.asked.clear()
    ask(backend, suggestion)

    assert backend.world.asked
    assert all('service=~"shop",primitive=~"answers"' in query for query in backend.world.asked)


def test_no_suggestion_has_no_evidence_and_an_unknown_one_is_said_to_be_unknown(backend: Backend) -> None:
    """An empty variable of a dashboard is no error; a wrong id is one."""
    assert ask(backend, "") == {"frames": []}
    assert ask(backend, "suggestion_none")["status"] == 404
