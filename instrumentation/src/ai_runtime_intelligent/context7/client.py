"""Documentation from Context7, by its HTTP API.

Only a library's name and a question leave this machine. What comes back is data: capped, made plain, never obeyed.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final, TypeVar

import requests
from pydantic import ValidationError
from requests_cache import CachedSession
from requests_cache.backends.sqlite import SQLiteCache
from requests_cache.models.response import CachedResponse

from ai_runtime_intelligent.flow.evidence import MAX_TEXT, DocSnippet

from .errors import DocsError
from .flights import Flights
from .folder import made
from .forms import Context, Info, Library, Search, Snippet
from .text import line, plain
from .wire import Access, Wire

DEFAULT_URL: Final = "https://context7.com/api"
TTL_SECONDS: Final = 86_400.0
"""How long an answer is kept: documentation changes with releases, not by the hour."""

_log = logging.getLogger(__name__)
_STALE: Final = timedelta(days=30)
"""How old an answer may be that is given because Context7 does not answer."""
_PER_QUESTION: Final = 2
_READY_SECONDS: Final = 300.0
"""How long an answer shows that Context7 is there: health is asked often, and every question counts for the quota."""
_FORMS: Final[dict[str, type[Search | Context]]] = {"v2/libs/search": Search, "v2/context": Context}

Form = TypeVar("Form", Search, Context)


class Context7Client:
    """Searches for a library, then asks its documentation.

    Answers are kept in the file ``cache`` (in memory without one) for ``ttl_seconds``; when Context7 does not answer,
    older ones are given. The same question is sent once, however many threads ask it. ``clock`` gives seconds that only
    grow.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        key: str | None = None,
        *,
        cache: Path | None = None,
        ttl_seconds: float = TTL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = Access(url, key)
        self._clock = clock
        self._session = _session(cache, ttl_seconds)
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        wire = Wire(self._access, self._fits, clock)
        self._session.mount("http://", wire)
        self._session.mount("https://", wire)
        self._flights: Flights[bytes] = Flights()
        self._answered_at = -_READY_SECONDS

    def search(self, library: str, question: str) -> tuple[Library, ...]:
        """Libraries of that name, best first. Raises ``DocsError``."""
        return self._get(Search, {"libraryName": library, "query": question}).results

    def context(self, library_id: str, question: str, version: str = "") -> tuple[DocSnippet, ...]:
        """What the library's documentation says to the question, two snippets at most. Raises ``DocsError``."""
        answer = self._get(Context, {"libraryId": library_id, "query": question, "type": "json"})
        found = [_code(library_id, version, one) for one in answer.code_snippets[:_PER_QUESTION]]
        found += [_info(library_id, version, one) for one in answer.info_snippets[: _PER_QUESTION - len(found)]]
        return tuple(one for one in found if one.text)

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question, of ``version`` if it has documentation of its own, else of the latest.

        Raises ``DocsError``.
        """
        libraries = self.search(library, question)
        if not libraries:
            return ()
        own = _own(libraries[0], version)
        name = f"{libraries[0].id}/{own}" if own else libraries[0].id
        return self.context(name, question, version if own else "latest")

    def ready(self) -> str:
        """Where Context7 is asked, if it answered in the last five minutes. Raises ``DocsError``."""
        if self._clock() - self._answered_at > _READY_SECONDS:
            self._send(self._request("v2/libs/search", {"libraryName": "python", "query": "asyncio"}), fresh=True)
        return self._access.url

    def _get(self, form: type[Form], params: dict[str, str]) -> Form:
        path = next(path for path, known in _FORMS.items() if known is form)
        request = self._request(path, params)
        body = self._flights.fly((path, *params.items()), lambda: self._send(request))
        try:
            return form.model_validate_json(body)
        except ValidationError:
            raise DocsError(f"what is kept of Context7 at {self._access.url} cannot be read") from None

    def _request(self, path: str, params: dict[str, str]) -> requests.PreparedRequest:
        request = requests.Request("GET", f"{self._access.url}/{path}", params=params, auth=self._access)
        return self._session.prepare_request(request)

    def _send(self, request: requests.PreparedRequest, *, fresh: bool = False) -> bytes:
        try:
            return bytes(self._session.send(request, force_refresh=fresh, allow_redirects=False).content)
        except DocsError as error:
            kept = None if fresh else self._kept(request)
            if kept is None:
                raise
            _log.info("%s; an older answer is given", error)
            return bytes(kept.content)
        except (OSError, sqlite3.Error) as error:
            raise DocsError(f"what is kept of Context7 cannot be read ({type(error).__name__})") from None

    def _kept(self, request: requests.PreparedRequest) -> CachedResponse | None:
        """The answer that was kept, however old, within a month."""
        found = self._session.cache.get_response(self._session.cache.create_key(request))
        old = -(found.expires_delta or 0) if found is not None else 0
        return found if old < _STALE.total_seconds() else None

    def _fits(self, path_url: str, body: bytes) -> bool:
        form = next(form for path, form in _FORMS.items() if path in path_url.partition("?")[0])
        try:
            form.model_validate_json(body)
        except ValidationError:
            return False
        self._answered_at = self._clock()
        return True


def _session(cache: Path | None, ttl_seconds: float) -> CachedSession:
    """A session that keeps answers in the file, as JSON, without keys; in memory when the file cannot be used."""
    if cache is not None:
        try:
            return _on_disk(cache.with_suffix(".sqlite"), ttl_seconds)
        except (OSError, sqlite3.Error) as error:
            _log.warning("documentation is not kept on disk (%s)", type(error).__name__)
    return CachedSession(backend="memory", expire_after=ttl_seconds)


def _on_disk(file: Path, ttl_seconds: float) -> CachedSession:
    kept = SQLiteCache(str(made(file)), serializer="json", wal=True)
    kept.delete(older_than=_STALE, vacuum=False)
    return CachedSession(backend=kept, expire_after=ttl_seconds)


def _own(library: Library, version: str) -> str:
    """The name under which Context7 has the documentation of that very version; empty when it has not."""
    return next((one for one in library.versions if version and one.removeprefix("v") == version), "")


def _code(library_id: str, version: str, raw: Snippet) -> DocSnippet:
    code = "\n\n".join(one.code for one in raw.code_list)
    address = raw.code_id or f"{library_id}#{raw.code_title}"
    return _snippet(library_id, version, address, raw.code_title, f"{raw.code_description}\n\n{code}")


def _info(library_id: str, version: str, raw: Info) -> DocSnippet:
    return _snippet(library_id, version, raw.page_id or f"{library_id}#{raw.breadcrumb}", raw.breadcrumb, raw.content)


def _snippet(library_id: str, version: str, address: str, title: str, text: str) -> DocSnippet:
    identifier = line(address, 500)
    return DocSnippet(
        source=f"context7:{line(library_id, 300)}",
        id=identifier,
        version=version,
        title=line(title, 200),
        text=plain(text.strip(), MAX_TEXT).strip(),
        url=identifier if identifier.startswith("https://") else "",
    )
