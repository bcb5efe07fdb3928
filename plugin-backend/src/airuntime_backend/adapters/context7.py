"""Documentation from Context7, by its HTTP API.

Only a library's name and a question leave this machine. What comes back is data: capped, never obeyed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

import requests
from ai_runtime_intelligent.flow.evidence import MAX_TEXT, DocSnippet
from cachetools import TTLCache
from pydantic import SecretStr, ValidationError

from airuntime_backend.errors import UpstreamError

from .context7_forms import Context, Refusal, Search, Snippet
from .urls import shown

DEFAULT_URL: Final = "https://context7.com/api"
_log = logging.getLogger(__name__)
_TIMEOUT: Final = (3.0, 5.0)
_PER_QUESTION: Final = 2
_READY_SECONDS: Final = 300.0
"""How long an answer shows that Context7 is there: health is asked often, and every question counts for the quota."""
_REST_SECONDS: Final = 15.0
"""How long a Context7 that failed is not asked again, unless it says so itself."""
_MAX_REST_SECONDS: Final = 3600.0
_TOO_MANY: Final = 429

Form = TypeVar("Form", Search, Context)


class Context7:
    """Client of Context7: search for the library, then ask its documentation. Answers are kept for an hour."""

    def __init__(
        self, url: str = DEFAULT_URL, key: SecretStr | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url.rstrip("/")
        self._shown = shown(self._url)
        self._key = key.get_secret_value() if key else ""
        self._clock = clock
        self._session = requests.Session()
        self._answers: TTLCache[tuple[str, str, str], tuple[DocSnippet, ...]] = TTLCache(maxsize=512, ttl=3600)
        self._lock = Lock()
        self._answered_at = -_READY_SECONDS
        self._rests: tuple[float, str] = (0.0, "")
        """Until when it is not asked, and why."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question; none, and a line in the log, when Context7 does not answer."""
        key = (library, version, question)
        with self._lock:
            if key in self._answers:
                return self._answers[key]
        try:
            found = self._ask(library, version, question)
        except UpstreamError as error:
            _log.warning("no documentation of %s: %s", library, error)
            return ()
        with self._lock:
            self._answers[key] = found
        return found

    def ready(self) -> str:
        """Where Context7 is asked, if it answered in the last five minutes. Raises ``UpstreamError``."""
        if self._clock() - self._answered_at > _READY_SECONDS:
            self._get(Search, "v2/libs/search", {"libraryName": "python", "query": "asyncio"})
        return self._shown

    def _ask(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        found = self._get(Search, "v2/libs/search", {"libraryName": library, "query": question}).results
        if not found:
            return ()
        library_id = found[0].id
        answer = self._get(Context, "v2/context", {"libraryId": library_id, "query": question, "type": "json"})
        return tuple(_snippet(library_id, version, one) for one in answer.code_snippets[:_PER_QUESTION])

    def _get(self, form: type[Form], path: str, params: dict[str, str]) -> Form:
        until, why = self._rests
        if self._clock() < until:
            raise UpstreamError(f"{why}; it is not asked for {until - self._clock():.0f} s")
        try:
            answer = form.model_validate_json(self._text(path, params))
        except ValidationError:
            # Like an error of the connection below: its words may hold the key, so they are neither told nor chained.
            raise UpstreamError(f"Context7 at {self._shown} answered in another form than its own") from None
        self._answered_at = self._clock()
        return answer

    def _text(self, path: str, params: dict[str, str]) -> bytes:
        headers = {"Authorization": f"Bearer {self._key}".encode()} if self._key else {}
        try:
            response = self._session.get(f"{self._url}/{path}", params=params, headers=headers, timeout=_TIMEOUT)
        except requests.RequestException as error:
            why = f"Context7 at {self._shown} cannot be reached ({type(error).__name__})"
            raise self._rest(why, _REST_SECONDS) from None
        if response.status_code == _TOO_MANY:
            raise self._rest(self._told(response), _retry_after(response))
        if not response.ok:
            raise UpstreamError(self._told(response))
        return response.content

    def _told(self, response: requests.Response) -> str:
        """The refusal in Context7's own words, cut; should they hold the key, without it."""
        try:
            message = Refusal.model_validate_json(response.content).message
        except ValidationError:
            message = "without a reason"
        if self._key:
            message = message.replace(self._key, "***")
        return f"Context7 at {self._shown} answered {response.status_code}: {message[:200]}"

    def _rest(self, why: str, seconds: float) -> UpstreamError:
        self._rests = (self._clock() + seconds, why)
        return UpstreamError(why)


def _retry_after(response: requests.Response) -> float:
    """Seconds to wait as the header says, within an hour; a date is not read."""
    told = response.headers.get("Retry-After", "")
    return min(float(told), _MAX_REST_SECONDS) if told.isdecimal() else _REST_SECONDS


def _snippet(library_id: str, version: str, raw: Snippet) -> DocSnippet:
    code = "\n\n".join(one.code for one in raw.code_list)
    identifier = raw.code_id or f"{library_id}#{raw.code_title}"
    return DocSnippet(
        source=f"context7:{library_id}",
        id=identifier[:500],
        version=version,
        title=raw.code_title[:200],
        text=f"{raw.code_description}\n\n{code}".strip()[:MAX_TEXT],
        url=identifier[:500] if identifier.startswith("https://") else "",
    )


class NoDocs:
    """Stands where no documentation is configured."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:  # noqa: ARG002 - the port's signature
        """Nothing, ever."""
        return ()
