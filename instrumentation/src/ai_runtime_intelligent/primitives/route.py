"""The route on which a call runs: what a router tells the model calls below it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Route:
    """The router that decided, the route it took, and the model of its default route, if known."""

    router: str = ""
    route: str = ""
    baseline_model: str | None = None


NO_ROUTE: Final = Route()

current_route: ContextVar[Route] = ContextVar("airuntime_route", default=NO_ROUTE)
