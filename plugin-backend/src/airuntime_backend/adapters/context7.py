"""Documentation from Context7, by its HTTP API.

Only a library's name and a question leave this machine. What comes back is data: capped, never obeyed.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import Any, Final

import requests
from ai_runtime_intelligent.flow.evidence import MAX_TEXT, DocSnippet
from cachetools import TTLCache
from pydantic import SecretStr

from airuntime_backend.errors import UpstreamError

DEFAULT_URL: Final = "https://context7.com/api"
_log = logging.getLogger(__name__)
_TIMEOUT: Final = (3.0, 5.0)
_PER_QUESTION: Final = 2


class Context7:
    """Client of Context7: search for the library, then ask its documentation. Answers are kept for an hour."""

    def __init__(self, url: str = DEFAULT_URL, key: SecretStr | None = None) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        if key is not None:
            self._session.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        self._answers: TTLCache[tuple[str, str, str], tuple[DocSnippet, ...]] = TTLCache(maxsize=512, ttl=3600)
        self._lock = Lock()

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
        """Where Context7 is asked, after it answered. Raises ``UpstreamError``."""
        self._get("v2/libs/search", {"libraryName": "python", "query": "asyncio"})
        return self._url

    def _ask(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        found = self._get("v2/libs/search", {"libraryName": library, "query": question}).get("results") or []
        if not found:
            return ()
        library_id = str(found[0].get("id", ""))
        answer = self._get("v2/context", {"libraryId": library_id, "query": question, "type": "json"})
        snippets = answer.get("codeSnippets") or []
        return tuple(_snippet(library_id, version, one) for one in snippets[:_PER_QUESTION])

    def _get(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        try:
            response = self._session.get(f"{self._url}/{path}", params=params, timeout=_TIMEOUT)
        except requests.RequestException as error:
            raise UpstreamError(f"Context7 at {self._url} cannot be reached ({type(error).__name__})") from error
        try:
            answer = response.json()
        except requests.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise UpstreamError(f"Context7 at {self._url} answered {response.status_code} without JSON")
        if not response.ok:
            raise UpstreamError(f"Context7 answered {response.status_code}: {str(answer.get('message', ''))[:200]}")
        return answer


def _snippet(library_id: str, version: str, raw: dict[str, Any]) -> DocSnippet:
    code = "\n\n".join(str(one.get("code", "")) for one in raw.get("codeList") or [])
    identifier = str(raw.get("codeId", "")) or f"{library_id}#{raw.get('codeTitle', '')}"
    return DocSnippet(
        source=f"context7:{library_id}",
        id=identifier[:500],
        version=version,
        title=str(raw.get("codeTitle", ""))[:200],
        text=f"{raw.get('codeDescription', '')}\n\n{code}".strip()[:MAX_TEXT],
        url=identifier[:500] if identifier.startswith("https://") else "",
    )


class NoDocs:
    """Stands where no documentation is configured."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:  # noqa: ARG002 - the port's signature
        """Nothing, ever."""
        return ()
