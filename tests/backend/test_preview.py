"""The preview: off unless asked for, for this machine alone, and deaf to other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.api.preview import HEADER
from airuntime_backend.app import create_app
from airuntime_backend.errors import BadRequestError
from support.backend import TOKEN_SETTINGS, Backend, settings, shop
from support.errors import assert_canonical_error
from support.grafana import Person
from support.stage import staged

PATHS: Final = ("/preview/", "/preview/dashboards", "/preview/dashboards/board", "/preview/main.js")
HERE: Final = "the preview is for this machine only: open it as localhost or 127.0.0.1"
NO_OTHERS: Final = "the preview does not answer other sites"


def built(folder: Path) -> dict[str, Any]:
    """The settings of a preview whose page and dashboards are in the folder."""
    assets, boards = folder / "assets", folder / "boards"
    for made in (assets, boards):
        made.mkdir()
    (assets / "index.html").write_text('<meta content="__AIRUNTIME_PREVIEW_TOKEN__">', encoding="utf-8")
    (assets / "main.js").write_text("draw()", encoding="utf-8")
    (folder / "secret.txt").write_text("not for browsers", encoding="utf-8")
    (boards / "board.json").write_text('{"uid": "board", "title": "Board", "panels": []}', encoding="utf-8")
    return {"preview": True, "preview_dir": assets, "dashboards_dir": boards}


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Backend]:
    """A backend with the preview on and with tokens."""
    with shop(tmp_path, **built(tmp_path), **TOKEN_SETTINGS) as backend:
        yield backend


def token(backend: Backend) -> str:
    """The token that the page holds."""
    page = backend.client.get("/preview/").text
    found = re.fullmatch(r'<meta content="([\w-]{40,})">', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("path", PATHS)
def test_it_is_off_unless_asked_for(backend: Backend, path: str) -> None:
    """By default there is nothing."""
    assert_canonical_error(backend.client.get(path), 404, "not_found")


def test_the_header_means_nothing_while_it_is_off(backend: Backend) -> None:
    """No identity comes from a preview that is not served."""
    with backend.app.test_client() as client:
        answer = client.get("/suggestions", headers={HEADER: "x"}, environ_base={"REMOTE_ADDR": "10.0.0.5"})

    assert_canonical_error(answer, 403, "forbidden")


def test_it_lists_reads_and_serves(preview: Backend) -> None:
    """The page, its files, and the generated JSON itself."""
    get = preview.client.get

    assert get("/preview/dashboards").get_json() == [{"uid": "board", "title": "Board", "file": "board.json"}]
    assert get("/preview/dashboards/board").get_json() == {"uid": "board", "title": "Board", "panels": []}
    with get("/preview/main.js") as file:
        assert file.get_data(as_text=True) == "draw()"
    assert "there is no generated dashboard 'x'" in get("/preview/dashboards/x").text


def test_the_page_may_apply(preview: Backend) -> None:
    """With its token a person at this machine is an operator, though the backend has tokens of its own."""
    preview.tick()
    preview.client.environ_base["HTTP_" + HEADER.upper().replace("-", "_")] = token(preview)

    applied = preview.move("apply", preview.suggestion())

    assert applied.status_code == 200
    assert [(one["who"], one["via"]) for one in applied.get_json()["history"]] == [("preview", "preview")]


def test_without_the_header_the_page_is_nobody(preview: Backend) -> None:
    """A form or an image of another site cannot send a header of ours."""
    assert_canonical_error(preview.client.post("/analyze"), 401, "unauthorized")


def test_a_token_of_an_earlier_run_is_told_to_reload(preview: Backend) -> None:
    """Each process has its own token."""
    answer = preview.client.post("/analyze", headers={HEADER: "earlier"})

    error = assert_canonical_error(answer, 403, "forbidden")
    assert error["message"] == "this preview is of an earlier run: reload the page"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "10.0.0.5:8765", "localhost.evil.example", "[::1"]
)
def test_a_foreign_host_name_is_refused(preview: Backend, path: str, host: str) -> None:
    """Which is what a rebound name looks like."""
    answer = preview.client.get(path, headers={"Host": host})

    assert assert_canonical_error(answer, 403, "forbidden")["message"] == HERE


@pytest.mark.parametrize("path", PATHS)
def test_another_machine_is_refused(preview: Backend, path: str) -> None:
    """Whatever name it uses and whatever it claims."""
    answer = preview.client.get(
        path, headers={"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, environ_base={"REMOTE_ADDR": "10.0.0.5"}
    )

    assert assert_canonical_error(answer, 403, "forbidden")["message"] == HERE


FOREIGN: Final = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_other_sites_are_refused(preview: Backend, headers: dict[str, str]) -> None:
    """For the page, for its files, and, even with the right token, for the API."""
    for path in PATHS:
        error = assert_canonical_error(preview.client.get(path, headers=headers), 403, "forbidden")
        assert error["message"] == NO_OTHERS
    answer = preview.client.post("/analyze", headers={HEADER: token(preview), **headers})

    assert assert_canonical_error(answer, 403, "forbidden")["message"] == NO_OTHERS


def test_the_token_works_from_this_machine_only(preview: Backend) -> None:
    """Who carried it elsewhere gains nothing."""
    stolen = {HEADER: token(preview)}

    elsewhere = preview.client.post("/analyze", headers=stolen, environ_base={"REMOTE_ADDR": "10.0.0.5"})
    rebound = preview.client.post("/analyze", headers={**stolen, "Host": "evil.example"})

    for answer in (elsewhere, rebound):
        assert assert_canonical_error(answer, 403, "forbidden")["message"] == HERE


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "127.0.0.1:8765", "[::1]:8765"])
def test_this_machine_is_served_by_its_names(preview: Backend, host: str) -> None:
    """With the same origin, or with none, as an address typed by hand has."""
    for headers in ({}, {"Origin": f"http://{host}"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}):
        assert preview.client.get("/preview/", headers={"Host": host, **headers}).status_code == 200


def test_no_preflight_is_ever_granted(preview: Backend) -> None:
    """No answer carries a header that lets another site read it or send the token's header."""
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": HEADER,
    }

    answers = [preview.client.options(path, headers=asked) for path in ("/analyze", "/preview/", "/api/query")]
    answers += [preview.client.get("/preview/")]

    assert not [name for answer in answers for name, _ in answer.headers if name.startswith("Access-Control")]


