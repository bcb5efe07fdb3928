"""Sums: what Prometheus answers to the queries of ``contract.totals``, as the flow takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ai_runtime_intelligent.contract import totals
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.totals import Labels, Totals

from airuntime_backend.ports import Sample


def subject_of(labels: Mapping[str, str]) -> Subject | None:
    """Whom a series is about; None when it is somebody else's metric of the same name."""
    try:
        return Subject(labels["service"], labels["primitive"], labels["kind"])
    except KeyError:
        return None


def by_subject(samples: Iterable[Sample]) -> dict[Subject, float]:
    """The samples that name a service, a primitive and a kind."""
    found = ((subject_of(one.labels), one.value) for one in samples)
    return {subject: value for subject, value in found if subject is not None}


def sums_of(answers: Iterable[Iterable[Sample]]) -> Totals:
    """The sums of several answers, told apart by their names."""
    sums: dict[str, dict[tuple[Subject, Labels], float]] = {name: {} for name in totals.TOTALS}
    for answer in answers:
        for sample in answer:
            labels = sample.labels
            subject, total = subject_of(labels), totals.TOTALS.get(labels.get(totals.TOTAL, ""))
            if subject is not None and total is not None:
                sums[total.name][subject, tuple(labels.get(by, "") for by in total.by)] = sample.value
    return Totals(sums)


def named_values(samples: Iterable[Sample]) -> dict[str, dict[Subject, float]]:
    """Measures that came ready from Prometheus, by name."""
    found: dict[str, dict[Subject, float]] = {}
    for sample in samples:
        subject = subject_of(sample.labels)
        if subject is not None:
            found.setdefault(sample.labels.get(totals.TOTAL, ""), {})[subject] = sample.value
    return found
