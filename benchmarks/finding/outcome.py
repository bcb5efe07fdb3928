"""What was said of one workload, as plain data: so trials may run in other processes, and be kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Named:
    """A finding, when it was first told, in minutes after the fault began, and whether it names what is planted."""

    primitive: str
    finding: str
    cause: str
    """The primitive where it began, as the finding says: the first of its causes, or its own."""
    minutes: float
    right: bool


@dataclass(frozen=True)
class Outcome:
    """A workload that was looked at for so many hours; ``minutes`` until its fault was found, None when it was not."""

    workload: str
    healthy: bool
    hours: float
    minutes: float | None
    top: str
    """What the best finding named as the cause, when the fault was found."""
    top_right: bool
    named: tuple[Named, ...]
    false_suggestions: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Outcome:
        """The outcome that was written as JSON."""
        return cls(**{**told, "named": tuple(Named(**one) for one in told["named"])})

    def wrong(self) -> list[Named]:
        """The findings that name something else."""
        return [one for one in self.named if not one.right]
