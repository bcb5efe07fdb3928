"""What may go wrong when documentation is asked for."""

from __future__ import annotations


class DocsError(Exception):
    """Context7 did not answer, or not as it should: the message says why, without key, user or password."""
