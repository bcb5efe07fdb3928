"""Query type ``catalog``: every primitive with what it does, where it is, what it calls and uses, and how it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.engine.catalogue import Catalogue, Entry

from .table import Column, concerns, number, table


class Catalog:
    """One row for each primitive that a service told of, called or not; without numbers while there are none."""

    _COLUMNS: Final = (
        Column("service"),
        Column("primitive"),
        Column("kind"),
        Column("doc"),
        Column("place"),
        Column("function"),
        Column("calls"),
        Column("libraries"),
        Column("documentation"),
        Column("tunables"),
        number("calls_per_second", "reqps"),
        number("seconds_mean", "s"),
        number("seconds_p95", "s"),
        number("self_share", "percentunit"),
        number("error_ratio", "percentunit"),
    )

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """The catalogue with the numbers of the span."""
        entries, problems = self._catalogue.read(span.seconds, span.end)
        rows = [_row(one) for one in entries if concerns(spec, one.service, one.primitive.name)]
        frame = table("catalog", self._COLUMNS, rows)
        notices = [{"severity": "warning", "text": problem} for problem in problems]
        return (replace(frame, meta={**frame.meta, "notices": notices}) if notices else frame,)


def _row(entry: Entry) -> tuple[object, ...]:
    primitive = entry.primitive
    numbers = tuple(
        entry.numbers.get(name)
        for name in ("calls_per_second", "seconds_mean", "seconds_p95", "self_share", "error_ratio")
    )
    return (
        entry.service,
        primitive.name,
        primitive.kind,
        primitive.doc,
        place(entry),
        primitive.function,
        ", ".join(primitive.callees),
        ", ".join(f"{one.name} {one.version}" for one in entry.libraries),
        " ".join(one.links[0][1] for one in entry.libraries if one.links),
        ", ".join(f"{one.name} = {one.value:g}{'' if one.unit == '1' else f' {one.unit}'}" for one in entry.tunables),
        *numbers,
    )


def place(entry: Entry) -> str:
    """``file:line``, without the folders of the machine that the service runs on."""
    file = entry.primitive.file.rsplit("/", 1)[-1]
    return f"{file}:{entry.primitive.line}" if file else ""
