"""CallResource: the HTTP API as Grafana's users reach it, each with the role that Grafana names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.grafana import server
from support.grafana import SECRET, Answer, Grafana, Person
from support.stage import Stage, staged
from support.world import TTL

THROUGH: Final = ("app", "data source")
READERS: Final = ("Viewer", "", "None", "admin", "Grafana Admin", "viewer")
RANGE: Final = {"from": 9_900_000, "to": 10_100_000}


def opened(stage: Stage) -> dict[str, Any]:
    """The suggestion of a cold cache, as it stands open."""
    stage.backend.tick()
    return stage.backend.suggestion()


def apply(stage: Stage, person: Person, detail: dict[str, Any], **headers: str) -> Answer:
    """Click Apply."""
    url, body = f"suggestions/{detail['id']}/apply", {"revision": detail["revision"]}
    return stage.grafana.call(person, "POST", url, body=body, headers=headers)


def assert_refused(answer: Answer, status: int, code: str) -> str:
    """The one shape of every error; gives its message."""
    assert answer.status == status
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "field", "value", "expected"}
    assert error["code"] == code
    assert answer.headers["Content-Type"] == ["application/json"]
    return str(error["message"])


@pytest.mark.parametrize("through", THROUGH)
def test_a_viewer_reads(stage: Stage, through: str) -> None:
    """List, detail and queries are for everybody who may look."""
    detail, viewer = opened(stage), Person(role="Viewer", through=through)

    listed = stage.grafana.call(viewer, "GET", "suggestions?status=open&service=shop")
    none = stage.grafana.call(viewer, "GET", "/suggestions?status=kept")
    read = stage.grafana.call(viewer, "GET", f"suggestions/{detail['id']}")
    asked = {"queries": [{"refId": "A", "type": "findings"}], "range": RANGE}
    answered = stage.grafana.call(viewer, "POST", "api/query", body=asked)

    assert [one["id"] for one in listed.json()["suggestions"]] == [detail["id"]]
    assert none.json() == {"suggestions": []}
    assert (read.status, read.json()) == (200, detail)
    assert answered.json()["results"]["A"]["frames"][0]["schema"]["name"] == "findings"
    assert read.headers["Content-Type"] == ["application/json"]


@pytest.mark.parametrize("through", THROUGH)
@pytest.mark.parametrize("role", ["Editor", "Admin"])
def test_who_may_change_applies_and_is_named_in_the_history(stage: Stage, role: str, through: str) -> None:
    """The change starts, in the name that Grafana gives."""
    detail = opened(stage)

    answer = apply(stage, Person(login="grace", role=role, through=through), detail)

    assert (answer.status, answer.json()["status"]) == (200, "applied")
    assert answer.json()["rollout"]["change"]["asked_by"] == "grace"
    begun = answer.json()["history"][0]
    assert (begun["who"], begun["via"], begun["action"]) == ("grace", "grafana", "begin")
    assert stage.backend.ledger.config("shop").generation == 1


@pytest.mark.parametrize("through", THROUGH)
@pytest.mark.parametrize("role", READERS)
def test_who_may_only_look_changes_nothing(stage: Stage, role: str, through: str) -> None:
    """A POST of a viewer, or of a role that we do not know, is refused by the plugin itself."""
    detail, person = opened(stage), Person(role=role, through=through)

    answers = [
        stage.grafana.call(person, method, f"suggestions/{detail['id']}/{verb}", body={"revision": 1})
        for method in ("POST", "post", "PUT", "PATCH", "DELETE")
        for verb in ("apply", "dismiss", "rollback")
    ]

    for answer in (*answers, stage.grafana.call(person, "POST", "analyze")):
        told = assert_refused(answer, 403, "forbidden")
        assert told == "ada may only look in Grafana: this needs the role Editor or Admin"
    assert stage.backend.suggestion() == detail
    assert stage.backend.ledger.audit() == ()


def test_an_alert_rule_changes_nothing_whoever_made_it(stage: Stage) -> None:
    """Grafana evaluates rules as its scheduler, which it calls an Admin."""
    answer = apply(stage, Person(login="grafana_scheduler", role="Admin"), opened(stage))

    assert assert_refused(answer, 403, "forbidden").startswith("grafana_scheduler may only look")


def test_nobody_in_grafana_speaks_for_a_service(stage: Stage) -> None:
    """Manifests and configs are between services and the backend."""
    for method in ("GET", "PUT"):
        path = {"GET": "config", "PUT": "manifest"}[method]
        answer = stage.grafana.call(
            Person(), method, f"runtime/services/shop/{path}", body={"service": "shop", "version": "1"}
        )

        assert assert_refused(answer, 403, "forbidden") == "ada has the role operator: this needs the role service"


TRICKS: Final = (
    "suggestions/../suggestions",
    "..",
    "./suggestions",
    "suggestions//{id}/apply",
    "//suggestions/{id}/apply",
    "api/query/../../suggestions/{id}/apply",
    "api/query%2f..%2f..%2fsuggestions/{id}/apply",
    "api/query/%2e%2e/%2e%2e/suggestions/{id}/apply",
    "suggestions%252f{id}%252fapply",
    "api/query%5c..%5c..%5csuggestions%5c{id}%5capply",
    "suggestions\\{id}\\apply",
    "suggestions/{id}%00/apply",
    "suggestions/{id}%0d%0aX: y/apply",
)


@pytest.mark.parametrize("url", TRICKS)
@pytest.mark.parametrize("role", ["Viewer", "Admin"])
def test_a_path_that_two_readers_could_read_differently_is_refused(stage: Stage, url: str, role: str) -> None:
    """Whoever asks: it is never cleaned up, and never reaches the app."""
    detail = opened(stage)
    stage.witness.requests.clear()

    for method in ("GET", "POST"):
        answer = stage.grafana.call(Person(role=role), method, url.format(**detail), body={"revision": 1})

        told = assert_refused(answer, 400, "bad_request")
        assert told == "the path is not plain: write it without '//', '..', '\\' or escaped slashes"
    assert stage.witness.requests == []
    assert stage.backend.ledger.audit() == ()


@pytest.mark.parametrize(
    "url", ["API/query", "api/query/", "suggestions%2f{id}%2fapply", "suggestions/{id}/apply?x=1#y"]
)
def test_a_viewer_finds_no_way_round(stage: Stage, url: str) -> None:
    """Only the two POSTs that read are open to a viewer, exactly as they are written."""
    detail = opened(stage)

    answer = stage.grafana.call(Person(role="Viewer"), "POST", url.format(**detail), body={"revision": 1})

    assert_refused(answer, 403, "forbidden")
    assert stage.backend.ledger.audit() == ()


IDENTITY_HEADERS: Final = {
    "Authorization": "Bearer operator-token",
    "Cookie": "grafana_session=1",
    "Host": "127.0.0.1",
    "X-Airuntime-Preview": "token",
    "X-Forwarded-For": "127.0.0.1",
    "X-Grafana-Id": "jwt",
    "X-Grafana-User": "root",
    "X-HTTP-Method-Override": "POST",
    "X-Remote-User": "root",
    "airuntime.identity": "root",
    "REMOTE_ADDR": "127.0.0.1",
}


def test_headers_that_speak_of_identity_stay_outside(tmp_path: Path) -> None:
    """Who asks is what the proven call says; a viewer with the operator's token in a header remains a viewer."""
    with staged(tmp_path, operator_token="operator-token") as stage:
        detail, viewer = opened_with_token(stage), Person(role="Viewer")

        refused = apply(stage, viewer, detail, **IDENTITY_HEADERS)
        read = stage.grafana.call(viewer, "GET", "suggestions", headers={**IDENTITY_HEADERS, "X-Grafana-Action": "1"})

    assert_refused(refused, 403, "forbidden")
    assert read.status == 200
    (request,) = stage.witness.requests
    assert {name for name in request if name.startswith("HTTP_")} == {"HTTP_X_GRAFANA_ACTION"}
    assert not {"REMOTE_ADDR", "REMOTE_USER"} & set(request)
    assert request["SERVER_NAME"] == "grafana.invalid"
    assert (request["airuntime.identity"].name, request["airuntime.identity"].role) == ("ada", "viewer")


