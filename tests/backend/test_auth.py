"""Who may ask: bearer tokens compared in constant time, and without any token only this machine."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.api import auth
from support.backend import TOKEN_SETTINGS, TOKENS, Backend, client_of, shop
from support.errors import assert_canonical_error

UNKNOWN: Final = "this bearer token is not known: use the viewer, operator or service token"
NEEDED: Final = "a bearer token is needed: send Authorization: Bearer <token>"
ONLY_HERE: Final = "no tokens are configured, so only this machine is served, as localhost: set AIRUNTIME_*_TOKEN"
NO_OTHER_SITE: Final = "no tokens are configured, so pages of other sites are refused: set AIRUNTIME_*_TOKEN"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Backend]:
    """A backend with a token for each role."""
    with shop(tmp_path, **TOKEN_SETTINGS) as backend:
        yield backend


def listed(backend: Backend, authorization: str | None, path: str = "/suggestions") -> Any:
    """The list of suggestions, asked with this header."""
    headers = {} if authorization is None else {"Authorization": authorization}
    return backend.client.get(path, headers=headers)


@pytest.mark.parametrize("header", ["Bearer viewer-token", "bearer viewer-token", "BEARER  viewer-token "])
def test_the_right_token_opens(guarded: Backend, header: str) -> None:
    """The scheme's case and the spaces around the token are HTTP's business."""
    assert listed(guarded, header).status_code == 200


@pytest.mark.parametrize("token", ["guess", "viewer-toke", "viewer-token2", "VIEWER-TOKEN", "viewer-tokén", "None"])
def test_a_wrong_token_is_refused_and_not_repeated(guarded: Backend, token: str) -> None:
    """Also one that is nearly right."""
    answer = listed(guarded, f"Bearer {token}")

    assert assert_canonical_error(answer, 401, "unauthorized")["message"] == UNKNOWN
    assert token not in answer.text


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "viewer-token", "Basic dmlld2VyLXRva2Vu"])
def test_a_missing_token_is_asked_for(guarded: Backend, header: str | None) -> None:
    """Being on loopback is no help where there are tokens."""
    answer = listed(guarded, header)

    assert assert_canonical_error(answer, 401, "unauthorized")["message"] == NEEDED
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/suggestions?token=viewer-token", "/suggestions?access_token=viewer-token"])
def test_a_token_in_the_url_is_none(guarded: Backend, path: str) -> None:
    """URLs end up in logs."""
    assert assert_canonical_error(listed(guarded, None, path), 401, "unauthorized")["message"] == NEEDED


def test_a_read_only_token_changes_nothing(guarded: Backend) -> None:
    """The viewer's token reads a suggestion and moves none."""
    guarded.tick()
    guarded.client = client_of(guarded, "viewer")
    detail = guarded.suggestion()

    for verb in ("apply", "dismiss", "rollback"):
        error = assert_canonical_error(guarded.move(verb, detail), 403, "forbidden")
        assert error["message"] == "viewer token has the role viewer: this needs the role operator"
    assert guarded.suggestion() == detail


def test_who_changed_something_is_the_token_that_was_shown(guarded: Backend) -> None:
    """The audit trail names the token's role and how it was proved."""
    guarded.tick()
    guarded.client = client_of(guarded, "operator")

    applied = guarded.move("apply", guarded.suggestion()).get_json()

    assert [(one["who"], one["via"]) for one in applied["history"]] == [("operator token", "token")]


def test_a_services_token_is_for_services_only(guarded: Backend) -> None:
    """What runs in the workload can neither read suggestions nor apply them."""
    client = client_of(guarded, "service")

    assert client.get("/runtime/services/shop/config").status_code == 200
    error = assert_canonical_error(client.get("/suggestions"), 403, "forbidden")
    assert error["message"] == "service token has the role service: this needs the role viewer"


