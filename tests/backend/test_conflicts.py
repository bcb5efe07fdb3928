"""Bad input and races: each gets its own clear error, and nothing is half done."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from ai_runtime_intelligent.contract.kinds import PRIMITIVE_KINDS
from ai_runtime_intelligent.contract.names import QUERY_TYPES
from flask.testing import FlaskClient
from support.backend import Backend
from support.errors import assert_canonical_error
from support.world import TTL, manifest

RANGE = {"from": 0, "to": 60_000}


def test_applied_twice_is_told_what_was_found_instead(backend: Backend) -> None:
    """The second click changes nothing."""
    backend.tick()
    detail = backend.suggestion()
    backend.move("apply", detail)

    error = assert_canonical_error(backend.move("apply", detail), 409, "conflict")

    found = f"suggestion {detail['id']} is applied at revision 2, expected open at revision 1"
    assert error["message"] == f"{found}: read it again before you decide"
    assert (error["value"], error["expected"]) == (1, "2 (applied)")
    assert backend.client.get("/runtime/services/shop/config").get_json()["generation"] == 1
    assert len(backend.ledger.rollouts()) == 1


def test_a_second_change_on_a_held_tunable_waits(backend: Backend) -> None:
    """While one runs, the other does not start; it is told what is in its way."""
    backend.tick()
    first = backend.suggestion()
    backend.clock.at += 1
    record = backend.ledger.suggestion(first["id"]).suggestion
    backend.ledger.add_suggestion(replace(record, id="suggestion_other"), backend.clock.at)
    backend.move("apply", first)

    answer = backend.client.post("/suggestions/suggestion_other/apply", json={"revision": 1})

    detail = answer.get_json()
    why = "answers.ttl_seconds changes the same primitive, answers: their effects could not be told apart"
    assert (answer.status_code, detail["status"], detail["queue"]["waits_for"]) == (200, "queued", "way")
    assert detail["queue"]["why"] == why
    assert backend.client.get("/runtime/services/shop/config").get_json()["generation"] == 1


def test_a_stale_revision_is_refused(backend: Backend) -> None:
    """Who decides must have read the latest."""
    backend.tick()
    detail = backend.suggestion()

    answer = backend.client.post(f"/suggestions/{detail['id']}/apply", json={"revision": 7})

    assert "revision 1" in assert_canonical_error(answer, 409, "conflict")["message"]


def test_a_service_that_obeys_another_value_is_left_alone(backend: Backend) -> None:
    """The ground of the suggestion is gone."""
    backend.tick()
    backend.world.obeyed[TTL] = [30.0]

    answer = backend.move("apply", backend.suggestion())

    assert "is 30 now" in assert_canonical_error(answer, 409, "conflict")["message"]
    assert backend.ledger.rollouts() == ()


def test_a_change_of_what_nobody_calls_is_refused_and_told_when_to_ask_again(backend: Backend) -> None:
    """No experiment can judge it."""
    backend.tick()
    detail = backend.suggestion()
    backend.world.measures = lambda _: {}

    answer = backend.move("apply", detail)

    told = assert_canonical_error(answer, 409, "conflict")["message"]
    assert told.startswith("answers was not called in the last 60 s")
    assert backend.suggestion()["status"] == "open"


def test_a_claim_that_no_arm_measures_is_refused(backend: Backend) -> None:
    """What could not be judged is not begun."""
    backend.tick()
    record = backend.ledger.suggestion(backend.suggestion()["id"]).suggestion
    claim = replace(record, id="suggestion_other", expected=replace(record.expected, measure="router_easy_ratio"))
    backend.ledger.add_suggestion(claim, backend.clock.at + 1)

    answer = backend.client.post("/suggestions/suggestion_other/apply", json={"revision": 1})

    error = assert_canonical_error(answer, 409, "conflict")
    assert (error["field"], error["value"]) == ("expected.measure", "router_easy_ratio")
    assert "cache_hit_ratio" in error["expected"]


def test_a_value_outside_bounds_that_were_narrowed_meanwhile_is_refused(backend: Backend) -> None:
    """The owner's newest word counts."""
    backend.tick()
    narrowed: Any = deepcopy(manifest())
    narrowed["tunables"][0]["maximum"] = 10.0
    backend.client.put("/runtime/services/shop/manifest", json=narrowed)

    error = assert_canonical_error(backend.move("apply", backend.suggestion()), 400, "bad_request")

    assert error["message"] == f"{TTL}: 60 is outside 1..10 s"
    assert (error["field"], error["value"], error["expected"]) == (TTL, 60.0, "1..10")
    assert backend.suggestion()["status"] == "open"


def test_what_cannot_be_read_back_is_not_changed(backend: Backend) -> None:
    """Without Prometheus nobody knows what the service obeys."""
    backend.tick()
    detail = backend.suggestion()
    backend.world.down = True

    assert_canonical_error(backend.move("apply", detail), 502, "upstream")

    assert backend.suggestion()["status"] == "open"


def test_rolling_back_what_never_ran_is_refused(backend: Backend) -> None:
    """There is nothing to undo."""
    backend.tick()

    error = assert_canonical_error(backend.move("rollback", backend.suggestion()), 409, "conflict")

    assert "nothing to roll back" in error["message"]


