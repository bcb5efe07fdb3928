"""Every route of the OpenAPI document is asked, by everyone: a new route cannot be forgotten here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.cli import main
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from support.backend import TOKEN_SETTINGS, Backend, client_of, shop
from support.errors import assert_canonical_error
from support.world import manifest
from support.yard import configured

DOCUMENT: Final = Path(__file__).parents[2] / "plugin-frontend" / "openapi.json"
SPAN: Final = {"from": 9_900_000, "to": 10_100_000}
EVERYONE: Final = (None, "viewer", "operator", "service")
READERS: Final = ("viewer", "operator")


@dataclass(frozen=True)
class Case:
    """How a route is asked, who may, and in which state of the suggestion; ``{id}`` in the URL is the suggestion's."""

    url: str
    may: tuple[str | None, ...]
    body: object = None
    after: tuple[str, ...] = ()
    revision: int = 1
    queued: bool = False


def _move(verb: str, *after: str, revision: int = 1) -> Case:
    url = f"/suggestions/{{id}}/{verb}"
    return Case(url, ("operator",), {"revision": revision, "reason": "tried"}, after, revision)


def _of_queued(verb: str) -> Case:
    return replace(_move(verb, revision=2), queued=True)


CASES: Final = {
    ("post", "/api/query"): Case(
        "/api/query", READERS, {"queries": [{"refId": "A", "type": "suggestions"}], "range": SPAN}
    ),
    ("post", "/api/annotations"): Case("/api/annotations", READERS, {"range": SPAN}, ("apply",)),
    ("get", "/api/variables/{name}"): Case("/api/variables/primitives?service=shop", READERS),
    ("get", "/catalog"): Case("/catalog?service=shop&seconds=60", READERS),
    ("get", "/suggestions"): Case("/suggestions?status=open", READERS),
    ("get", "/suggestions/{id}"): Case("/suggestions/{id}", READERS),
    ("post", "/suggestions/{id}/apply"): _move("apply"),
    ("post", "/suggestions/{id}/patch"): _move("patch"),
    ("post", "/suggestions/{id}/patch/revert"): _move("patch/revert", "patch"),
    ("post", "/suggestions/{id}/approve"): _of_queued("approve"),
    ("post", "/suggestions/{id}/cancel"): _of_queued("cancel"),
    ("get", "/policy"): Case("/policy", READERS),
    ("post", "/suggestions/{id}/dismiss"): _move("dismiss"),
    ("post", "/suggestions/{id}/rollback"): _move("rollback", "apply", revision=2),
    ("get", "/ledger"): Case("/ledger?service=shop&from=0&to=2000000000000", READERS),
    ("get", "/ledger.csv"): Case("/ledger.csv", READERS),
    ("post", "/analyze"): Case("/analyze", ("operator",)),
    ("put", "/runtime/services/{service}/manifest"): Case(
        "/runtime/services/shop/manifest", ("service",), manifest("shop.py")
    ),
    ("get", "/runtime/services/{service}/config"): Case("/runtime/services/shop/config", ("service",)),
    ("get", "/healthz"): Case("/healthz", EVERYONE),
    ("get", "/readyz"): Case("/readyz", EVERYONE),
    ("get", "/metrics"): Case("/metrics", EVERYONE),
    ("get", "/openapi.json"): Case("/openapi.json", EVERYONE),
    ("get", "/preview/"): Case("/preview/", EVERYONE),
    ("get", "/preview/dashboards"): Case("/preview/dashboards", EVERYONE),
    ("get", "/preview/dashboards/{uid}"): Case("/preview/dashboards/board", EVERYONE),
}
NOT_DESCRIBED: Final = {"/preview/<path:name>"}
"""Files of the preview's page: no API."""


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Backend]:
    """A backend with a token for each role, the preview on, and one open suggestion that offers a patch."""
    (tmp_path / "index.html").write_text("<p>preview</p>", encoding="utf-8")
    boards = tmp_path / "boards"
    boards.mkdir()
    (boards / "board.json").write_text('{"uid": "board", "title": "Board"}', encoding="utf-8")
    patches = configured(boards, tmp_path / "repository")
    given: dict[str, Any] = {"preview": True, "preview_dir": tmp_path, "dashboards_dir": boards, "patches": patches}
    with shop(tmp_path, **given, **TOKEN_SETTINGS) as backend:
        code = 'import x\ndef build():\n    return x.Cache("answers", ttl_seconds=2.0)\n'
        (tmp_path / "shop.py").write_text(code, encoding="utf-8")
        backend.client = client_of(backend, "operator")
        backend.tick()
        yield backend


def described(backend: Backend) -> dict[tuple[str, str], dict[str, Any]]:
    """The operations of the document that the backend serves, by method and path."""
    document = backend.client.get("/openapi.json").get_json()
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def ask(backend: Backend, route: tuple[str, str], role: str | None) -> Any:
    """The answer to the route's case, asked with the role's token."""
    case, detail = CASES[route], backend.suggestion()
    client = client_of(backend, role)
    return getattr(client, route[0])(case.url.format(**detail), json=case.body)