def test_the_page_is_hardened_and_not_kept(preview: Backend) -> None:
    """It may not be framed, it runs only its own scripts, and its token stays in no cache."""
    headers = preview.client.get("/preview/").headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"].split("style-src")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "/etc/passwd", "missing.js"])
def test_only_its_own_files_are_served(preview: Backend, name: str) -> None:
    """No way leads out of the folder."""
    answer = preview.client.get(f"/preview/{name}")

    assert answer.status_code in {308, 404}
    assert "not for browsers" not in answer.text


def test_grafana_does_not_reach_it(tmp_path: Path) -> None:
    """Through the plugin there is no preview, not even for an administrator."""
    with staged(tmp_path, **built(tmp_path)) as stage:
        answers = [stage.grafana.call(Person(), "GET", path) for path in ("preview/", "preview/dashboards")]

    assert [answer.status for answer in answers] == [403, 403]
    assert all(HERE in answer.body.decode() for answer in answers)


def test_a_preview_that_was_never_built_says_what_to_run(tmp_path: Path) -> None:
    """The page names the missing file and the command."""
    given = built(tmp_path)
    (tmp_path / "assets" / "index.html").unlink()
    with shop(tmp_path, **given) as backend:
        error = assert_canonical_error(backend.client.get("/preview/"), 404, "not_found")

    assert error["message"] == "the preview is not built: index.html is missing, run `make plugin`"


def test_it_needs_to_know_its_folders(tmp_path: Path) -> None:
    """On without folders is a wrong setting, told by the variables' names."""
    told = "AIRUNTIME_PREVIEW needs AIRUNTIME_PREVIEW_DIR and AIRUNTIME_DASHBOARDS_DIR"
    with pytest.raises(BadRequestError, match=told):
        create_app(settings(tmp_path, database_url="sqlite://", preview=True))
