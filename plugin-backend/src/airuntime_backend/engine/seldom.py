"""Seldom: what is called too seldom to be judged over one window, and is suspect, is looked at over a longer one.

Ten calls tell nothing for certain, but they may tell where to look. The longer window is judged by the same limits and
must show what is found in its first half and in its last parts too. It costs queries only where something is suspect.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Diagnosis
from ai_runtime_intelligent.flow.finding import Limits, find
from ai_runtime_intelligent.flow.patient import Pasts
from ai_runtime_intelligent.flow.signal import Signal, Subject

TIMES: Final = 12
"""Windows in the longer one: two hours for ten minutes."""
QUERIES: Final = 4
"""What a look at it asks of Prometheus."""
_FEWEST: Final = 5
"""Observations in the window that make one suspect at all."""
_MOST: Final = 100
"""Services that are looked at over the longer window in one pass."""

Suspects = frozenset[tuple[Subject, str]]
"""Primitives, and what may be wrong with each."""


def suspects(signals: Iterable[Signal], diagnosis: Diagnosis, limits: Limits, pasts: Pasts) -> Suspects:
    """What would be found with so few calls, if so few were enough: there and nowhere else it is worth a look."""
    known = tuple(signals)
    few = {one.subject for one in known if _FEWEST <= one.n < limits.min_calls}
    unknown = {(one.subject, one.name) for one in diagnosis.clear if not one.measured and one.subject in few}
    if not unknown:
        return frozenset()
    rash = replace(limits, min_calls=_FEWEST, min_confidence=0.5, sigmas=limits.sigmas / 2, spreads=limits.spreads / 2)
    found = find((one for one in known if one.subject in few), rash, pasts).findings
    named = {(one.subject, one.name) for one in found} & unknown
    services = sorted({subject.service for subject, _ in named})[:_MOST]
    return frozenset(one for one in named if one[0].service in services)


def for_longer(limits: Limits) -> Limits:
    """The limits for the longer window: it scatters less than the short ones that tell what is usual."""
    return replace(limits, spreads=limits.spreads / 2)


def for_its_parts(limits: Limits) -> Limits:
    """The limits of which its parts have their share: they are judged though seldom calls come unevenly."""
    return replace(for_longer(limits), min_calls=limits.min_calls // 4)


def only(diagnosis: Diagnosis, wanted: Suspects) -> Diagnosis:
    """The findings of the longer window that were suspect in the present one: what is over is none."""
    findings = tuple(one for one in diagnosis.findings if (one.subject, one.name) in wanted)
    return Diagnosis(findings, ())


def joined(diagnosis: Diagnosis, longer: Diagnosis) -> Diagnosis:
    """Both; what was found over the longer window is not told to be unknown any more."""
    found = {(one.subject, one.name) for one in longer.findings}
    clear = (one for one in diagnosis.clear if (one.subject, one.name) not in found)
    return replace(diagnosis, findings=(*diagnosis.findings, *longer.findings), clear=(*clear, *longer.clear))
