"""Patient: one primitive before the checks, with its signals, its past, and what it takes to be sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist
from typing import Protocol

from .baseline import Past
from .diagnosis import Clear, Finding
from .identity import identify
from .limits import Limits
from .signal import KNOWN, Signal, Subject


class Pasts(Protocol):
    """What is known of earlier windows."""

    def of(self, subject: Subject, measure: str) -> Past:
        """The past of one number."""


@dataclass(frozen=True)
class Patient:
    """The signals of one primitive, by measure."""

    subject: Subject
    signals: Mapping[str, Signal]
    limits: Limits
    pasts: Pasts | None = None

    def past(self, measure: str) -> Past:
        """The measure in earlier windows, as far as it is known."""
        return Past() if self.pasts is None else self.pasts.of(self.subject, measure)

    def value(self, measure: str) -> float:
        """The measured value, NaN where there is none."""
        signal = self.signals.get(measure)
        return float("nan") if signal is None or signal.value is None else signal.value

    def n(self, measure: str) -> int:
        """Observations behind a measure, 0 where there is none."""
        return self.signals[measure].n if measure in self.signals else 0

    def restarted(self) -> bool:
        """Whether its counters began anew in the window."""
        return any(signal.state == "reset" for signal in self.signals.values())

    def seen(self, *measures: str) -> tuple[Signal, ...]:
        """The signals of those measures, those that are missing left out."""
        return tuple(self.signals[measure] for measure in measures if measure in self.signals)

    def unready(self, *measures: str) -> str | None:
        """Why these measures cannot be judged; None if they can."""
        for measure in measures:
            signal = self.signals.get(measure)
            if signal is None or signal.state not in KNOWN:
                return f"{measure} is not measured ({signal.state if signal else 'no_data'})"
            if signal.n < self.limits.min_calls:
                return f"{signal.n} observations of {measure}, {self.limits.min_calls} are needed"
        return None

    def found(self, name: str, score: float, confidence: float, summary: str, *measures: str) -> Finding:
        """Build a finding on the signals of those measures."""
        signals = self.seen(*measures)
        key = identify("finding", self.subject, name, *(signal.id for signal in signals))
        return Finding(key, self.subject, name, min(1.0, max(0.0, score)), confidence, summary, signals)


Judge = Callable[[Patient], Finding | str]


@dataclass(frozen=True)
class Check:
    """One check: which kind of primitive it looks at (None = any), what it must see, and how it judges.

    ``concerns`` names a measure without which the check says nothing at all: what costs nothing has no costs to judge.
    """

    name: str
    kind: str | None
    needs: tuple[str, ...]
    judge: Judge = field(repr=False)
    concerns: str = ""

    def applies(self, patient: Patient) -> bool:
        """Whether there is anything to judge."""
        return self.kind in (None, patient.subject.kind) and (not self.concerns or self.concerns in patient.signals)

    def answer(self, patient: Patient) -> Finding | Clear:
        """What it says of one primitive."""
        unready = patient.unready(*self.needs)
        if unready:
            return Clear(patient.subject, self.name, unready, measured=False)
        judged = self.judge(patient)
        if isinstance(judged, str):
            return Clear(patient.subject, self.name, judged, measured=True)
        if judged.confidence < patient.limits.min_confidence:
            unsure = f"{judged.summary}, but only {judged.confidence:.0%} sure"
            return Clear(patient.subject, self.name, unsure, measured=False)
        return judged


def sure_above(ratio: float, limit: float, n: int) -> float:
    """Probability that a share measured on n observations truly exceeds the limit (normal approximation)."""
    deviation = sqrt(max(ratio * (1 - ratio), 1 / n) / n)
    return NormalDist(0, deviation).cdf(ratio - limit)


def sure_of_mean(value: float, limit: float, n: int) -> float:
    """The same for a mean of numbers that are about as wide as they are large."""
    return NormalDist(0, value / sqrt(n)).cdf(value - limit)
