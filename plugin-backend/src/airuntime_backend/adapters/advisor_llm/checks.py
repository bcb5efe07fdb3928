"""The checks of an answer: by the functions that check a rule's advice, and then against the very suggestion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.flow.suggestion import (
    Advice,
    Expected,
    Suggestion,
    SuggestionError,
    Wording,
    propose,
    step_of,
    worded,
)

from airuntime_backend.ports import Offer

from .answer import Answer
from .code import check_code
from .errors import RefusedError
from .patch import patched
from .prompt import Prompt
from .quantities import known, unknown
from .redact import Redactor
from .words import check_language, check_way, check_words

Readable = Callable[[str], str | None]
"""The text of a file of the evidence, by its name there; None when it may not be read."""
_SLACK: Final = 1e-3
_ROUNDING: Final = 0.06
"""A model is shown two digits."""


@dataclass(frozen=True)
class Judge:
    """Judges answers. ``source`` reads the files that a patch may change, ``redact`` knows what a secret looks like."""

    source: Readable
    redact: Redactor

    def accept(self, answer: Answer, prompt: Prompt, offer: Offer, author: str) -> Suggestion:
        """The suggestion in the answer's words. Raises ``RefusedError``."""
        suggestion = offer.suggestion
        cited = _cited(answer, prompt)
        _check_change(answer, offer)
        _check_effect(answer, suggestion)
        _check_text(answer, prompt, suggestion, self.redact)
        self._check_patch(answer, prompt, offer)
        wording = Wording(author, cited, suggestion.claim, 0.5 + answer.rank / 2, answer.patch)
        try:
            return worded(suggestion, answer.title, answer.claim, wording)
        except SuggestionError as error:
            raise RefusedError(str(error)) from None

    def _check_patch(self, answer: Answer, prompt: Prompt, offer: Offer) -> None:
        if not answer.patch.strip():
            return
        if self.redact.holds(answer.patch):
            raise RefusedError("patch: it holds what looks like a secret")
        sources = {name: text for name in prompt.files if (text := self.source(name)) is not None}
        libraries = [one.name for one in offer.case.primitive.libraries]
        for name, (before, after) in patched(answer.patch, sources).items():
            check_code(name, before, after, libraries, self.redact)


def _cited(answer: Answer, prompt: Prompt) -> tuple[str, ...]:
    for name in answer.cites:
        if name not in prompt.cited:
            raise RefusedError(f"cites {name[:40]!r}, which is no evidence that was shown")
    if not any(name.startswith("s") for name in answer.cites):
        raise RefusedError("cites no signal: the claim stands on no number")
    return tuple(dict.fromkeys(prompt.cited[name] for name in answer.cites))


def _check_change(answer: Answer, offer: Offer) -> None:
    """As a rule's advice is checked, with the answer's own numbers; then, whether it is this change."""
    suggestion, change, step = offer.suggestion, answer.change, step_of(offer.suggestion)
    tunables = {one.name: one for one in offer.case.tunables.values()}
    tunable = tunables.get(change.tunable)
    if tunable is None:
        raise RefusedError(f"{change.tunable[:60]!r} is no tunable of {offer.case.primitive.name}")
    effect = answer.effect
    claim = Expected(effect.measure, effect.unit, effect.direction, suggestion.expected.now, effect.low, effect.high)
    advice = Advice(
        rule=suggestion.rule,
        tunable=tunable,
        to=change.to,
        title=answer.title,
        claim=answer.claim,
        expected=claim,
        guardrails=suggestion.guardrails,
        risk=suggestion.risk,
    )
    try:
        propose(suggestion.evidence, advice, 0.0)
    except SuggestionError as error:
        raise RefusedError(str(error)) from None
    if tunable.name != step.tunable.name:
        raise RefusedError(f"is about {tunable.name}, and not about {step.tunable.name}")
    if (change.to > tunable.value) != (step.after > step.before):
        raise RefusedError(f"contradicts the rule: {tunable.name} goes the other way")
    if abs(change.to - step.after) > _SLACK * abs(step.after):
        raise RefusedError(f"chose {change.to:g} for {tunable.name}, where the rule has {step.after:g}")


def _check_effect(answer: Answer, suggestion: Suggestion) -> None:
    effect, claim = answer.effect, suggestion.expected
    for what, told, meant in (
        ("measure", effect.measure, claim.measure),
        ("unit", effect.unit, claim.unit),
        ("direction", effect.direction, claim.direction),
    ):
        if told != meant:
            raise RefusedError(f"{what} of the effect is {told[:60]!r}, where the rule has {meant!r}")
    room = _ROUNDING * max(abs(claim.low), abs(claim.high))
    if effect.low < claim.low - room or effect.high > claim.high + room:
        raise RefusedError(
            f"promises {effect.low:g}..{effect.high:g} of {claim.measure}, where the numbers carry "
            f"{claim.low:.3g}..{claim.high:.3g}"
        )


def _check_text(answer: Answer, prompt: Prompt, suggestion: Suggestion, redact: Redactor) -> None:
    code = "\n".join(one.text for one in suggestion.evidence.code)
    facts = known(suggestion, suggestion.title, suggestion.claim, suggestion.evidence.finding.summary, code)
    for field, text in (("title", answer.title), ("claim", answer.claim)):
        if redact.holds(text):
            raise RefusedError(f"{field} holds what looks like a secret")
        check_words(field, text, prompt.text)
        number = unknown(text, facts)
        if number is not None:
            raise RefusedError(f"{field} says {number[:40]!r}, which nobody measured or decided")
    check_language(answer.claim)
    step = step_of(suggestion)
    check_way(answer.title, up=step.after > step.before)
