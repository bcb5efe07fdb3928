"""Ranking: which suggestion is worth most, which say the same, and which say the opposite.

What is expected to be saved is the improvement that is claimed, as a share of the measure's present value, of that
part of its service's time or spend that passes through the primitive. It is multiplied by how sure the finding is
and by how far the rule is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .diagnosis import Finding
from .signal import Subject
from .suggestion import Suggestion

NEW_SCORE: Final = 0.15
"""By how much a finding must score otherwise than it did when it was dismissed, to be another ground."""
NEW_SHARE: Final = 1.5
"""Or how many times as much."""
_MIDDLING: Final = 0.5


def expected_saving(suggestion: Suggestion) -> float:
    """Expected saving, 0..1, as a share of what its service spends or takes."""
    claim = suggestion.expected
    middle = (claim.low + claim.high) / 2
    if claim.direction == "lower":
        gain = 1 - middle / claim.now if claim.now > 0 else 0.0
    else:  # what is raised is a share of 1, such as a hit ratio: of the rest, so much goes
        gain = (middle - claim.now) / (1 - claim.now) if claim.now < 1 else 0.0
    return max(0.0, min(1.0, gain)) * _weight(suggestion)


def _weight(suggestion: Suggestion) -> float:
    shares = [one.value for one in suggestion.evidence.signals if one.measure == "wall_share" and one.value is not None]
    return min(1.0, max(shares)) if shares else _MIDDLING


def rank(suggestion: Suggestion, trust: float) -> float:
    """What it is worth to look at this one first, 0..1."""
    weight = suggestion.wording.weight if suggestion.wording else 1.0
    return expected_saving(suggestion) * suggestion.evidence.finding.confidence * trust * weight


def merged(
    suggestions: Iterable[Suggestion], trust: Mapping[str, float]
) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
    """Keep one suggestion for each tunable, and one for the code of each primitive, the best; best first.

    Returns the suggestions, and for each that was put aside a sentence that says so.
    """
    kept: dict[tuple[Subject, str], Suggestion] = {}
    told = []
    for one in sorted(suggestions, key=lambda each: (-rank(each, trust.get(each.rule, 1.0)), each.id)):
        best = kept.setdefault((one.subject, one.target), one)
        if best is not one:
            told.append(f"{one.title}: put aside, {_relation(best, one)} {best.title!r}, which promises more")
    return tuple(kept.values()), tuple(told)


def _relation(best: Suggestion, other: Suggestion) -> str:
    return "it asks for the same as" if _up(best) == _up(other) else "it contradicts"


def _up(one: Suggestion) -> bool | None:
    return one.step.after > one.step.before if one.step else None


def other_ground(now: Finding, then: Finding) -> bool:
    """Whether the finding that was answered before has grown into another: only then it is worth asking again."""
    return now.score - then.score >= NEW_SCORE or now.score >= NEW_SHARE * max(then.score, 0.01)
