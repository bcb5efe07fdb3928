"""The Context7 client: documentation when there is some, a line in the log when not, and the key nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
import responses
from ai_runtime_intelligent.flow.evidence import MAX_TEXT
from airuntime_backend.adapters.context7 import Context7
from airuntime_backend.errors import UpstreamError
from airuntime_demo.fake_context7 import FakeContext7
from pydantic import SecretStr
from responses.matchers import query_param_matcher
from support.context7 import serving
from support.prometheus import free_port

KEY: Final = "ctx7sk-the-key-itself"
BASE: Final = "https://context7.test/api"
SEARCH: Final = f"{BASE}/v2/libs/search"
CONTEXT: Final = f"{BASE}/v2/context"
LIBRARY: Final = "/tkem/cachetools"
ASKED: Final = ("cachetools", "7.1.0", "How long do entries of a TTLCache live?")


@dataclass
class Clock:
    """Seconds, moved by hand."""

    at: float = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.at


@pytest.fixture
def fake() -> Iterator[str]:
    """The base URL of a stand-in that answers three questions a minute."""
    with serving(FakeContext7(quota=3, clock=lambda: 0.0)) as url:
        yield url


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """What stands in for the network: a request that is not expected fails."""
    with responses.RequestsMock() as wire:
        yield wire


def client(url: str = BASE, key: str | None = None, clock: Clock | None = None) -> Context7:
    """A client at a clock that stands."""
    return Context7(url, SecretStr(key) if key else None, clock=clock or Clock())


def found(wire: responses.RequestsMock, *snippets: Any) -> None:
    """Let the search find the library and its documentation say this."""
    wire.get(SEARCH, json={"results": [{"id": LIBRARY}]})
    wire.get(CONTEXT, json={"codeSnippets": list(snippets)})


def test_a_question_is_answered_with_source_id_and_version(fake: str) -> None:
    """Two snippets at most, each of which can be looked up again; the stand-in documents what the demo uses."""
    snippets = client(fake).find(*ASKED)

    assert len(snippets) == 2
    for snippet in snippets:
        assert (snippet.source, snippet.version) == (f"context7:{LIBRARY}", "latest")
        assert snippet.id == snippet.url
        assert snippet.url.startswith("https://")
        assert snippet.title
        assert snippet.text
    assert any("TTLCache" in snippet.text for snippet in snippets)


def test_a_library_that_is_not_documented_gives_nothing(fake: str, caplog: pytest.LogCaptureFixture) -> None:
    """Which is no trouble."""
    assert client(fake).find("nobody-wrote-this", "1", "why?") == ()
    assert caplog.text == ""


def test_an_answer_is_kept(fake: str) -> None:
    """The same question goes out once: the third of three requests is left for another one."""
    asker = client(fake)

    assert asker.find(*ASKED) == asker.find(*ASKED)
    assert asker.ready() == fake


def test_only_a_librarys_name_and_a_question_are_sent(wire: responses.RequestsMock) -> None:
    """Neither version nor code nor metrics; the key in its header."""
    asked = query_param_matcher({"libraryName": "cachetools", "query": "why?"})
    wire.get(SEARCH, json={"results": [{"id": LIBRARY}, {"id": "/other/one"}]}, match=[asked])
    asked = query_param_matcher({"libraryId": LIBRARY, "query": "why?", "type": "json"})
    wire.get(CONTEXT, json={"codeSnippets": []}, match=[asked])

    assert client(key=KEY).find("cachetools", "7.1.0-secret", "why?") == ()
    sent: list[object] = [call.request.headers["Authorization"] for call in wire.calls]
    assert sent == [f"Bearer {KEY}".encode()] * 2
    assert not any("secret" in str(call.request.url) for call in wire.calls)


def test_without_a_key_none_is_sent(wire: responses.RequestsMock) -> None:
    """Context7 answers a little without."""
    found(wire)

    client().find(*ASKED)

    assert "Authorization" not in wire.calls[0].request.headers


def test_a_wrong_key_is_told_in_context7s_words(fake: str, caplog: pytest.LogCaptureFixture) -> None:
    """401: the key is wrong, and stays unsaid."""
    asker = client(fake, "wrong-key")

    with pytest.raises(UpstreamError) as refused:
        asker.ready()

    assert asker.find(*ASKED) == ()
    told = f"Context7 at {fake} answered 401: Invalid API key. API keys start with 'ctx7sk'."
    assert refused.value.message == told
    assert caplog.messages == [f"no documentation of cachetools: {told}"]
    assert "wrong-key" not in caplog.text


def test_a_missing_page_is_told(fake: str, caplog: pytest.LogCaptureFixture) -> None:
    """404: most likely the base URL is wrong."""
    assert client(f"{fake}/v9").find(*ASKED) == ()

    assert "answered 404: There is nothing at /api/v9/v2/libs/search." in caplog.text


def test_a_library_that_went_away_is_told(wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture) -> None:
    """404 of the documentation after the search found it."""
    wire.get(SEARCH, json={"results": [{"id": LIBRARY}]})
    wire.get(CONTEXT, json={"message": "Library not found."}, status=404)

    assert client().find(*ASKED) == ()
    assert caplog.messages == [f"no documentation of cachetools: Context7 at {BASE} answered 404: Library not found."]


def test_past_the_quota_it_rests_as_long_as_it_is_told(fake: str, caplog: pytest.LogCaptureFixture) -> None:
    """429 with Retry-After: no request goes out before, and kept answers are still given."""
    clock = Clock()
    asker = client(fake, clock=clock)
    kept = asker.find(*ASKED)
    asker.find("tenacity", "9", "How to wait?")
    told = f"Context7 at {fake} answered 429: Rate limited due to too many requests. Please try again later."
    assert caplog.messages == [f"no documentation of tenacity: {told}"]

    clock.at += 60
    assert asker.find("tenacity", "9", "How to wait?") == ()
    assert caplog.messages[1] == f"no documentation of tenacity: {told}; it is not asked for 1 s"
    assert asker.find(*ASKED) == kept


def test_while_it_rests_nothing_is_sent(wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture) -> None:
    """The wait that is left is told; afterwards it is asked again."""
    clock = Clock()
    asker = client(clock=clock)
    wire.get(SEARCH, json={"message": "Slow down."}, status=429, headers={"Retry-After": "90"})
    asker.find(*ASKED)
    clock.at += 30

    assert asker.find(*ASKED) == ()
    assert len(wire.calls) == 1
    assert caplog.messages[1].endswith("answered 429: Slow down.; it is not asked for 60 s")

    clock.at += 60
    wire.replace(responses.GET, SEARCH, json={"results": []})
    assert asker.find(*ASKED) == ()
    assert len(wire.calls) == 2
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("header", "rests"), [(None, 15), ("Wed, 21 Oct 2026 07:28:00 GMT", 15), ("-5", 15), ("1", 1), ("999999", 3600)]
)
def test_a_strange_retry_after_is_bounded(wire: responses.RequestsMock, header: str | None, rests: int) -> None:
    """Never longer than an hour, never shorter than it was told."""
    clock = Clock()
    asker = client(clock=clock)
    wire.get(SEARCH, json={"message": "x"}, status=429, headers={"Retry-After": header} if header else {})
    asker.find(*ASKED)

    clock.at += rests - 0.5
    asker.find(*ASKED)
    asked_early = len(wire.calls)
    clock.at += 1
    asker.find(*ASKED)

    assert (asked_early, len(wire.calls)) == (1, 2)


def test_down_is_told_and_not_tried_for_every_question(caplog: pytest.LogCaptureFixture) -> None:
    """An analysis with many questions waits for one connection only."""
    url = f"http://reader:hunter2@127.0.0.1:{free_port()}/api"
    asker = client(url)

    assert asker.find(*ASKED) == asker.find("tenacity", "9", "How to wait?") == ()

    shown = url.replace("reader:hunter2@", "")
    told = f"Context7 at {shown} cannot be reached (ConnectionError)"
    assert caplog.messages == [
        f"no documentation of cachetools: {told}",
        f"no documentation of tenacity: {told}; it is not asked for 15 s",
    ]


HOSTILE: Final = (
    b"<html>sign in</html>",
    b"{oops",
    b"[]",
    b'{"results": "x"}',
    b'{"results": ["x"]}',
    b'{"results": [{"id": 7}]}',
    b'{"results": [{"id": ""}]}',
    b'{"results": [{}]}',
    b'{"results": [{"id": "\\ud800"}]}',
    b"[" * 100_000,
    b"\xff",
)


@pytest.mark.parametrize("body", HOSTILE)
def test_an_answer_in_another_form_is_told(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    """Whatever comes, the analysis goes on without documentation."""
    wire.get(SEARCH, body=body)

    assert client().find(*ASKED) == ()
    assert caplog.messages == [
        f"no documentation of cachetools: Context7 at {BASE} answered in another form than its own"
    ]


@pytest.mark.parametrize("body", [b'{"codeSnippets": [7]}', b'{"codeSnippets": [{"codeList": "x"}]}', b"text"])
def test_documentation_in_another_form_is_told(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    """Also where the search was well formed."""
    wire.get(SEARCH, json={"results": [{"id": LIBRARY}]})
    wire.get(CONTEXT, body=body)

    assert client().find(*ASKED) == ()
    assert "answered in another form than its own" in caplog.text


def test_what_is_missing_is_empty(wire: responses.RequestsMock) -> None:
    """Null and absent fields are no words: never "None"."""
    found(wire, {"codeTitle": None, "codeDescription": "Lives.", "codeList": None, "codeId": None})

    (snippet,) = client().find(*ASKED)

    assert (snippet.title, snippet.text, snippet.url) == ("", "Lives.", "")
    assert snippet.id == f"{LIBRARY}#"


def test_fetched_text_is_capped_and_its_address_is_https_or_none(wire: responses.RequestsMock) -> None:
    """A page that is too long, or that points to a script, is cut down to data."""
    long = "x" * 100_000
    found(
        wire,
        {"codeTitle": long, "codeDescription": long, "codeId": "javascript:alert(1)", "codeList": [{"code": long}]},
    )

    (snippet,) = client().find(*ASKED)

    assert len(snippet.text) == MAX_TEXT
    assert len(snippet.title) == 200
    assert (snippet.url, snippet.id) == ("", "javascript:alert(1)")


@pytest.mark.parametrize("status", [200, 401, 429, 500])
def test_the_key_is_never_told_not_even_when_context7_repeats_it(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    """Not in the log, not in the error, and not in what a debugger prints of the client."""
    wire.get(SEARCH, json={"message": f"the key {KEY} is not known", "results": KEY}, status=status)
    asker = client(key=KEY)

    with caplog.at_level(logging.DEBUG), pytest.raises(UpstreamError) as refused:
        asker.ready()
    asker.find(*ASKED)

    assert KEY not in caplog.text
    assert KEY not in str(refused.value)
    assert KEY not in repr(refused.value.__cause__)
    assert KEY not in repr(asker)


def test_a_key_that_no_header_can_carry_is_not_told_either(caplog: pytest.LogCaptureFixture) -> None:
    """A line break at its end is a common slip."""
    with pytest.raises(UpstreamError) as refused:
        client(key=f"{KEY}\n").ready()

    assert refused.value.message == f"Context7 at {BASE} cannot be reached (InvalidHeader)"
    assert refused.value.__cause__ is None
    assert KEY not in caplog.text


def test_health_does_not_use_up_the_quota(fake: str) -> None:
    """Asked often, it goes out once in five minutes."""
    clock = Clock()
    asker = client(fake, clock=clock)

    assert [asker.ready() for _ in range(20)] == [fake] * 20
    clock.at += 301
    assert asker.ready() == fake