def opened_with_token(stage: Stage) -> dict[str, Any]:
    """The open suggestion where the backend has tokens."""
    stage.backend.tick()
    (record,) = stage.backend.ledger.suggestions()
    return {"id": record.suggestion.id, "revision": record.revision}


def test_errors_of_the_app_come_back_as_they_are(stage: Stage) -> None:
    """404, 405, 409, 400 and 413 in the one shape, with what is allowed."""
    detail = opened(stage)
    apply(stage, Person(), detail)
    call = stage.grafana.call

    assert_refused(call(Person(), "GET", "nowhere"), 404, "not_found")
    wrong_method = call(Person(), "DELETE", "suggestions")
    assert_refused(wrong_method, 405, "method_not_allowed")
    assert "GET" in wrong_method.headers["Allow"][0]
    assert "applied at revision 2" in assert_refused(apply(stage, Person(), detail), 409, "conflict")
    assert "not JSON" in assert_refused(call(Person(), "POST", "api/query", body=b"{oops"), 400, "bad_request")
    assert_refused(call(Person(), "POST", "api/query", body=b" " * 4_000_001), 413, "request_entity_too_large")
    assert stage.backend.client.get("/runtime/services/shop/config").get_json()["experiments"][TTL]["candidate"] == 60.0


def test_a_method_that_is_none_is_refused(grafana: Grafana) -> None:
    """Only HTTP's own words."""
    told = assert_refused(grafana.call(Person(), "BREW", "suggestions"), 400, "bad_request")

    assert told == "'BREW' is not a method that is served here"


