"""Whatever is sent, the API answers as it says it does: never a failure that was not foreseen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final

import pytest
from ai_runtime_intelligent.contract.names import QUERY_TYPES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.backend import Backend, shop
from support.errors import assert_canonical_error
from support.shop import busy, keep

EXAMPLES: Final = 60
SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", ".*", "shop", "answers|routes", "(", "\x00", "up", 10**400, "9" * 400, "2026-01-01", "now"])
)
JSON: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS: Final = ("service", "primitive", "model", "expr", "legend", "unit", "instant", "suggestion", "hide", "refId")
QUERY: Final = st.fixed_dictionaries(
    {"type": st.sampled_from(QUERY_TYPES) | SCALARS}, optional=dict.fromkeys(FIELDS, SCALARS)
)
TIME: Final = SCALARS | st.sampled_from([0, 1, 10_000_000, 1e300, -1e300, math.inf, math.nan, "10000000", "-1"])
QUERIES: Final = st.fixed_dictionaries(
    {"queries": st.lists(QUERY, max_size=3), "range": st.fixed_dictionaries({"from": TIME, "to": TIME})},
    optional={"intervalMs": SCALARS, "maxDataPoints": SCALARS},
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """A backend with something on record of every kind."""
    with shop(tmp_path_factory.mktemp("kept"), busy()) as backend:
        keep(backend)
        yield backend


def send(backend: Backend, method: str, url: str, body: object) -> Any:
    """The answer to this body."""
    return backend.client.open(url, method=method, data=json.dumps(body), content_type="application/json")


def assert_foreseen(answer: Any) -> None:
    """A success, or an error of the caller's in the one shape."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.get_json()["error"]) == {"code", "message", "field", "value", "expected"}
    json.loads(answer.text, parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(QUERIES)
def test_any_query(kept: Backend, body: dict[str, object]) -> None:
    """Frames or a reason; no query fails for a reason that nobody foresaw."""
    answer = send(kept, "POST", "/api/query", body)

    assert_foreseen(answer)
    for result in answer.get_json().get("results", {}).values():
        assert "unexpectedly" not in result.get("error", ""), result


ROUTES: Final = (
    ("POST", "/api/query"),
    ("POST", "/api/annotations"),
    ("POST", "/suggestions/{id}/apply"),
    ("POST", "/suggestions/{id}/dismiss"),
    ("PUT", "/runtime/services/bakery/manifest"),
)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_any_body(kept: Backend, route: tuple[str, str], body: object) -> None:
    """Of whatever form."""
    method, url = route
    (record,) = kept.ledger.suggestions()

    assert_foreseen(send(kept, method, url.format(id=record.suggestion.id), body))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({"range": st.fixed_dictionaries({"from": TIME, "to": TIME}), "service": SCALARS}))
def test_any_annotations(kept: Backend, body: dict[str, object]) -> None:
    """Marks, or what is wrong with the span."""
    assert_foreseen(send(kept, "POST", "/api/annotations", body))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30).filter(lambda text: text.isprintable()))
def test_any_name_in_the_url(kept: Backend, name: str) -> None:
    """Found, or not found."""
    for url in (f"/suggestions/{name}", f"/api/variables/{name}", f"/runtime/services/{name}/config"):
        assert_foreseen(kept.client.get(url))
    assert_foreseen(kept.client.get("/suggestions", query_string={"service": name, "status": name}))


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_lacks_is_repeated_as_text(kept: Backend, word: str) -> None:
    """So that a browser can read what was wrong with it."""
    (record,) = kept.ledger.suggestions()
    url, body = f"/suggestions/{record.suggestion.id}/apply", f'{{"revision": {word}}}'

    answer = kept.client.post(url, data=body, content_type="application/json")

    assert_foreseen(answer)
    error = assert_canonical_error(answer, 400, "bad_request")
    assert (error["field"], error["value"]) == ("revision", str(float(word)))


def test_a_path_with_two_slashes_is_not_cleaned_up(kept: Backend) -> None:
    """What was asked is not there, and that is said in the one shape."""
    assert_canonical_error(kept.client.get("/runtime/services//config"), 404, "not_found")


def test_half_a_character_is_no_text(kept: Backend) -> None:
    """JSON can say it, but no database can keep it and no answer repeat it."""
    (record,) = kept.ledger.suggestions()
    url = f"/suggestions/{record.suggestion.id}/rollback"

    answer = kept.client.post(url, data=b'{"revision": 3, "reason": "\\ud800"}', content_type="application/json")

    assert "the body is not JSON" in assert_canonical_error(answer, 400, "bad_request")["message"]
