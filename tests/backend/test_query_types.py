"""Every query type that the contract names has a handler, and nothing else has one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from ai_runtime_intelligent.contract.names import QUERY_TYPES
from ai_runtime_intelligent.flow.diagnosis import Diagnosis
from ai_runtime_intelligent.flow.forecast import Forecast
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.suggestion import propose
from airuntime_backend.api.queries import handlers
from airuntime_backend.api.query import Handler, QueryEngine, QueryRequest
from airuntime_backend.app import services_of
from airuntime_backend.ports import Series
from support.backend import Backend
from support.flow import advice, evidence, suggestion

PROMISED = {
    "promql", "primitives", "findings", "cost", "routing", "cache", "suggestions", "snippets", "timeline",
}  # fmt: skip
"""What dashboards were promised from the first version on."""


def of(backend: Backend) -> Mapping[str, Handler]:
    """The handler of each type."""
    here = services_of(backend.app)
    return handlers(backend.world, backend.ledger, backend.clock, 15.0, here.catalogue, accounts=here.accounts)


def test_what_was_promised_is_in_the_contract() -> None:
    """A type may be added; none may go."""
    assert set(QUERY_TYPES) >= PROMISED
    assert len(set(QUERY_TYPES)) == len(QUERY_TYPES)


def test_the_contract_and_the_handlers_name_the_same_types(backend: Backend) -> None:
    """A type without a handler is refused when the backend starts, and so is a handler without a type."""
    known = dict(of(backend))

    assert set(known) == set(QUERY_TYPES)
    forgotten = {name: known[name] for name in QUERY_TYPES if name != "cost"}
    with pytest.raises(ValueError, match=r"handlers without a type: \['cost'\]"):
        QueryEngine(forgotten)
    with pytest.raises(ValueError, match=r"handlers without a type: \['teapot'\]"):
        QueryEngine(known | {"teapot": known["cost"]})


def test_each_type_is_answered_before_there_is_anything(backend: Backend) -> None:
    """Of a table without rows Grafana would draw the headings, and not what the panel says when there is nothing."""
    backend.world.measures = lambda _: {}
    engine = QueryEngine(of(backend))
    queries = [{"refId": type_, "type": type_, "expr": "up"} for type_ in QUERY_TYPES]

    results = engine.answer(QueryRequest.model_validate({"queries": queries, "start_ms": 0, "end_ms": 60_000}))

    assert {type_: result.error for type_, result in results.items()} == dict.fromkeys(QUERY_TYPES)
    assert {type_ for type_, result in results.items() if result.frames} == {"catalog"}


def test_hidden_queries_are_left_out_and_the_others_keep_their_names(backend: Backend) -> None:
    """A query without a refId is named by its place."""
    body = {
        "queries": [{"refId": "A", "type": "findings", "hide": True}, {"type": "findings"}],
        "range": {"from": 0, "to": 60_000},
    }

    results = backend.client.post("/api/query", json=body).get_json()["results"]

    assert list(results) == ["query 1"]


def test_alert_rules_get_numbers_with_labels(backend: Backend) -> None:
    """The score of each finding, in place of its row; and a moment, for Grafana reduces series."""
    backend.tick()
    diagnosis = backend.ledger.diagnosis()
    assert diagnosis is not None
    body = {"queries": [{"type": "findings", "format": "numbers"}], "start_ms": 0, "end_ms": 60_000}

    (result,) = QueryEngine(of(backend)).answer(QueryRequest.model_validate(body)).values()

    assert [frame.fields[1].values[0] for frame in result.frames] == [one.score for one in diagnosis[0].findings]
    assert result.frames
    for frame, finding in zip(result.frames, diagnosis[0].findings, strict=True):
        at, score = frame.fields
        assert (at.type, score.type) == ("time", "number")
        assert score.labels == {
            "service": finding.subject.service,
            "primitive": finding.subject.primitive,
            "kind": finding.subject.kind,
            "finding": finding.name,
        }


def test_a_coming_breach_is_a_number_of_seconds(backend: Backend) -> None:
    """Each with the measure that is on the way; what is on no such way gives nothing."""
    subject = Subject("shop", "answers", "cache")
    calm = Forecast(subject, "seconds_mean", "s", 1.0, 60.0, 120.0, 0.9, 1.0, 1.1, 0.1, 8)
    near = replace(calm, measure="cache_hit_ratio", limit=0.1, breach_seconds=1800.0)
    backend.ledger.put_diagnosis(Diagnosis((), (), (calm, near)), (), 60.0)
    body = {"queries": [{"type": "forecast", "format": "numbers"}], "start_ms": 0, "end_ms": 60_000}

    (result,) = QueryEngine(of(backend)).answer(QueryRequest.model_validate(body)).values()

    (frame,) = result.frames
    assert frame.fields[1].values == (1800.0,)
    assert frame.fields[1].labels["measure"] == "cache_hit_ratio"
    assert frame.fields[0].values == (60_000,)


def test_a_graph_of_too_many_lines_shows_the_greatest_and_says_so(backend: Backend) -> None:
    """Only where a limit is asked: an alert rule gets every series."""
    many = tuple(Series({"primitive": f"p{n}"}, ((0.0, float(n)), (60.0, math.nan))) for n in range(30))
    backend.world.tell("up", *many)
    queries = [{"refId": str(limit), "type": "promql", "expr": "up", "limit": limit} for limit in (0, 5, 30)]
    request = QueryRequest.model_validate({"queries": queries, "start_ms": 0, "end_ms": 60_000})

    results = QueryEngine(of(backend)).answer(request)

    assert {ref: len(one.frames) for ref, one in results.items()} == {"0": 30, "5": 5, "30": 30}
    assert {frame.fields[1].labels["primitive"] for frame in results["5"].frames} == {f"p{n}" for n in range(25, 30)}
    assert "greatest 5 of 30 series" in str(results["5"].frames[0].meta["notices"])
    assert "notices" not in results["30"].frames[0].meta


def test_a_service_too_young_to_be_foretold_is_told_as_that(backend: Backend) -> None:
    """Not by an empty table."""
    backend.tick()
    request = QueryRequest.model_validate({"queries": [{"type": "forecast"}], "start_ms": 0, "end_ms": 60_000})

    (result,) = QueryEngine(of(backend)).answer(request).values()

    columns = {field.name: field.values for field in result.frames[0].fields}
    assert columns["service"] == ("shop",)
    assert "12 windows" in str(columns["told"][0])
    assert columns["middle"] == (None,)


@pytest.mark.parametrize(("changes", "found"), [("", 2), ("value", 1), ("code", 1)])
def test_suggestions_for_the_code_alone_are_asked_for_apart(backend: Backend, changes: str, found: int) -> None:
    """They have no value to set, so the table whose rows have a button for that shows none of them."""
    code = replace(advice(), rule="serial_calls", tunable=None, to=None)
    for one in (suggestion(), propose(evidence(), code, at=1_060.0)):
        backend.ledger.add_suggestion(one, 1_060.0)
    queries = [{"type": "suggestions", "changes": changes}]
    request = QueryRequest.model_validate({"queries": queries, "start_ms": 0, "end_ms": 60_000})

    (result,) = QueryEngine(of(backend)).answer(request).values()

    columns = {field.name: field.values for field in result.frames[0].fields}
    assert len(columns["id"]) == found
    if changes:
        assert columns["to"] == ((60.0,) if changes == "value" else (None,))
