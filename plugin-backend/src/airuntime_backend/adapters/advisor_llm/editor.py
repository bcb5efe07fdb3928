"""Lets a model word suggestions, one by one, within a time limit for all; without it the rule's words stand."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.errors import UpstreamError
from airuntime_backend.ports import Offer

from .answer import Answer
from .checks import Judge
from .client import MAX_MADE, Client
from .errors import NoAnswerError, RefusedError, Tokens
from .prompt import Prompt, prompt_for
from .purse import Purse

_log = logging.getLogger(__name__)
_REST_SECONDS: Final = 300.0
"""How long a model that did not answer is left alone."""
_LEAST_SECONDS: Final = 0.05


@dataclass
class LlmEditor:
    """Words suggestions. ``seconds`` is what one pass may wait for the model, ``timer`` gives seconds."""

    client: Client
    purse: Purse
    judge: Judge
    seconds: float
    timer: Callable[[], float] = time.monotonic
    _rests_until: float = field(default=float("-inf"), init=False)
    _why: str = field(default="", init=False)

    def edit(self, offers: Sequence[Offer]) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
        """The suggestions in better words, as far as there are such, and what was missing."""
        until, suggestions, missing = self.timer() + self.seconds, [], []
        for offer in offers:
            try:
                suggestions.append(self._edit(offer, until))
            except RefusedError as error:
                missing.append(self._told(offer, f"its answer is refused: {error.reason}"))
                suggestions.append(offer.suggestion)
            except NoAnswerError as error:
                missing.append(self._told(offer, error.reason))
                suggestions.append(offer.suggestion)
            except Exception as error:  # noqa: BLE001 - the rules go on, whatever it is; its message may hold secrets
                missing.append(self._told(offer, f"there is no answer ({type(error).__name__})"))
                suggestions.append(offer.suggestion)
        return tuple(suggestions), tuple(missing)

    def ready(self) -> str:
        """Who is asked, and what is spent of today's budget. Raises ``UpstreamError`` while it does not answer."""
        if self.timer() < self._rests_until:
            raise UpstreamError(f"{self.client.model}: {self._why}")
        return f"{self.client.model}, {self.purse.spent():.4f} of {self.purse.usd_per_day:g} USD spent today"

    def _told(self, offer: Offer, why: str) -> str:
        told = f"{offer.suggestion.title}: in the rule's own words, for {self.client.model} did not word it: {why}"
        _log.info("%s", told)
        return told

    def _edit(self, offer: Offer, until: float) -> Suggestion:
        prompt = prompt_for(offer, self.judge.redact)
        known = self.purse.before(prompt.key)
        if known is not None:
            return self.judge.accept(known, prompt, offer, str(self.client.model))
        return self._ask(offer, prompt, until)

    def _ask(self, offer: Offer, prompt: Prompt, until: float) -> Suggestion:
        if self.timer() < self._rests_until:
            raise NoAnswerError(f"it is left alone for a while: {self._why}")
        seconds = until - self.timer()
        if seconds < _LEAST_SECONDS:
            raise NoAnswerError(f"no time is left of the {self.seconds:g} s of a pass")
        number = self.purse.set_aside(prompt.key, len(prompt.instructions) + len(prompt.text), MAX_MADE)
        return self._heard(number, offer, prompt, seconds)

    def _heard(self, number: int, offer: Offer, prompt: Prompt, seconds: float) -> Suggestion:
        """Ask, check, and put down what came of it, whatever that is; what is not known is paid as set aside."""
        try:
            reply = self.client.ask(prompt.instructions, prompt.text, seconds)
        except RefusedError as error:
            self._put_down(number, prompt, error.tokens, refusal=error.reason)
            raise
        except NoAnswerError as error:
            self._rests_until, self._why = self.timer() + _REST_SECONDS, error.reason
            if error.tokens is not None:
                self._put_down(number, prompt, error.tokens)
            raise
        try:
            suggestion = self.judge.accept(reply.answer, prompt, offer, str(self.client.model))
        except RefusedError as error:
            self._put_down(number, prompt, reply.tokens, refusal=error.reason)
            raise
        self._put_down(number, prompt, reply.tokens, reply.answer)
        return suggestion

    def _put_down(
        self, number: int, prompt: Prompt, tokens: Tokens, answer: Answer | None = None, refusal: str = ""
    ) -> None:
        if tokens == Tokens() and (answer is not None or refusal):
            # An answer that says it used nothing: what it had to use is counted.
            tokens = Tokens(len(prompt.text) // 4, MAX_MADE)
        with suppress(NoAnswerError):
            body = answer.model_dump_json() if answer else ""
            self.purse.calls.end(number, self.purse.usd(tokens), body, refusal)
