"""Sums: what Prometheus answers to the queries of ``contract.totals``, as the flow takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ai_runtime_intelligent.contract import totals
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.totals import Labels, Totals

from airuntime_backend.ports import Sample

Subjects = dict[tuple[str, str, str], Subject]
"""The subjects of a pass, each made once: what is the same object is found in a mapping without being compared."""


def subject_of(labels: Mapping[str, str], known: Subjects) -> Subject | None:
    """Whom a series is about; None when it is somebody else's metric of the same name."""
    try:
        named = (labels["service"], labels["primitive"], labels["kind"])
    except KeyError:
        return None
    subject = known.get(named)
    if subject is None:
        subject = known[named] = Subject(*named)
    return subject


def by_subject(samples: Iterable[Sample], known: Subjects | None = None) -> dict[Subject, float]:
    """The samples that name a service, a primitive and a kind."""
    known = {} if known is None else known
    found = ((subject_of(one.labels, known), one.value) for one in samples)
    return {subject: value for subject, value in found if subject is not None}


def sums_of(answers: Iterable[Iterable[Sample]], known: Subjects) -> Totals:
    """The sums of several answers, told apart by their names."""
    sums: dict[str, dict[Labels, dict[Subject, float]]] = {name: {} for name in totals.TOTALS}
    for answer in answers:
        for sample in answer:
            labels = sample.labels
            subject, total = subject_of(labels, known), totals.TOTALS.get(labels.get(totals.TOTAL, ""))
            if subject is None or total is None:
                continue
            more = tuple([labels.get(by, "") for by in total.by])
            rows = sums[total.name].get(more)
            if rows is None:
                rows = sums[total.name][more] = {}
            rows[subject] = sample.value
    return Totals(sums)


def named_values(samples: Iterable[Sample], known: Subjects) -> dict[str, dict[Subject, float]]:
    """Measures that came ready from Prometheus, by name."""
    found: dict[str, dict[Subject, float]] = {}
    for sample in samples:
        subject = subject_of(sample.labels, known)
        if subject is not None:
            found.setdefault(sample.labels.get(totals.TOTAL, ""), {})[subject] = sample.value
    return found
