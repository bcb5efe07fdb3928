"""Finding: a waste, a bottleneck, a regression or a coming breach, named only when the numbers carry it.

Each check looks at one primitive and answers either a :class:`Finding` or :class:`Clear` with the reason, so that
"why is nothing suggested?" always has an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .causes import rank_causes
from .checks import CHECKS
from .checks.coming import coming
from .detector import Detector
from .diagnosis import Clear, Diagnosis, Finding
from .forecast import Forecast
from .limits import Limits
from .patient import Check, Pasts, Patient
from .signal import Signal, Subject

__all__ = ["CHECKS", "Check", "Clear", "Detector", "Diagnosis", "Finding", "Limits", "find", "rank_causes"]


def find(
    signals: Iterable[Signal],
    limits: Limits | None = None,
    pasts: Pasts | None = None,
    forecasts: Iterable[Forecast] = (),
) -> Diagnosis:
    """Run every check on every primitive that has signals.

    ``pasts`` is what regressions are told by: without it there are none. Of ``forecasts`` those that break a limit are
    findings, where nothing is wrong yet: what is, will not get well by being foretold.
    """
    told = tuple(forecasts)
    answers = [
        check.answer(patient)
        for patient in _patients(signals, limits or Limits(), pasts)
        for check in CHECKS
        if check.applies(patient)
    ]
    findings = [answer for answer in answers if isinstance(answer, Finding)]
    troubled = {finding.subject for finding in findings}
    findings += [ahead for one in told if one.subject not in troubled and (ahead := coming(one))]
    return Diagnosis(ordered(findings), tuple(answer for answer in answers if isinstance(answer, Clear)), told)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By score, ties by name."""
    return tuple(sorted(findings, key=lambda finding: (-finding.score, finding.name, finding.subject)))


def for_part(limits: Limits, share: float) -> Limits:
    """The limits for so large a part of a window, 0..1: as much fewer observations, which need not be as sure."""
    least = max(1, int(limits.min_calls * share))
    return replace(limits, min_calls=least, min_confidence=0.5, sigmas=limits.sigmas * share)


def _patients(signals: Iterable[Signal], limits: Limits, pasts: Pasts | None) -> list[Patient]:
    by_subject: dict[Subject, dict[str, Signal]] = {}
    for signal in signals:
        by_subject.setdefault(signal.subject, {})[signal.measure] = signal
    return [Patient(subject, by_subject[subject], limits, pasts) for subject in sorted(by_subject)]