BAD_MANIFESTS = [
    ("primitives.0.kind", lambda m: m["primitives"][0].update(kind="teapot")),
    ("primitives.0.color", lambda m: m["primitives"][0].update(color="red")),
    ("tunables.0.value", lambda m: m["tunables"][0].update(value="much")),
    ("tunables.0", lambda m: m["tunables"][0].update(default=0.0)),
    (None, lambda m: m["tunables"][0].update(primitive="nobody")),
    ("service", lambda m: m.update(service="other")),
]


@pytest.mark.parametrize(("field", "spoil"), BAD_MANIFESTS)
def test_a_bad_manifest_is_refused_whole_and_names_the_field(backend: Backend, field: str | None, spoil: Any) -> None:
    """The last good manifest stays."""
    bad = deepcopy(manifest())
    spoil(bad)

    error = assert_canonical_error(backend.client.put("/runtime/services/shop/manifest", json=bad), 400, "bad_request")

    assert error["field"] == field
    (kept,) = backend.ledger.manifests()
    assert kept.primitives[0].kind == "cache"


def test_a_manifest_is_read_anew_when_it_changed(backend: Backend) -> None:
    """One that did not change is not parsed again: every dashboard asks for all of them."""
    (first,) = backend.ledger.manifests()
    (again,) = backend.ledger.manifests()
    assert backend.client.put("/runtime/services/shop/manifest", json=manifest() | {"version": "2"}).status_code == 200
    (changed,) = backend.ledger.manifests()

    assert again is first
    assert (first.version, changed.version) == (manifest()["version"], "2")


def test_an_unknown_kind_is_told_with_the_kinds_that_there_are(backend: Backend) -> None:
    """Field, value, and what was expected."""
    bad: Any = deepcopy(manifest())
    bad["primitives"][0]["kind"] = "teapot"

    error = assert_canonical_error(backend.client.put("/runtime/services/shop/manifest", json=bad), 400, "bad_request")

    kinds = ", ".join(f"'{kind}'" for kind in PRIMITIVE_KINDS[:-1]) + f" or '{PRIMITIVE_KINDS[-1]}'"
    assert error == {
        "code": "bad_request",
        "message": f"primitives.0.kind: Input should be {kinds} (1 problem(s) in all)",
        "field": "primitives.0.kind",
        "value": "teapot",
        "expected": f"Input should be {kinds}",
    }


BAD_BODIES = [
    ("/api/query", b"{oops", "not JSON"),
    ("/api/query", b"[]", "body"),
    ("/api/query", b'{"queries": 1, "range": {"from": 0, "to": 1}}', "queries"),
    ("/api/query", b'{"queries": [], "range": {"from": 9, "to": 1}}', "before"),
    ("/api/query", b'{"queries": [], "range": {"from": "soon", "to": 1}}', "not a time"),
    ("/api/annotations", b'{"range": {}}', "from"),
    ("/suggestions/x/apply", b'{"revision": "new"}', "revision"),
    ("/suggestions/x/apply", b'{"revision": 1, "force": true}', "force"),
]


@pytest.mark.parametrize(("path", "body", "told"), BAD_BODIES)
def test_a_malformed_body_says_what_is_wrong(backend: Backend, path: str, body: bytes, told: str) -> None:
    """The field, and what was expected."""
    answer = backend.client.post(path, data=body, content_type="application/json")

    assert told in assert_canonical_error(answer, 400, "bad_request")["message"]


UNKNOWN = [("get", "/nowhere"), ("get", "/suggestions/none"), ("get", "/api/variables/colours")]


@pytest.mark.parametrize(("verb", "path"), UNKNOWN)
def test_what_is_not_there_is_told_in_the_same_shape(backend: Backend, verb: str, path: str) -> None:
    """404 is an error like any other."""
    client: FlaskClient = backend.client
    assert_canonical_error(getattr(client, verb)(path), 404, "not_found")


def test_a_wrong_method_is_told_in_the_same_shape(backend: Backend) -> None:
    """405 too, and what is allowed."""
    answer = backend.client.delete("/suggestions")

    assert_canonical_error(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_an_unknown_query_type_fails_alone(backend: Backend) -> None:
    """The other panel's query is answered."""
    queries = [{"refId": "A", "type": "teapot"}, {"refId": "B", "type": "catalog"}]

    results = backend.client.post("/api/query", json={"queries": queries, "range": RANGE}).get_json()["results"]

    told = f"queries.0.type: 'teapot' is not a query type, expected one of {', '.join(QUERY_TYPES)}"
    assert results["A"] == {"error": told, "status": 400, "errorSource": "plugin"}
    assert results["B"]["frames"][0]["schema"]["name"] == "catalog"


def test_a_query_that_prometheus_cannot_answer_says_whose_fault_it_is(backend: Backend) -> None:
    """Downstream, and what to check."""
    backend.world.down = True
    queries = [{"refId": "A", "type": "promql", "expr": "up"}, {"refId": "B", "type": "promql"}]

    results = backend.client.post("/api/query", json={"queries": queries, "range": RANGE}).get_json()["results"]

    assert (results["A"]["errorSource"], results["A"]["status"]) == ("downstream", 502)
    assert (results["B"]["errorSource"], results["B"]["status"]) == ("plugin", 400)
