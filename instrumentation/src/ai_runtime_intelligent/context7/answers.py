"""Documentation for a process that has better things to do: Context7 where it is set up, what is installed always."""

from __future__ import annotations

import os

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.flow.evidence import DocSnippet
from ai_runtime_intelligent.quiet import forget, log_once
from ai_runtime_intelligent.runtime import environment

from .client import DEFAULT_URL, Context7Client
from .docs import Docs, Joined
from .errors import DocsError
from .local import LocalDocs

_LOST = "context7:lost"


class Answering:
    """Context7, whose silence is told once and otherwise the same as having nothing to say."""

    def __init__(self, client: Context7Client) -> None:
        self._client = client

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question; none when Context7 does not."""
        try:
            found = self._client.find(library, version, question)
        except DocsError as error:
            log_once(_LOST, "no documentation of %s: %s", library, error)
            return ()
        forget(_LOST)
        return found


def documentation(key: str | None) -> Docs:
    """Who answers questions; without ``key``, and without key and address in the environment, nobody is asked."""
    key = key or os.environ.get(env.CONTEXT7_KEY.name) or None
    url = environment.http_url(env.CONTEXT7_URL)
    local = LocalDocs()
    if key is None and url is None:
        return local
    return Joined((Answering(Context7Client(url or DEFAULT_URL, key)), local))