def test_a_login_is_cut_and_cannot_forge_a_line(stage: Stage) -> None:
    """What stands in the audit trail is one short line; without a login it says so."""
    detail = opened(stage)

    answer = apply(stage, Person(login="a\nb\t" + "c" * 200), detail)

    assert answer.json()["history"][0]["who"] == "a b " + "c" * 96
    rolled = stage.grafana.call(
        Person(login=""), "POST", f"suggestions/{detail['id']}/rollback", body={"revision": answer.json()["revision"]}
    )
    assert rolled.json()["history"][-1]["who"] == "anonymous"


def test_a_long_answer_comes_in_pieces_and_cookies_do_not_come() -> None:
    """No message is longer than gRPC likes; Grafana's own cookies are not ours to set."""
    body = b"0123456789" * 250_000

    def app(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=b"), ("ETag", '"1"')])
        return [body[:5], body[5:]]

    running = server.start(app, lambda _: {}, secret=SECRET, host="127.0.0.1", port=0)
    with Grafana(f"127.0.0.1:{running.port}") as grafana:
        answer = grafana.call(Person(), "GET", "anything")
    running.stop()

    assert answer.body == body
    assert answer.pieces == 4
    assert answer.headers == {"Content-Type": ["text/plain"], "ETag": ['"1"']}


def test_an_app_that_breaks_is_told_in_the_one_shape(caplog: pytest.LogCaptureFixture) -> None:
    """The reason is in the log, not in the answer."""

    def app(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        raise RuntimeError("the secret of the database")

    running = server.start(app, lambda _: {}, secret=SECRET, host="127.0.0.1", port=0)
    with Grafana(f"127.0.0.1:{running.port}") as grafana:
        answer = grafana.call(Person(), "GET", "anything")
        health = grafana.health(Person())
    running.stop()

    assert assert_refused(answer, 500, "internal") == "the backend failed unexpectedly: its log says more"
    assert "the secret of the database" in caplog.text
    assert health.message == "the backend's /healthz answers 500"
