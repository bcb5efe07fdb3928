"""Documentation from Context7, as the port asks for it: what Context7 does not answer is told and done without."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.context7.client import DEFAULT_URL, TTL_SECONDS, Context7Client
from ai_runtime_intelligent.context7.errors import DocsError
from ai_runtime_intelligent.flow.evidence import DocSnippet
from pydantic import SecretStr

from airuntime_backend.errors import UpstreamError

_log = logging.getLogger(__name__)
_MOST_MISSING: Final = 20


class Context7:
    """The client of Context7 with the backend's key and its file of answers."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        key: SecretStr | None = None,
        *,
        cache: Path | None = None,
        ttl_seconds: float = TTL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = Context7Client(
            url, key.get_secret_value() if key else None, cache=cache, ttl_seconds=ttl_seconds, clock=clock
        )
        self._missing: dict[str, str] = {}

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question; none, and a line in the log and in ``missing``, when it does not."""
        try:
            return self._client.find(library, version, question)
        except DocsError as error:
            _log.warning("no documentation of %s: %s", library, error)
            if len(self._missing) < _MOST_MISSING:
                self._missing.setdefault(library, f"documentation of {library} from Context7: {error}")
            return ()

    def missing(self) -> tuple[str, ...]:
        """What was not answered since this was last asked, a line for each library."""
        told, self._missing = self._missing, {}
        return tuple(told.values())

    def ready(self) -> str:
        """Where Context7 is asked, if it answered in the last five minutes. Raises ``UpstreamError``."""
        try:
            return self._client.ready()
        except DocsError as error:
            raise UpstreamError(str(error)) from None
