"""A fetch of a cache: what it cost, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ai_runtime_intelligent.apm.joined import Joined


@dataclass(frozen=True)
class Fetch:
    """When it began, by the cache's clock, and what the execution that fetches had cost until then."""

    began: float
    spent: float

    @classmethod
    def begin(cls, now: float, joined: Joined | None) -> Fetch:
        """A fetch that begins now."""
        return cls(now, _cost(joined))

    def usd(self, joined: Joined | None) -> float:
        """What it has cost."""
        return max(0.0, _cost(joined) - self.spent)


def _cost(joined: Joined | None) -> float:
    return joined.cost if joined is not None else 0.0
