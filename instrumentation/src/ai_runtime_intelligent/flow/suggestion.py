"""Suggestion: a claim made before acting: what to change, from what to what, and what will come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Final, Literal

from ai_runtime_intelligent.contract.kinds import TunableType

from .evidence import Evidence
from .identity import identify
from .signal import Subject

Direction = Literal["lower", "higher"]
Risk = Literal["low", "medium", "high"]
MAX_TITLE: Final = 120
MAX_CLAIM: Final = 700
"""Characters of words that are not a rule's own."""


class SuggestionError(ValueError):
    """Raised when advice leaves the declared bounds, changes nothing, or claims what nothing could refute."""


@dataclass(frozen=True)
class Tunable:
    """A value that may be changed while the program runs, as its owner declared it."""

    name: str
    primitive: str
    type: TunableType
    value: float
    default: float
    minimum: float
    maximum: float
    unit: str
    description: str

    def check(self, value: float) -> float:
        """Return the value if it may be set.

        Raises:
            SuggestionError: it is not finite, not whole where that is asked, or outside the declared bounds.
        """
        if not isfinite(value) or (self.type == "int" and value != int(value)):
            raise SuggestionError(f"{self.name}: {value!r} is not a finite {self.type}")
        if not self.minimum <= value <= self.maximum:
            raise SuggestionError(f"{self.name}: {value:g} is outside {self.minimum:g}..{self.maximum:g} {self.unit}")
        return value


@dataclass(frozen=True)
class Expected:
    """The claim: the measure will move in this direction, from ``now`` to somewhere in ``low``..``high``."""

    measure: str
    unit: str
    direction: Direction
    now: float
    low: float
    high: float


@dataclass(frozen=True)
class Guardrail:
    """A measure that must not get worse by more than ``max_increase``.

    That is in the measure's own unit, or with ``relative`` a share of the old value's mean: 0.1 = 10 %. ``worse`` is
    the direction of harm: a rise of errors, a fall of quality. To be seen to break it always ends the change;
    ``shown`` is by when it must be shown to hold: before the change is ``kept``, before its share is ``grown``, for
    which less is enough while most calls stay on the old value, or ``never``.
    """

    measure: str
    max_increase: float
    relative: bool = False
    worse: Direction = "higher"
    shown: Literal["kept", "grown", "never"] = "kept"


@dataclass(frozen=True)
class Step:
    """From which value to which a tunable is moved."""

    tunable: Tunable
    before: float
    after: float


@dataclass(frozen=True)
class Advice:
    """What a rule or an advisor proposes; it is worth nothing until :func:`propose` has checked it.

    Without a tunable and a value it is for the code, which a patch then changes. ``subject`` is what is to be changed,
    where that is not what the finding is about: a caller that calls too often.
    """

    rule: str
    tunable: Tunable | None
    to: float | None
    title: str
    claim: str
    expected: Expected
    guardrails: tuple[Guardrail, ...]
    risk: Risk
    subject: Subject | None = None


@dataclass(frozen=True)
class Wording:
    """What somebody who may only word, such as a model, gave to a rule's suggestion beside title and claim.

    ``author`` is who; ``cites`` are the ids of signals and documentation and the files on which the words stand;
    ``of_rule`` the claim in the rule's own words; ``weight``, 0.5..1, how much further down it belongs in the ranking;
    ``patch`` a unified diff of the user's source, for a person to read.
    """

    author: str
    cites: tuple[str, ...]
    of_rule: str
    weight: float = 1.0
    patch: str = ""


@dataclass(frozen=True)
class Diff:
    """A unified diff of the user's source, and who made it: a rule, or the model that worded the suggestion."""

    author: str
    text: str


