"""Why a rewriting is not safe."""

from __future__ import annotations


class UnsafeError(Exception):
    """The calls may not run together, or nobody can tell: ``reason`` says why, as the end of a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
