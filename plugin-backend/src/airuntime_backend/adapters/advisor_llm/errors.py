"""Why a model's answer is not used.

* RefusedError       there is an answer, and it fails a check
* NoAnswerError      there is none: out of reach, too slow, over the budget
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """What a call used, in tokens; 0 and 0 when the other side did not tell."""

    given: int = 0
    made: int = 0


class RefusedError(Exception):
    """An answer fails a check: the message says which, and quotes no more of it than a name."""

    def __init__(self, reason: str, tokens: Tokens | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tokens = tokens or Tokens()


class NoAnswerError(Exception):
    """There is no answer: the message says why, without what the other side sent. ``tokens`` are None when unknown."""

    def __init__(self, reason: str, tokens: Tokens | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tokens = tokens
