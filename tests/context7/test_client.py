"""The client of Context7: what it keeps, what it gives when Context7 does not answer, and what it never writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
import responses
from ai_runtime_intelligent.context7.client import Context7Client
from ai_runtime_intelligent.context7.errors import DocsError
from ai_runtime_intelligent.flow.evidence import MAX_TEXT
from airuntime_demo.fake_context7 import FakeContext7
from support.context7 import serving

KEY: Final = "ctx7sk-the-key-itself"
BASE: Final = "https://context7.test/api"
SEARCH: Final = f"{BASE}/v2/libs/search"
CONTEXT: Final = f"{BASE}/v2/context"
FOUND: Final = {"results": [{"id": "/a/b", "title": "B", "versions": ["v2.1.0"]}]}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """What stands in for the network: a request that is not expected fails."""
    with responses.RequestsMock() as wire:
        yield wire


def client(tmp_path: Path, **more: Any) -> Context7Client:
    """A client that keeps its answers on disk."""
    return Context7Client(more.pop("url", BASE), more.pop("key", KEY), cache=tmp_path / "context7", **more)


def test_an_answer_outlives_the_process(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """A second client with the same file asks nobody."""
    wire.get(SEARCH, json=FOUND)
    first = client(tmp_path).search("b", "why?")

    assert client(tmp_path).search("b", "why?") == first
    assert len(wire.calls) == 1


def test_an_answer_is_asked_for_again_when_it_is_old(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """After its time to live, and only then."""
    wire.get(SEARCH, json=FOUND)
    asker = client(tmp_path, ttl_seconds=1)
    asker.search("b", "why?")
    wire.replace(responses.GET, SEARCH, json={"results": [{"id": "/a/new"}]})
    time.sleep(2.1)

    assert [one.id for one in asker.search("b", "why?")] == ["/a/new"]


@pytest.mark.parametrize(
    "trouble",
    [
        {"json": {"message": "Slow down."}, "status": 429, "headers": {"Retry-After": "90"}},
        {"json": {"message": "Oops."}, "status": 500},
        {"body": ConnectionError("refused")},
        {"body": b"<html>sign in</html>"},
    ],
)
def test_an_old_answer_is_better_than_none(
    wire: responses.RequestsMock, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    """While Context7 fails in whatever way; and the old answer stays for the next time."""
    wire.get(SEARCH, json=FOUND)
    asker = client(tmp_path, ttl_seconds=1)
    fresh = asker.search("b", "why?")
    wire.replace(responses.GET, SEARCH, **trouble)
    time.sleep(2.1)

    assert [asker.search("b", "why?") for _ in range(2)] == [fresh, fresh]
    with pytest.raises(DocsError):
        asker.search("other", "why?")


def test_while_it_rests_old_answers_cost_no_request(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """The quota is over: what is kept is given, and nothing is sent until the time that was told."""
    wire.get(SEARCH, json=FOUND)
    asker = client(tmp_path, ttl_seconds=1)
    asker.search("b", "why?")
    wire.replace(responses.GET, SEARCH, json={"message": "x"}, status=429, headers={"Retry-After": "90"})
    time.sleep(2.1)
    for _ in range(5):
        asker.search("b", "why?")

    assert len(wire.calls) == 2


def test_the_same_question_is_under_way_once(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """Eight threads that ask together cost one request, and all have its answer."""
    started = threading.Barrier(8)

    def slow(_: Any) -> tuple[int, dict[str, str], str]:
        time.sleep(0.5)
        return 200, {}, '{"results": [{"id": "/a/b"}]}'

    wire.add_callback(responses.GET, SEARCH, callback=slow)
    asker = client(tmp_path)

    def ask() -> str:
        started.wait(10)
        return asker.search("b", "why?")[0].id

    with ThreadPoolExecutor(8) as threads:
        found = [future.result(30) for future in [threads.submit(ask) for _ in range(8)]]

    assert found == ["/a/b"] * 8
    assert len(wire.calls) == 1


def test_a_failure_is_told_to_all_who_asked_and_forgotten(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """The next question is a new one."""
    wire.get(SEARCH, json={"message": "Oops."}, status=500)
    asker = client(tmp_path)
    with pytest.raises(DocsError, match=r"answered 500: Oops\."):
        asker.search("b", "why?")
    wire.replace(responses.GET, SEARCH, json=FOUND)

    assert asker.search("b", "why?")[0].id == "/a/b"


def test_the_file_holds_neither_key_nor_password(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """Not even when Context7 repeats the key in its answer; and a password of the URL is sent, not kept."""
    wire.get(SEARCH, json={"results": [{"id": "/a/b", "title": KEY}]}, headers={"X-Key": KEY, "Set-Cookie": f"k={KEY}"})
    url = BASE.replace("https://", "https://reader:hunter2@")
    client(tmp_path, url=url).search("b", "why?")
    client(tmp_path, url=url, key=None).search("c", "why?")

    sent = [str(call.request.headers["Authorization"]) for call in wire.calls]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert sent[1].startswith("Basic ")
    assert b"REDACTED" in written
    for secret in (KEY, "hunter2", sent[1].removeprefix("Basic ")):
        assert secret.encode() not in written


@pytest.mark.parametrize("version", ["2.1.0", "2.0.0", ""])
def test_the_documentation_of_the_very_version_is_asked_for(
    wire: responses.RequestsMock, tmp_path: Path, version: str
) -> None:
    """Where Context7 has it; else that of the latest, which is then what the snippet says of itself."""
    wire.get(SEARCH, json=FOUND)
    wire.get(CONTEXT, json={"codeSnippets": [{"codeTitle": "T", "codeDescription": "D"}]})

    (snippet,) = client(tmp_path).find("b", version, "why?")

    asked = str(wire.calls[1].request.url)
    told = ("2.1.0", True) if version == "2.1.0" else ("latest", False)
    assert (snippet.version, "v2.1.0" in asked) == told


def test_documentation_without_code_is_documentation(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """Pages fill up what code snippets leave; empty ones are left out."""
    wire.get(SEARCH, json=FOUND)
    info = [{"content": "Words.", "breadcrumb": "B > C", "pageId": "https://b.test/c"}, {"content": None}]
    wire.get(CONTEXT, json={"codeSnippets": [{"codeTitle": "T"}], "infoSnippets": info})

    (snippet,) = client(tmp_path).find("b", "", "why?")

    assert (snippet.text, snippet.title, snippet.url) == ("Words.", "B > C", "https://b.test/c")


def test_fetched_text_is_plain(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """No escape sequence, no hidden character, no turned direction of writing reaches a terminal or a page."""
    wire.get(SEARCH, json=FOUND)
    nasty = "a\x1b[31mb\u202ec\u200bd\x00e\u2066f\U000e0041g\r\nh\ti" + "x" * 10_000
    wire.get(
        CONTEXT, json={"codeSnippets": [{"codeTitle": "one\ntwo\x1b", "codeDescription": nasty, "codeId": "\x1bi"}]}
    )

    (snippet,) = client(tmp_path).find("b", "", "why?")

    assert snippet.text.startswith("a[31mbcdefg\nh\tix")
    assert (snippet.title, snippet.id) == ("one two", "i")
    assert len(snippet.text) == MAX_TEXT


def test_an_endless_answer_is_cut_off(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """Beyond two megabytes nothing is read."""
    wire.get(SEARCH, body=b"[" + b" " * 3_000_000)

    with pytest.raises(DocsError, match="cannot be reached"):
        client(tmp_path).search("b", "why?")


def test_a_redirect_is_not_followed(wire: responses.RequestsMock, tmp_path: Path) -> None:
    """The key goes to the place that was configured, and nowhere else."""
    wire.get(SEARCH, status=302, headers={"Location": "https://elsewhere.test/"})

    with pytest.raises(DocsError, match="answered 302"):
        client(tmp_path).search("b", "why?")


def test_a_file_that_cannot_be_used_is_done_without(
    wire: responses.RequestsMock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, and answers are kept in memory."""
    (tmp_path / "context7.sqlite").write_text("no database at all " * 100, encoding="utf-8")
    wire.get(SEARCH, json=FOUND)
    asker = client(tmp_path)

    assert asker.search("b", "why?") == asker.search("b", "why?")
    assert len(wire.calls) == 1
    assert "documentation is not kept on disk (DatabaseError)" in caplog.text


def test_the_stand_in_has_one_version_of_each_library(tmp_path: Path) -> None:
    """As Context7 has: under the library's id and its version."""
    with serving(FakeContext7()) as url:
        (library,) = client(tmp_path, url=url).search("tenacity", "wait")
        snippets = client(tmp_path, url=url).find("tenacity", library.versions[0], "wait between retries")

    assert snippets[0].source == f"context7:{library.id}/{library.versions[0]}"
    assert snippets[0].version == library.versions[0]
