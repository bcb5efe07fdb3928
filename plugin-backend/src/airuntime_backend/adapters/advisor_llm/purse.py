"""The budget of a day, and what was answered before: both in the database, so that a restart forgets neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from airuntime_backend.ports import Clock

from .answer import Form
from .errors import NoAnswerError, RefusedError, Tokens
from .model import Model

_DAY: Final = 86_400.0
_CHARACTERS_PER_TOKEN: Final = 3
"""Fewer than usual, so that what is set aside for a call is enough."""


class Calls(Protocol):
    """Every call of a model, on record."""

    def answered(self, key: str, model: str, refused_since: float) -> tuple[str, str] | None:
        """The answer (JSON) and the refusal, one of them empty, that this question got last; None when it has none.

        Refusals are forgotten that are older than ``refused_since`` (Unix seconds).
        """

    def spent(self, since: float) -> float:
        """USD since then; a call under way counts with what was set aside for it."""

    def begin(self, key: str, model: str, at: float, usd: float, *, since: float, limit: float) -> int | None:
        """Set USD aside for a call that begins, and give its number.

        None, and nothing is set aside, when more than ``limit`` USD would then be spent since ``since``. Looking and
        setting aside are one step: threads and processes that ask at the same time share what is left.
        """

    def end(self, number: int, usd: float, answer: str, refusal: str) -> None:
        """Put down what it cost and what came of it."""


@dataclass(frozen=True)
class Purse:
    """What may be spent in a day (UTC), in USD. ``unpriced`` lets models be asked whose price nobody knows, as free."""

    calls: Calls
    clock: Clock
    model: Model
    usd_per_day: float
    unpriced: bool = False

    def spent(self) -> float:
        """USD of today."""
        return self.calls.spent(self._morning())

    def before(self, key: str, form: type[Form]) -> Form | None:
        """What this very question got before; None when it was never answered.

        Raises:
            RefusedError: it got an answer that was refused, less than a day ago.
        """
        found = self.calls.answered(key, str(self.model), self.clock.now() - _DAY)
        if found is None:
            return None
        answer, refusal = found
        if refusal:
            raise RefusedError(refusal)
        return form.model_validate_json(answer)

    def set_aside(self, key: str, characters: int, made: int) -> int:
        """Set aside what a call may cost at most. Raises ``NoAnswerError`` when that is more than is left."""
        most, now = self.usd(Tokens(-(-characters // _CHARACTERS_PER_TOKEN), made)), self.clock.now()
        number = self.calls.begin(key, str(self.model), now, most, since=self._morning(), limit=self.usd_per_day)
        if number is None:
            left = max(0.0, self.usd_per_day - self.spent())
            raise NoAnswerError(
                f"{left:.4f} of {self.usd_per_day:g} USD are left today, and a call may cost {most:.4f}"
            )
        return number

    def _morning(self) -> float:
        now = self.clock.now()
        return now - now % _DAY

    def usd(self, tokens: Tokens) -> float:
        """What tokens cost. Raises ``NoAnswerError`` when nobody knows and that is not allowed."""
        usd = self.model.usd(tokens)
        if usd is None and not self.unpriced:
            raise NoAnswerError("no price of it is known: AIRUNTIME_LLM_UNPRICED=1 asks it all the same, as if free")
        return usd or 0.0