def test_every_token_is_compared_in_constant_time(guarded: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the three is compared by ``hmac.compare_digest``, whichever fits, so that time tells nothing."""
    compared: list[bytes] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(auth, "hmac", type("Spy", (), {"compare_digest": staticmethod(compare)}))

    statuses = [listed(guarded, f"Bearer {token}").status_code for token in ("guess", TOKENS["viewer"])]

    assert statuses == [401, 200]
    assert compared == [token.encode() for token in TOKENS.values()] * 2


@pytest.mark.parametrize("configured", sorted(TOKENS))
def test_one_token_is_enough_to_close_the_door(tmp_path: Path, configured: str) -> None:
    """With any token configured, nobody comes in without one."""
    given: dict[str, Any] = {f"{configured}_token": TOKENS[configured]}
    with shop(tmp_path, **given) as backend:
        assert_canonical_error(listed(backend, None), 401, "unauthorized")
        assert_canonical_error(backend.client.get("/runtime/services/shop/config"), 401, "unauthorized")


def test_an_empty_variable_is_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What compose files leave empty closes nothing, and opens nothing either."""
    monkeypatch.setenv("AIRUNTIME_VIEWER_TOKEN", "")
    with shop(tmp_path) as backend:
        assert listed(backend, None).status_code == 200
    with shop(tmp_path, viewer_token="", operator_token="operator-token") as backend:
        assert_canonical_error(listed(backend, "Bearer   "), 401, "unauthorized")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_without_tokens_this_machine_is_served(backend: Backend, address: str) -> None:
    """Whatever form its loopback address has."""
    answer = backend.client.get("/suggestions", environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.7", "::ffff:10.0.0.5", "fe80::1", "", "localhost"])
def test_without_tokens_nobody_else_is_served(backend: Backend, address: str) -> None:
    """Neither by an address that is not loopback nor by a header that claims to be."""
    for path in ("/suggestions", "/runtime/services/shop/config", "/preview"):
        answer = backend.client.get(
            path, environ_base={"REMOTE_ADDR": address}, headers={"X-Forwarded-For": "127.0.0.1"}
        )

        assert assert_canonical_error(answer, 403, "forbidden")["message"] == ONLY_HERE


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "10.0.0.5", "[::1"])
def test_without_tokens_a_rebound_name_is_refused(backend: Backend, host: str) -> None:
    """A page whose name was made to point to loopback may neither read nor apply."""
    backend.tick()
    detail = backend.suggestion()

    answer = backend.client.post(
        f"/suggestions/{detail['id']}/apply", json={"revision": 1}, headers={"Host": host, "Origin": f"http://{host}"}
    )

    assert assert_canonical_error(answer, 403, "forbidden")["message"] == ONLY_HERE
    assert backend.suggestion() == detail


FOREIGN: Final = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_without_tokens_pages_of_other_sites_are_refused(backend: Backend, headers: dict[str, str]) -> None:
    """A browser sends their requests to loopback too; even the one without a body does nothing."""
    answer = backend.client.post("/analyze", headers=headers)

    assert assert_canonical_error(answer, 403, "forbidden")["message"] == NO_OTHER_SITE
    assert backend.ledger.diagnosis() is None


def test_with_tokens_any_name_and_address_will_do(guarded: Backend) -> None:
    """Behind a proxy the token is what counts."""
    answer = client_of(guarded, "viewer").get(
        "/suggestions",
        environ_base={"REMOTE_ADDR": "10.0.0.5"},
        headers={"Host": "airuntime.example", "Origin": "https://airuntime.example"},
    )

    assert answer.status_code == 200


def test_no_header_hands_over_an_identity(guarded: Backend) -> None:
    """What the gRPC service hands over in the process cannot be sent over HTTP."""
    names = ("airuntime.identity", "Airuntime-Identity", "X-Grafana-User", "X-Airuntime-Identity")

    answer = guarded.client.get("/suggestions", headers=dict.fromkeys(names, "operator"))

    assert_canonical_error(answer, 401, "unauthorized")