@dataclass(frozen=True)
class Suggestion:
    """One change worth making, with its evidence and the claim by which it will be judged.

    ``patch`` is a rule's own diff that does the same in the source. Without a tunable it is all that is offered.
    """

    id: str
    subject: Subject
    rule: str
    tunable: Tunable | None
    from_value: float | None
    to_value: float | None
    title: str
    claim: str
    expected: Expected
    guardrails: tuple[Guardrail, ...]
    risk: Risk
    evidence: Evidence
    wording: Wording | None = None
    patch: Diff | None = None

    @property
    def step(self) -> Step | None:
        """The move of a tunable that is on offer; None when only the code can be changed."""
        if self.tunable is None or self.from_value is None or self.to_value is None:
            return None
        return Step(self.tunable, self.from_value, self.to_value)

    @property
    def target(self) -> str:
        """What is changed, by its name: the tunable, or the code of a primitive."""
        return self.tunable.name if self.tunable else f"code of {self.subject.primitive}"

    @property
    def code(self) -> Diff | None:
        """The diff on offer: a rule's, which is made and not guessed, before a model's; None when there is none."""
        if self.patch is not None:
            return self.patch
        if self.wording is not None and self.wording.patch.strip():
            return Diff(self.wording.author, self.wording.patch)
        return None


def propose(evidence: Evidence, advice: Advice, at: float) -> Suggestion:
    """Check advice against the evidence and the declared bounds, and make it a suggestion.

    Args:
        evidence: what supports it.
        advice: what is proposed.
        at: when, in Unix seconds; it tells a suggestion from an earlier one of the same words.

    Raises:
        SuggestionError: the value is out of bounds or changes nothing, or the claim cannot be refuted.
    """
    step, expected = _step(advice), advice.expected
    _refutable(expected)
    subject = advice.subject or evidence.finding.subject
    what = (step.tunable.name, step.before, step.after) if step else ("code", None, None)
    return Suggestion(
        id=identify("suggestion", subject, advice.rule, *what, at),
        subject=subject,
        rule=advice.rule,
        tunable=step.tunable if step else None,
        from_value=step.before if step else None,
        to_value=step.after if step else None,
        title=advice.title,
        claim=advice.claim,
        expected=expected,
        guardrails=advice.guardrails,
        risk=advice.risk,
        evidence=evidence,
    )


def _step(advice: Advice) -> Step | None:
    tunable, to = advice.tunable, advice.to
    if tunable is None and to is None:
        return None
    if tunable is None or to is None:
        raise SuggestionError("a tunable and its value belong together: one of them is missing")
    tunable.check(to)
    if to == tunable.value:
        raise SuggestionError(f"{tunable.name} is {tunable.value:g} {tunable.unit} already")
    return Step(tunable, tunable.value, to)


def step_of(suggestion: Suggestion) -> Step:
    """The move of a tunable that a suggestion offers.

    Raises:
        SuggestionError: it offers a patch of the code alone.
    """
    if suggestion.step is None:
        raise SuggestionError(f"{suggestion.id} changes the {suggestion.target} alone: there is no value to set")
    return suggestion.step


def worded(suggestion: Suggestion, title: str, claim: str, wording: Wording) -> Suggestion:
    """The same suggestion in other words: what is changed, its claim in numbers and its guardrails stay.

    Raises:
        SuggestionError: the words are empty or too long, cite nothing, or the weight would lift it.
    """
    for text, limit in ((title, MAX_TITLE), (claim, MAX_CLAIM)):
        if not text.strip() or len(text) > limit:
            raise SuggestionError(f"words must have 1 to {limit} characters, these have {len(text.strip())}")
    if not wording.cites:
        raise SuggestionError("the words cite no evidence")
    if not 0.5 <= wording.weight <= 1:  # noqa: PLR2004 - the bounds that the docstring of Wording gives
        raise SuggestionError(f"the weight {wording.weight!r} is outside 0.5..1")
    return replace(suggestion, title=title, claim=claim, wording=wording)


def _refutable(expected: Expected) -> None:
    bounds = (expected.now, expected.low, expected.high)
    if not all(isfinite(bound) for bound in bounds) or expected.low > expected.high:
        raise SuggestionError(f"{expected.measure}: {expected.low}..{expected.high} is not an interval")
    better = expected.high < expected.now if expected.direction == "lower" else expected.low > expected.now
    if not better:
        raise SuggestionError(f"{expected.measure}: {expected.low:g}..{expected.high:g} claims no improvement")