def test_every_route_has_its_case(guarded: Backend) -> None:
    """The document and the table name the same routes, and no route is left out of the document."""
    assert set(described(guarded)) == set(CASES)
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in guarded.app.url_map.iter_rules()}
    paths = {path for _, path in CASES} | {rule.replace("<", "{").replace(">", "}") for rule in NOT_DESCRIBED}
    assert rules == paths


@pytest.mark.parametrize("route", CASES, ids=" ".join)
def test_a_route_answers_who_may_and_refuses_the_others(guarded: Backend, route: tuple[str, str]) -> None:
    """200 in the form that is described, 401 without a token, 403 with one of another role: in the one shape."""
    case = CASES[route]
    if case.queued:
        guarded.queue()
    for verb in case.after:
        assert guarded.move(verb, guarded.suggestion()).status_code == 200

    for role in sorted(set(EVERYONE) - set(case.may), key=str):
        code = (401, "unauthorized") if role is None else (403, "forbidden")
        assert_canonical_error(ask(guarded, route, role), *code)
    answers = [ask(guarded, route, role) for role in case.may]

    assert [answer.status_code for answer in answers] == [200] * len(case.may), answers[0].text
    for answer in answers:
        assert_as_described(guarded, route, answer)


def assert_as_described(backend: Backend, route: tuple[str, str], answer: Any) -> None:
    """The answer is valid in the schema that the document gives for it."""
    described_answer = described(backend)[route]["responses"].get("200")
    if described_answer is None:
        assert answer.data
        return
    if "text/csv" in described_answer["content"]:
        assert answer.mimetype == "text/csv"
        return
    document = backend.client.get("/openapi.json").get_json()
    schema = described_answer["content"]["application/json"]["schema"] | {"components": document["components"]}
    Draft202012Validator(schema).validate(answer.get_json())


@pytest.mark.parametrize("route", CASES, ids=" ".join)
def test_the_document_says_how_a_route_refuses(guarded: Backend, route: tuple[str, str]) -> None:
    """Errors are described by their one shape, and the token where one is needed."""
    operation = described(guarded)[route]

    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    assert {status: operation["responses"][status]["content"] for status in ("400", "default")} == {
        "400": shape,
        "default": shape,
    }
    assert ("security" in operation) == (None not in CASES[route].may)


@pytest.mark.parametrize("route", CASES, ids=" ".join)
def test_a_wrong_method_is_refused_everywhere(guarded: Backend, route: tuple[str, str]) -> None:
    """405 in the one shape, with the methods that are served."""
    answer = guarded.client.patch(CASES[route].url.format(**guarded.suggestion()), json={})

    assert_canonical_error(answer, 405, "method_not_allowed")
    assert route[0].upper() in answer.headers["Allow"]


NO_FORM: Final = (b"", b"{oops", b"null", b'"text"', b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b"{}")


@pytest.mark.parametrize("route", [route for route, case in CASES.items() if case.body is not None], ids=" ".join)
def test_a_body_that_is_none_is_refused_everywhere(guarded: Backend, route: tuple[str, str]) -> None:
    """Whatever is sent in place of the form that is asked is a bad request, and changes nothing."""
    before = guarded.suggestion()
    client = client_of(guarded, CASES[route].may[0])
    url = CASES[route].url.format(**before)

    for body in NO_FORM:
        answer = client.open(url, method=route[0], data=body, content_type="application/json")

        assert_canonical_error(answer, 400, "bad_request")
    assert guarded.suggestion() == before


def test_a_body_that_is_too_long_is_refused(guarded: Backend) -> None:
    """4 MB are enough for every manifest."""
    answer = client_of(guarded, "service").put(
        "/runtime/services/shop/manifest", data=b" " * 4_000_001, content_type="application/json"
    )

    assert_canonical_error(answer, 413, "request_entity_too_large")


def test_the_committed_document_is_the_generated_one(tmp_path: Path) -> None:
    """``make openapi`` changes nothing: the frontend's types are of this very API."""
    written = tmp_path / "openapi.json"

    done = CliRunner().invoke(main, ["openapi", "--output", str(written)])
    printed = CliRunner().invoke(main, ["openapi"])

    assert done.exit_code == 0, done.output
    assert written.read_text(encoding="utf-8") == DOCUMENT.read_text(encoding="utf-8")
    assert printed.stdout == written.read_text(encoding="utf-8")
    assert json.loads(printed.stdout)["openapi"].startswith("3.1")


def test_an_unexpected_failure_is_told_without_its_words(guarded: Backend, caplog: pytest.LogCaptureFixture) -> None:
    """500 in the one shape: the caller learns where to look, the log has the rest."""
    guarded.ledger.close()
    guarded.ledger.rollouts = _break  # type: ignore[method-assign]

    answer = guarded.client.get(f"/suggestions/{guarded.ledger.suggestions()[0].suggestion.id}")

    error = assert_canonical_error(answer, 500, "internal")
    assert error["message"] == "something failed that should not (RuntimeError); the backend's log has the traceback"
    assert "password in the clear" in caplog.text


def _break() -> Any:
    raise RuntimeError("password in the clear")
