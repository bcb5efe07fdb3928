"""A router: the cheap route where it will do, the default route where it will not."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from contextvars import Token
from typing import Any

from ai_runtime_intelligent.contract.kinds import RouteReason
from ai_runtime_intelligent.contract.metrics import ROUTER_DECISIONS, ROUTER_SCORE

from .base import Primitive
from .calls import as_call
from .definition import LabelSet
from .route import Route, current_route

Score = Callable[[Any], float | Awaitable[float]]


class RouterPrimitive(Primitive):
    """Sends an input on one of several routes, by a score from 0 (the cheap route will do) to 1 (it will not).

    A score at or above the tunable ``<name>.threshold`` takes ``default``, one below it takes ``cheap``. Without
    ``score``, or when it gives NaN, ``default`` is taken. ``models`` names the model of each route: what a call would
    have cost on the default route is counted beside what it did cost.
    """

    kind = "router"

    def __init__(
        self,
        name: str,
        routes: Mapping[str, Any],
        *,
        default: str = "premium",
        score: Score | None = None,
        threshold: float = 0.5,
        cheap: str = "fast",
        models: Mapping[str, str] | None = None,
    ) -> None:
        """Raises ValueError when ``default``, ``cheap`` or a key of ``models`` is not a route."""
        models = dict(models or {})
        _check(routes, {default, *models} | ({cheap} if score else set()))
        known = _known(default, cheap) if score else [(ROUTER_DECISIONS, (default, "default"))]
        super().__init__(name, details={"routes": models, "default": default, "cheap": cheap}, known=known)
        self._calls = {route: as_call(target) for route, target in routes.items()}
        self._contexts = {route: Route(name, route, models.get(default)) for route in routes}
        self._default, self._cheap, self._score = default, cheap, score
        self.threshold = self._tunable(
            "threshold", threshold, (0.0, 1.0), unit="1", about="Score from which the default route is taken."
        )

    async def _run(self, value: Any, context: Any) -> Any:
        route, reason = await self._decide(value)
        self._count(ROUTER_DECISIONS, route, reason)
        token = current_route.set(self._contexts[route])
        try:
            return await self._calls[route](value, context)
        finally:
            _leave(token)

    async def _decide(self, value: Any) -> tuple[str, RouteReason]:
        if self._score is None:
            return self._default, "default"
        scored = self._score(value)
        score = float(await scored if inspect.isawaitable(scored) else scored)
        if math.isnan(score):
            return self._default, "default"
        self._observe(ROUTER_SCORE, score)
        threshold = self.threshold.get()
        self.threshold.weigh(lambda value: score >= value)
        if score >= threshold:
            return self._default, "score_above_threshold"
        return self._cheap, "score_below_threshold"


def _leave(token: Token[Route]) -> None:
    # A coroutine closed by the garbage collector ends in another context than it began in.
    with suppress(ValueError):
        current_route.reset(token)


def _check(routes: Mapping[str, Any], named: set[str]) -> None:
    missing = sorted(named - set(routes))
    if missing:
        raise ValueError(f"no such route: {', '.join(missing)}; routes are {', '.join(routes) or 'none'}")


def _known(default: str, cheap: str) -> list[LabelSet]:
    return [
        (ROUTER_DECISIONS, (default, "score_above_threshold")),
        (ROUTER_DECISIONS, (cheap, "score_below_threshold")),
    ]
