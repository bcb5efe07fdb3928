"""Lets a model word suggestions, one by one, within a time limit for all; without it the rule's words stand."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.ports import Offer

from .answer import Answer
from .asker import Asker
from .checks import Judge
from .errors import NoAnswerError, RefusedError
from .prompt import prompt_for

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LlmEditor:
    """Words suggestions: ``asker`` asks, ``judge`` says what may be taken."""

    asker: Asker
    judge: Judge

    def edit(self, offers: Sequence[Offer]) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
        """The suggestions in better words, as far as there are such, and what was missing."""
        until, suggestions, missing = self.asker.until(), [], []
        for offer in offers:
            if offer.suggestion.step is None:  # what a patch does is said by the rule that made it
                suggestions.append(offer.suggestion)
                continue
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
        return self.asker.ready()

    def _told(self, offer: Offer, why: str) -> str:
        told = f"{offer.suggestion.title}: in the rule's own words, for {self.asker.author} did not word it: {why}"
        _log.info("%s", told)
        return told

    def _edit(self, offer: Offer, until: float) -> Suggestion:
        prompt, author = prompt_for(offer, self.judge.redact), self.asker.author
        return self.asker.ask(prompt, until, Answer, lambda answer: self.judge.accept(answer, prompt, offer, author))
