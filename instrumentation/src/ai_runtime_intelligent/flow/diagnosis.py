"""Diagnosis: what all checks said, finding by finding, and why the others found nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .forecast import Forecast
from .signal import Signal, Subject


@dataclass(frozen=True)
class Finding:
    """What is wrong with one primitive.

    ``score`` is the share of its work that is wasted, or by how much of itself it got worse, 0..1; ``confidence`` the
    probability, 0..1, that the measured number really is beyond its limit. ``causes`` are the primitives where it
    began, most likely first, when that is not the subject itself. ``remedy`` is what a person may do about it where no
    tunable can: it has no inverse and claims no effect, so it is no suggestion.
    """

    id: str
    subject: Subject
    name: str
    score: float
    confidence: float
    summary: str
    signals: tuple[Signal, ...]
    causes: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True)
class Clear:
    """A check that found nothing, and why; ``measured`` tells a healthy primitive from one that could not be judged."""

    subject: Subject
    name: str
    reason: str
    measured: bool


@dataclass(frozen=True)
class Diagnosis:
    """The answers of all checks on all primitives; findings are ordered by score, ties by name."""

    findings: tuple[Finding, ...]
    clear: tuple[Clear, ...]
    forecasts: tuple[Forecast, ...] = ()

    def why_nothing(self) -> str:
        """Say why there is no finding, check by check; with none at all, that nothing was measured."""
        if not self.clear:
            return "nothing was measured: no primitive reported a call in the window"
        return "; ".join(f"{one.subject.primitive}: {one.reason}" for one in self.clear)

    def lasting(self, parts: Iterable[Diagnosis]) -> Diagnosis:
        """Keep the findings that all these parts of the window show too: what came and went within it is no state.

        A part that could not be judged contradicts nothing.
        """
        healthy = {(one.subject, one.name) for part in parts for one in part.clear if one.measured}
        passing = tuple(
            Clear(one.subject, one.name, f"{one.summary}; but only in a part of the window", measured=False)
            for one in self.findings
            if (one.subject, one.name) in healthy
        )
        lasting = tuple(one for one in self.findings if (one.subject, one.name) not in healthy)
        return replace(self, findings=lasting, clear=(*self.clear, *passing))

    def folded(self, most: int) -> Diagnosis:
        """The same with at most so many reasons; beyond them, those of a check in a service become one."""
        if len(self.clear) <= most:
            return self
        alike: dict[tuple[str, str, bool], list[Clear]] = {}
        for one in self.clear:
            alike.setdefault((one.subject.service, one.name, one.measured), []).append(one)
        return replace(self, clear=tuple(_fold(group) for group in alike.values()))


def _fold(group: list[Clear]) -> Clear:
    first = group[0]
    if len(group) == 1:
        return first
    reason = f"{len(group)} primitives, such as {first.subject.primitive}: {first.reason}"
    return replace(first, subject=replace(first.subject, primitive="*"), reason=reason)
