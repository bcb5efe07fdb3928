"""A shop in full trade: beside its cache a router that spends, and numbers that JSON cannot say."""

from __future__ import annotations

import math
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.ports import Series
from rolling.scraped import Scraped

from .backend import Backend
from .fleet import Fleet, FleetWorld
from .world import CACHE, COLD, TTL, WARM

ROUTER: Final = Subject("shop", "routes", "router")
UP: Final = "up"
_TRADE: Final = {"calls_per_second": 8.0, "seconds_mean": 0.4, "self_share": 0.75, "service_usd_per_call": 0.002}
_ROUTES: Final = {
    "calls_per_second": 8.0,
    "seconds_mean": 0.5,
    "seconds_p95": math.nan,
    "self_share": 0.25,
    "error_ratio": 0.0,
}


def _series(value: float, **labels: str) -> Series:
    return Series(labels, ((10_000.0, value),))


def busy() -> FleetWorld:
    """A world that answers the queries of every query type."""
    world = FleetWorld(Scraped())
    world.measures = lambda _: {CACHE: COLD | _TRADE, ROUTER: _ROUTES}
    by, window, everything = ("service", "model", "route"), "60s", promql.EVERYTHING
    fast, best = ({"service": "shop", "model": f"m-{route}", "route": route} for route in ("fast", "premium"))
    world.tell(promql.cost_usd_per_hour(everything, window, by), _series(1.5, **fast), _series(6.0, **best))
    world.tell(promql.baseline_cost_usd_per_hour(everything, window, by), _series(9.0, **fast))
    world.tell(
        promql.routing_decisions_per_second(everything, window),
        _series(6.0, service="shop", primitive="routes", route="premium", reason="score_above_threshold"),
        _series(2.0, service="shop", primitive="routes", route="fast", reason="score_below_threshold"),
    )
    world.tell(promql.cache_entries(everything), _series(40.0, **vars(CACHE)))
    world.tell(promql.tunable_value(everything, ".+[.]ttl_seconds"), _series(2.0, **vars(CACHE), tunable=TTL))
    points = ((9_970.0, 1.0), (9_985.0, math.nan), (10_000.0, math.inf))
    world.tell(UP, Series({"__name__": "up", "job": "shop"}, points))
    return world


def keep(backend: Backend) -> None:
    """Find the cold cache, apply what is suggested, and watch until the change is kept."""
    world = backend.world
    assert isinstance(world, FleetWorld)
    fleet = Fleet(backend, world.scraped)
    fleet.step()
    backend.tick()
    applied_at = backend.clock.at
    backend.move("apply", backend.suggestion())
    warm = {**WARM, **_TRADE, "service_usd_per_call": 0.001}
    world.measures = lambda at: {CACHE: warm if at > applied_at + 5 else COLD | _TRADE, ROUTER: _ROUTES}
    fleet.until("kept")
    fleet.step()
    for _ in range(3):
        backend.tick(10)
