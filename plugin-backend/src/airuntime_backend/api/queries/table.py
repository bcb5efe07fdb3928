"""Tables: rows of one frozen shape to a frame, with units and names in each column's config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ai_runtime_intelligent.contract import promql

from airuntime_backend.api.frames import Field, FieldType, Frame
from airuntime_backend.api.query import QuerySpec

_ALL: Final = frozenset({"", ".*", "$__all"})


@dataclass(frozen=True)
class Column:
    """One column: its public name, its type, and Grafana's field config (unit, display name)."""

    name: str
    type: FieldType = "string"
    config: Mapping[str, object] = field(default_factory=dict)


def number(name: str, unit: str = "") -> Column:
    """A column of numbers in a Grafana unit."""
    return Column(name, "number", {"unit": unit} if unit else {})


def table(name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Frame:
    """A frame of those rows, each as long as ``columns``."""
    held = list(rows)
    fields = tuple(
        Field(column.name, column.type, tuple(row[index] for row in held), config=column.config)
        for index, column in enumerate(columns)
    )
    return Frame(name, fields, {"preferredVisualisationType": "table"})


def wanted(names: str, name: str) -> bool:
    """Whether a name is among ``a|b``; empty and ``.*`` mean every name."""
    return names in _ALL or name in names.strip("()").split("|")


def scope_of(spec: QuerySpec) -> promql.Scope:
    """What the query asks about, for PromQL."""
    return promql.Scope(_pattern(spec.service), _pattern(spec.primitive))


def _pattern(names: str) -> str:
    return ".*" if names in _ALL else promql.any_of(names.strip("()").split("|"))


def concerns(spec: QuerySpec, service: str, primitive: str) -> bool:
    """Whether a row of that service and primitive is asked for."""
    return wanted(spec.service, service) and wanted(spec.primitive, primitive)
