"""The stand-in for Context7."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from airuntime_demo.fake_context7 import QUOTA_SECONDS, FakeContext7
from airuntime_demo.snippets import LIBRARIES

Answer = tuple[int, dict[str, str], Any]


def get(fake: FakeContext7, *paths: str, key: str | None = None) -> list[Answer]:
    """Ask each path in turn: status, headers, and the body as JSON or text."""

    async def run() -> list[Answer]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with TestServer(fake.app()) as server, ClientSession(headers=headers) as client:
            answers: list[Answer] = []
            for path in paths:
                async with client.get(server.make_url("/api/v2" + path)) as answer:
                    body = await (answer.json() if answer.content_type == "application/json" else answer.text())
                    answers.append((answer.status, dict(answer.headers), body))
            return answers

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "library_id"),
    [
        ("openai", "/openai/openai-python"),
        ("tenacity", "/jd/tenacity"),
        ("cachetools", "/tkem/cachetools"),
        ("asyncio", "/python/cpython"),
    ],
)
def test_search_finds_the_libraries_that_the_assistant_uses(name: str, library_id: str) -> None:
    """The first result is the library asked for, with every field that Context7 gives."""
    [(status, _, body)] = get(FakeContext7(), f"/libs/search?libraryName={name}&query=x")
    fields = "id title description branch lastUpdateDate state totalTokens totalSnippets stars trustScore"

    assert status == 200
    assert body["results"][0]["id"] == library_id
    assert {*fields.split(), "benchmarkScore", "versions"} == set(body["results"][0])


def test_an_unknown_library_is_no_result() -> None:
    """A search without a match answers 200 and an empty list."""
    [(status, _, body)] = get(FakeContext7(), "/libs/search?libraryName=nobody-wrote-this&query=x")

    assert (status, body) == (200, {"results": []})


@pytest.mark.parametrize(
    ("library_id", "question", "word"),
    [
        ("/tkem/cachetools", "time to live of a TTL cache", "TTLCache"),
        ("/jd/tenacity", "wait exponentially with jitter between retries", "exponential"),
        ("/openai/openai-python", "which model should answer simple requests", "gpt-4o-mini"),
        ("/python/cpython", "run awaitables concurrently", "gather"),
    ],
)
def test_context_answers_the_question_first(library_id: str, question: str, word: str) -> None:
    """The first code snippet is the one that fits the question best, in Context7's fields."""
    [(_, _, body)] = get(FakeContext7(), f"/context?libraryId={library_id}&query={question}&type=json")
    first = body["codeSnippets"][0]

    assert word in first["codeList"][0]["code"]
    assert {"codeTitle", "codeDescription", "codeLanguage", "codeList", "codeId", "codeTokens", "pageTitle"} == set(
        first
    )
    assert {"content", "breadcrumb", "pageId", "contentTokens"} == set(body["infoSnippets"][0])


def test_context_is_text_by_default() -> None:
    """Without a type the answer is text with every snippet's title."""
    [(_, headers, body)] = get(FakeContext7(), "/context?libraryId=/jd/tenacity&query=stop")
    tenacity = next(library for library in LIBRARIES if library.id == "/jd/tenacity")

    assert headers["Content-Type"].startswith("text/plain")
    assert all(snippet.title in body for snippet in tenacity.snippets)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/context?libraryId=/no/library&query=x", 404),
        ("/context?libraryId=/jd/tenacity", 400),
        ("/libs/search?libraryName=openai", 400),
        ("/nothing-here", 404),
    ],
)
def test_wrong_requests_get_a_message(path: str, status: int) -> None:
    """Errors are JSON with a message and nothing else."""
    [(got, _, body)] = get(FakeContext7(), path)

    assert got == status
    assert set(body) == {"message"}


def test_a_key_must_look_like_one() -> None:
    """A key of another form is refused, one of the right form is taken."""
    path = "/libs/search?libraryName=openai&query=x"

    [(refused, _, body)] = get(FakeContext7(), path, key="sk-wrong")
    [(taken, _, _)] = get(FakeContext7(), path, key="ctx7sk-fine")

    assert (refused, taken) == (401, 200)
    assert "API key" in body["message"]


def test_the_quota_ends_and_comes_back() -> None:
    """Past the quota requests are answered 429 with Retry-After, after that time they are served again."""
    now = [0.0]
    fake = FakeContext7(quota=2, clock=lambda: now[0])
    path = "/libs/search?libraryName=openai&query=x"

    before = get(fake, path, path, path)
    now[0] += QUOTA_SECONDS
    after = get(fake, path)

    assert [status for status, _, _ in before] == [200, 200, 429]
    assert int(before[2][1]["Retry-After"]) >= 60
    assert after[0][0] == 200
