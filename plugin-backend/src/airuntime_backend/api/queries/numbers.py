"""Numbers with labels: the form of a query's answer that alert rules can reduce and compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ai_runtime_intelligent.flow.signal import Subject

from airuntime_backend.api.frames import Field, Frame


def numbers(name: str, unit: str, at_ms: int, values: Iterable[tuple[Mapping[str, str], float]]) -> tuple[Frame, ...]:
    """One frame for each value: a moment, and the number with its labels."""
    return tuple(
        Frame(name, (Field("time", "time", (at_ms,)), Field(name, "number", (value,), dict(labels), {"unit": unit})))
        for labels, value in values
    )


def labels_of(subject: Subject) -> dict[str, str]:
    """The labels that every metric of a primitive has."""
    return {"service": subject.service, "primitive": subject.primitive, "kind": subject.kind}
