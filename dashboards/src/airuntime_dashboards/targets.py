"""A question to our data source, as a panel carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ai_runtime_intelligent.contract import names
from ai_runtime_intelligent.contract.promql import MEASURE, PICKED, Scope

from . import config

SCOPE: Final = Scope(service="${service:regex}", primitive="${primitive:regex}")
"""What the dashboard's variables select, for PromQL."""

CHANGES: Final = "annotations"
"""The type with which Grafana asks for markers; it draws no panel."""

PIPED: Final = {"service": "${service:pipe}", "primitive": "${primitive:pipe}"}
"""What the dashboard's variables select, for our own query types."""


@dataclass(frozen=True)
class Target:
    """One query of one of the contract's types. Raises ValueError for a type that nobody answers."""

    type: str
    fields: Mapping[str, object]
    ref_id: str = "A"

    def __post_init__(self) -> None:
        if self.type not in (*names.QUERY_TYPES, CHANGES):
            raise ValueError(f"unknown query type {self.type!r}; the contract has {', '.join(names.QUERY_TYPES)}")

    def called(self, ref_id: str) -> Target:
        """The same question under another reference."""
        return replace(self, ref_id=ref_id)

    def to_json_data(self) -> dict[str, Any]:
        """The form in which Grafana stores it."""
        return {"refId": self.ref_id, "datasource": dict(config.DATASOURCE), "type": self.type, **self.fields}


def series(expr: str, legend: str, *, distinct: bool = False) -> Target:
    """PromQL of the contract over the time range, a line for each label set.

    With ``distinct`` each has a colour, or a dash, that everybody can tell from the others'.
    """
    asked = {"expr": _raw(expr), "legend": legend, "instant": False, "limit": config.LINES}
    return Target("promql", {**asked, "distinct": True} if distinct else asked)


def latest(expr: str, legend: str) -> Target:
    """PromQL of the contract at the end of the time range, one value for each label set."""
    return Target("promql", {"expr": _raw(expr), "legend": legend, "instant": True})


def by_primitive(measure: str, legend: str, window: str) -> Target:
    """A measure of the contract over the time range, a line for each of the primitives with the greatest values.

    Raises ValueError for a measure by which the backend cannot pick.
    """
    if measure not in PICKED:
        raise ValueError(f"no recording rule picks by {measure!r}; the contract has {', '.join(PICKED)}")
    asked = series(MEASURE[measure].value(SCOPE, window), legend)
    return replace(asked, fields={**asked.fields, "pick": measure, **PIPED})


def rows(query_type: str, limit: int | None = None) -> Target:
    """One of our own query types, for the services and primitives selected; ``limit`` is the most rows."""
    return Target(query_type, PIPED if limit is None else {**PIPED, "limit": limit})


def _raw(expr: str) -> str:
    """Variables between backticks: Grafana escapes a dot with one backslash, which a double-quoted string refuses."""
    for variable in (SCOPE.service, SCOPE.primitive):
        expr = expr.replace(f'"{variable}"', f"`{variable}`")
    return expr
