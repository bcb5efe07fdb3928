"""Asks a model: what is known already is not asked, what is asked is paid, and one that does not answer gets a rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

from airuntime_backend.errors import UpstreamError

from .answer import Form, Words
from .client import MAX_MADE, Client
from .errors import NoAnswerError, RefusedError, Tokens
from .prompt import Prompt
from .purse import Purse

_REST_SECONDS: Final = 300.0
"""How long a model that did not answer is left alone."""
_LEAST_SECONDS: Final = 0.05

Taken = TypeVar("Taken")


@dataclass
class Asker:
    """One model with its purse. ``seconds`` is what one pass may wait for it, ``timer`` gives seconds."""

    client: Client
    purse: Purse
    seconds: float
    timer: Callable[[], float] = time.monotonic
    _rests_until: float = field(default=float("-inf"), init=False)
    _why: str = field(default="", init=False)

    @property
    def author(self) -> str:
        """Who is asked."""
        return str(self.client.model)

    def until(self) -> float:
        """When a pass that begins now is over."""
        return self.timer() + self.seconds

    def ready(self) -> str:
        """Who is asked, and what is spent of today's budget. Raises ``UpstreamError`` while it does not answer."""
        if self.timer() < self._rests_until:
            raise UpstreamError(f"{self.author}: {self._why}")
        return f"{self.author}, {self.purse.spent():.4f} of {self.purse.usd_per_day:g} USD spent today"

    def ask(self, prompt: Prompt, until: float, form: type[Form], accept: Callable[[Form], Taken]) -> Taken:
        """What ``accept`` makes of the answer; it is asked for only when this very question has none.

        Raises:
            RefusedError: the answer is not of the form, or ``accept`` refuses it.
            NoAnswerError: there is none.
        """
        known = self.purse.before(prompt.key, form)
        if known is not None:
            return accept(known)
        if self.timer() < self._rests_until:
            raise NoAnswerError(f"it is left alone for a while: {self._why}")
        seconds = until - self.timer()
        if seconds < _LEAST_SECONDS:
            raise NoAnswerError(f"no time is left of the {self.seconds:g} s of a pass")
        number = self.purse.set_aside(prompt.key, len(prompt.instructions) + len(prompt.text), MAX_MADE)
        return self._heard(number, prompt, seconds, form, accept)

    def _heard(
        self, number: int, prompt: Prompt, seconds: float, form: type[Form], accept: Callable[[Form], Taken]
    ) -> Taken:
        """Ask, check, and put down what came of it, whatever that is; what is not known is paid as set aside."""
        try:
            reply = self.client.ask(prompt.instructions, prompt.text, seconds, form)
        except RefusedError as error:
            self._put_down(number, prompt, error.tokens, refusal=error.reason)
            raise
        except NoAnswerError as error:
            self._rests_until, self._why = self.timer() + _REST_SECONDS, error.reason
            if error.tokens is not None:
                self._put_down(number, prompt, error.tokens)
            raise
        try:
            taken = accept(reply.answer)
        except RefusedError as error:
            self._put_down(number, prompt, reply.tokens, refusal=error.reason)
            raise
        self._put_down(number, prompt, reply.tokens, reply.answer)
        return taken

    def _put_down(
        self, number: int, prompt: Prompt, tokens: Tokens, answer: Words | None = None, refusal: str = ""
    ) -> None:
        if tokens == Tokens() and (answer is not None or refusal):
            # An answer that says it used nothing: what it had to use is counted.
            tokens = Tokens(len(prompt.text) // 4, MAX_MADE)
        with suppress(NoAnswerError):
            body = answer.model_dump_json() if answer else ""
            self.purse.calls.end(number, self.purse.usd(tokens), body, refusal)
