"""A stand-in for Context7's HTTP API: search, context as JSON or text, its errors and its quota."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable
from typing import Final

import click
from aiohttp import web

from .replies import count_tokens
from .serving import run_app
from .snippets import LIBRARIES, Library, Snippet

KEY_PREFIX: Final = "ctx7sk"
QUOTA_SECONDS: Final = 60.0

_MOST_SNIPPETS: Final = 5
_WORD: Final = re.compile(r"[a-z0-9]+")
_RULE: Final = "\n--------------------------------\n"


class FakeContext7:
    """The server's state: its seeded latency and each caller's quota.

    ``quota`` is how many requests a caller may make in 60 s; ``clock`` gives seconds and is replaced in tests.
    """

    def __init__(self, seed: int = 7, *, quota: int = 600, clock: Callable[[], float] = time.monotonic) -> None:
        self._quota, self._clock = quota, clock
        self._rng = random.Random(f"{seed}-context7")
        self._used: dict[str, tuple[float, int]] = {}

    def app(self) -> web.Application:
        """The aiohttp application; its base URL ends in ``/api``."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes([web.get("/api/v2/libs/search", search), web.get("/api/v2/context", context)])
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Callable[[web.Request], object]) -> web.StreamResponse:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key and not key.startswith(KEY_PREFIX):
            return _error(401, f"Invalid API key. API keys start with '{KEY_PREFIX}'.")
        if (wait := self._over_quota(key)) > 0:
            response = _error(429, "Rate limited due to too many requests. Please try again later.")
            response.headers["Retry-After"] = str(int(wait) + 1)
            return response
        await asyncio.sleep(self._rng.uniform(0.03, 0.08))
        try:
            return await handler(request)  # type: ignore[misc, no-any-return]
        except web.HTTPNotFound:
            return _error(404, f"There is nothing at {request.path}.")

    def _over_quota(self, key: str) -> float:
        """Seconds until this caller may ask again; 0 when it may now. Counts the request."""
        now = self._clock()
        since, used = self._used.get(key, (now, 0))
        if now - since >= QUOTA_SECONDS:
            since, used = now, 0
        self._used[key] = (since, used + 1)
        return since + QUOTA_SECONDS - now if used >= self._quota else 0.0


async def search(request: web.Request) -> web.Response:
    """``GET /api/v2/libs/search?query=&libraryName=``: libraries by name, best first."""
    name = request.query.get("libraryName", "").strip().lower()
    if not name or not request.query.get("query", "").strip():
        return _error(400, "The parameters 'libraryName' and 'query' are required.")
    matches = [library for library in LIBRARIES if any(known in name or name in known for known in library.names)]
    matches.sort(key=lambda library: name not in library.names)
    return web.json_response({"results": [_result(library) for library in matches]})


async def context(request: web.Request) -> web.Response:
    """``GET /api/v2/context?query=&libraryId=&type=json|txt``: documentation that fits, text by default."""
    library_id, query = request.query.get("libraryId", "").strip(), request.query.get("query", "").strip()
    if not library_id or not query:
        return _error(400, "The parameters 'libraryId' and 'query' are required.")
    library = next((library for library in LIBRARIES if library_id in {library.id, versioned(library)}), None)
    if library is None:
        return _error(404, f"Library '{library_id}' not found. Search for its id first.")
    found = _best(library, query)
    if request.query.get("type", "txt") == "json":
        return web.json_response(
            {"codeSnippets": [_code(library, one) for one in found], "infoSnippets": [_info(library, found[0])]}
        )
    return web.Response(text=_RULE.join(_text(library, one) for one in found))


def versioned(library: Library) -> str:
    """The id of the documentation of the library's one version."""
    return f"{library.id}/{library.version}"


def _best(library: Library, query: str) -> list[Snippet]:
    asked = set(_WORD.findall(query.lower()))

    def overlap(snippet: Snippet) -> int:
        title, text = (set(_WORD.findall(part.lower())) for part in (snippet.title, snippet.text))
        return 3 * len(asked & title) + len(asked & text)

    return sorted(library.snippets, key=overlap, reverse=True)[:_MOST_SNIPPETS]


def _result(library: Library) -> dict[str, object]:
    tokens = sum(count_tokens(one.text) + count_tokens(one.code) for one in library.snippets)
    return {
        "id": library.id,
        "title": library.title,
        "description": library.description,
        "branch": "main",
        "lastUpdateDate": "2026-08-01T00:00:00.000Z",
        "state": "finalized",
        "totalTokens": tokens,
        "totalSnippets": len(library.snippets),
        "stars": -1,
        "trustScore": 9,
        "benchmarkScore": 80,
        "versions": [library.version],
    }


def _code(library: Library, snippet: Snippet) -> dict[str, object]:
    return {
        "codeTitle": snippet.title,
        "codeDescription": snippet.text,
        "codeLanguage": "python",
        "codeTokens": count_tokens(snippet.code),
        "codeId": library.site + snippet.anchor,
        "pageTitle": library.title,
        "codeList": [{"language": "python", "code": snippet.code}],
    }


def _info(library: Library, snippet: Snippet) -> dict[str, object]:
    return {
        "content": snippet.text,
        "breadcrumb": f"{library.title} > {snippet.title}",
        "pageId": library.site,
        "contentTokens": count_tokens(snippet.text),
    }


def _text(library: Library, snippet: Snippet) -> str:
    source = library.site + snippet.anchor
    return f"### {snippet.title}\n\nSource: {source}\n\n{snippet.text}\n\n```python\n{snippet.code}\n```\n"


def _error(status: int, message: str) -> web.Response:
    return web.Response(text=json.dumps({"message": message}), status=status, content_type="application/json")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True)
@click.option("--seed", type=int, default=7, show_default=True)
def main(host: str, port: int, seed: int) -> None:
    """Serve the stand-in for Context7 until SIGINT or SIGTERM."""
    run_app(FakeContext7(seed).app(), host, port)


if __name__ == "__main__":
    main()
