"""The workloads: faults of every kind, and healthy ones of every kind that looks like trouble and is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from .service import Numbers, Plan, Times, Value, at

HOUR: Final = 3600.0
FAULT_AT: Final = 10 * HOUR
CREEPING_AT: Final = FAULT_AT - 4 * HOUR
"""When faults begin, in seconds of the day that is looked at. Earlier days are negative times, and healthy."""


@dataclass(frozen=True)
class Workload:
    """One service's plan, and for a fault what it is: the primitive, and the findings that name it."""

    name: str
    plan: Plan
    primitive: str = ""
    findings: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    """What the same fault makes true elsewhere: a retry storms because models fail."""
    since: float = FAULT_AT
    """When the fault begins, in seconds of the day that is looked at."""
    origins: tuple[str, ...] = ()
    """The primitives in which it truly begins."""

    @property
    def healthy(self) -> bool:
        """Whether nothing is planted."""
        return not self.findings


def _from(before: Value, after: float, since: float = FAULT_AT) -> Callable[[Times], Numbers]:
    """One number, and another since the fault."""
    return lambda times: np.where(times >= since, after, at(before, times))


def times_since(usual: Value, factor: float) -> Callable[[Times], Numbers]:
    """So many times the usual number since the fault."""
    return lambda times: at(usual, times) * np.where(times >= FAULT_AT, factor, 1.0)


def daily(mean: float, share: float, peak_hour: float = 14.0) -> Callable[[Times], Numbers]:
    """A day's swing: ``share`` above the mean at the peak, as much below it twelve hours away."""
    return lambda times: mean * (1 + share * np.cos(2 * np.pi * (times / HOUR - peak_hour) / 24))


def _plan(rng: np.random.Generator) -> Plan:
    """A healthy service: of any size, with a day's swing, with seconds and hit rates of its own."""
    plan = Plan(int(rng.integers(1 << 31)))
    plan.calls_per_minute = daily(float(rng.uniform(30, 120)), float(rng.uniform(0.1, 0.5)))
    plan.pace = float(rng.uniform(0.6, 1.6))
    plan.hit = float(rng.uniform(0.4, 0.75))
    plan.spread = float(rng.uniform(0.4, 1.0))
    return plan


Change = Callable[[Plan, np.random.Generator], str | None]
"""Plants it; returns the primitive where it is drawn as well."""


def _cold_cache(plan: Plan, rng: np.random.Generator) -> None:
    plan.hit, plan.expired = _from(plan.hit, 0.15), _from(plan.expired, float(rng.uniform(0.4, 0.75)))


def _thrashing_cache(plan: Plan, rng: np.random.Generator) -> None:
    plan.hit, plan.thrown = _from(plan.hit, 0.25), _from(plan.thrown, float(rng.uniform(0.4, 0.7)))


def _useless_cache(plan: Plan, rng: np.random.Generator) -> None:
    plan.hit, plan.expired, plan.coalesced = _from(plan.hit, float(rng.uniform(0, 0.006))), _from(0.05, 0.002), 0.0


def _duplicated(plan: Plan, rng: np.random.Generator) -> None:
    plan.hit, plan.coalesced = _from(plan.hit, 0.75), _from(plan.coalesced, float(rng.uniform(0.45, 0.65)))


def _premium(plan: Plan, rng: np.random.Generator) -> None:
    plan.premium, plan.easy = _from(plan.premium, 0.99), float(rng.uniform(0.45, 0.8))


def _retry_storm(plan: Plan, rng: np.random.Generator) -> None:
    plan.attempts = 8
    share = float(rng.uniform(0.4, 0.6))
    plan.errors |= {"premium_model": _from(0.01, share), "fast_model": _from(0.01, share)}


def _useless_retry(plan: Plan, rng: np.random.Generator) -> None:
    plan.attempts = 4
    plan.hopeless = _from(0.0, float(rng.uniform(0.3, 0.6)))


def _serial_stage(plan: Plan, rng: np.random.Generator) -> None:
    plan.queue_branches = _from(0.0, float(rng.uniform(0.5, 0.9)))


def _narrow_limit(plan: Plan, rng: np.random.Generator) -> None:
    plan.queue_gate = _from(0.02, float(rng.uniform(0.4, 0.7)))


def _short_timeout(plan: Plan, rng: np.random.Generator) -> None:
    plan.timeouts = _from(0.002, float(rng.uniform(0.05, 0.15)))


def _dead_fallback(plan: Plan, rng: np.random.Generator) -> None:
    plan.fallbacks, plan.fallback_fails = _from(0.02, 0.3), _from(0.02, float(rng.uniform(0.8, 1.0)))


def _dead_primary(plan: Plan, rng: np.random.Generator) -> None:
    plan.fallbacks = _from(0.02, float(rng.uniform(0.96, 1.0)))


def _prompts(plan: Plan, rng: np.random.Generator) -> None:
    plan.prompt, plan.answer = _from(800.0, float(rng.uniform(14_000, 30_000))), 60.0


def _repeated(plan: Plan, rng: np.random.Generator) -> None:
    plan.repeated = _from(0.04, float(rng.uniform(0.3, 0.7)))


def _n_plus_one(plan: Plan, rng: np.random.Generator) -> None:
    plan.items = _from(1.0, float(rng.uniform(14, 40)))


def _serial_calls(plan: Plan, rng: np.random.Generator) -> None:
    plan.items = _from(1.0, float(rng.uniform(3, 6)))
    plan.seconds |= {"fetch_item": _from(0.01, 0.3), "load_items": 0.02}


def _slower(name: str) -> Change:
    def change(plan: Plan, rng: np.random.Generator) -> None:
        plan.seconds |= {name: times_since(plan.seconds[name], float(rng.uniform(2.5, 5)))}

    return change


_ANYWHERE: Final = ("profile", "orders", "ranking", "search", "writer", "fetch_item")


def _slower_somewhere(plan: Plan, rng: np.random.Generator) -> str:
    name = str(rng.choice(_ANYWHERE))
    _slower(name)(plan, rng)
    return name


def _failing_somewhere(plan: Plan, rng: np.random.Generator) -> str:
    name = str(rng.choice(("profile", "orders", "ranking", "fetch_item")))
    plan.errors |= {name: _from(0.002, float(rng.uniform(0.05, 0.4)))}
    return name


def _failing(plan: Plan, rng: np.random.Generator) -> None:
    plan.errors |= {"search": _from(0.002, float(rng.uniform(0.08, 0.2)))}


def _dearer(plan: Plan, rng: np.random.Generator) -> None:
    plan.usd |= {"writer": _from(0.002, 0.002 * float(rng.uniform(2, 4)))}


def _fewer_hits(plan: Plan, rng: np.random.Generator) -> None:
    plan.hit = _from(plan.hit, float(rng.uniform(0.08, 0.15)))


def _blocked(plan: Plan, rng: np.random.Generator) -> None:
    plan.seconds |= {"ranking": _from(plan.seconds["ranking"], float(rng.uniform(8, 14)) / plan.pace)}


def _towards_limit(plan: Plan, rng: np.random.Generator) -> None:
    an_hour = float(rng.uniform(0.6, 1.0)) / plan.pace
    plan.seconds |= {"ranking": lambda times: 0.1 + an_hour * np.clip(times - CREEPING_AT, 0, None) / HOUR}


_REGRESSED: Final = ("latency_regression",)
FAULTS: Final[dict[str, tuple[Change, str, tuple[str, ...]]]] = {
    "cold cache": (_cold_cache, "answer_cache", ("cold_cache", "hit_regression")),
    "thrashing cache": (_thrashing_cache, "answer_cache", ("thrashing_cache", "hit_regression")),
    "useless cache": (_useless_cache, "answer_cache", ("useless_cache", "hit_regression")),
    "duplicated calls": (_duplicated, "answer_cache", ("duplicated_calls",)),
    "premium routing": (_premium, "model_router", ("premium_routing", *_REGRESSED)),
    "retry storm": (_retry_storm, "model_retry", ("retry_storm", *_REGRESSED)),
    "useless retry": (_useless_retry, "model_retry", ("useless_retry", *_REGRESSED)),
    "serial stage": (_serial_stage, "context_lookup", ("serial_stage", *_REGRESSED)),
    "narrow limit": (_narrow_limit, "gate", ("narrow_limit", *_REGRESSED)),
    "short timeout": (_short_timeout, "guard", ("short_timeout", "error_regression")),
    "dead fallback": (_dead_fallback, "answer_or_stock", ("dead_fallback", "error_regression")),
    "dead primary": (_dead_primary, "answer_or_stock", ("dead_primary",)),
    "oversized prompts": (_prompts, "writer", ("oversized_prompts",)),
    "repeated prompts": (_repeated, "writer", ("repeated_prompts",)),
    "N+1 calls": (_n_plus_one, "fetch_item", ("n_plus_one",)),
    "serial calls": (_serial_calls, "fetch_item", ("serial_calls", *_REGRESSED)),
    "slower model": (_slower("premium_model"), "premium_model", _REGRESSED),
    "slower search": (_slower("search"), "search", _REGRESSED),
    "failing search": (_failing, "search", ("error_regression",)),
    "dearer model": (_dearer, "writer", ("cost_regression",)),
    "fewer hits": (_fewer_hits, "answer_cache", ("hit_regression",)),
    "blocked loop": (_blocked, "ranking", ("bottleneck", *_REGRESSED)),
    "slower somewhere": (_slower_somewhere, "", _REGRESSED),
    "failing somewhere": (_failing_somewhere, "", ("error_regression",)),
    "towards a limit": (_towards_limit, "ranking", ("coming_breach", *_REGRESSED, "bottleneck")),
}
"""What is planted, where, and the findings that name it."""


_FAILING_MODELS: Final = tuple((name, "error_regression") for name in ("fast_model", "premium_model", "model_router"))
ALSO: Final = {
    "retry storm": _FAILING_MODELS,
    "useless retry": _FAILING_MODELS,
    "dead fallback": (("writer", "error_regression"),),
    "dead primary": (("writer", "error_regression"),),
}
ORIGINS: Final = {
    "retry storm": ("fast_model", "premium_model", "model_retry"),
    "useless retry": ("fast_model", "premium_model", "model_retry"),
    "dead fallback": ("writer", "answer_or_stock"),
    "dead primary": ("writer", "answer_or_stock"),
}
"""Where a fault begins that is planted in more than one primitive: a model fails, and what answers it is set badly."""


def _steady(plan: Plan, rng: np.random.Generator) -> None:
    plan.calls_per_minute = float(rng.uniform(40, 100))


def _swing(plan: Plan, rng: np.random.Generator) -> None:
    plan.calls_per_minute = daily(80.0, 0.9)
    plan.seconds |= {"premium_model": daily(1.2, 0.4), "search": daily(0.15, 0.5), "orders": daily(0.05, 0.4)}
    plan.hit = daily(float(rng.uniform(0.45, 0.55)), 0.3)


def _deploy(plan: Plan, rng: np.random.Generator) -> None:
    since, usual = FAULT_AT + float(rng.uniform(0, HOUR)), plan.hit
    plan.restarts = (since,)
    plan.hit = lambda times: at(usual, times) * np.where((times >= since) & (times < since + 300), 0.2, 1.0)
    plan.seconds |= {"search": lambda times: np.where((times >= since) & (times < since + 180), 0.5, 0.15)}


def _low_traffic(plan: Plan, rng: np.random.Generator) -> None:
    plan.calls_per_minute = float(rng.uniform(0.5, 3.0))
    plan.errors |= {"search": 0.1}


def _outlier(plan: Plan, rng: np.random.Generator) -> None:
    since, seconds = FAULT_AT + float(rng.uniform(0, HOUR)), float(rng.uniform(60, 300))
    plan.seconds |= {
        "search": lambda times: np.where((times >= since) & (times < since + 60), 0.15 + seconds / 60, 0.15)
    }


def _reset(plan: Plan, rng: np.random.Generator) -> None:
    plan.restarts = tuple(sorted(FAULT_AT + float(one) for one in rng.uniform(-HOUR, 2 * HOUR, 3)))


def _noisy(plan: Plan, rng: np.random.Generator) -> None:
    plan.spread = float(rng.uniform(2.0, 4.0))


def _blip(plan: Plan, rng: np.random.Generator) -> None:
    since = FAULT_AT + float(rng.uniform(0, HOUR))

    def burst(times: Times) -> Numbers:
        return np.where((times >= since) & (times < since + 120), 0.6, 0.01)

    plan.errors |= {"premium_model": burst, "fast_model": burst}


def _out_of_sight(plan: Plan, rng: np.random.Generator) -> None:
    since = FAULT_AT + float(rng.uniform(0, HOUR))
    plan.blind = ((since, since + float(rng.uniform(240, 900))),)


def _replaced(plan: Plan, rng: np.random.Generator) -> None:
    _deploy(plan, rng)
    plan.replaced = True


def _nightly(plan: Plan, rng: np.random.Generator) -> None:
    hour, slower = float(rng.uniform(1, 23)), float(rng.uniform(2, 4))

    def batch(times: Times) -> Numbers:
        return np.where(np.abs((times / HOUR - hour) % 24) < 0.5, slower, 1.0)  # noqa: PLR2004 - half an hour, every day

    plan.seconds |= {name: _scaled(plan.seconds[name], batch) for name in ("orders", "search", "ranking")}


def _scaled(usual: Value, factor: Callable[[Times], Numbers]) -> Callable[[Times], Numbers]:
    return lambda times: at(usual, times) * factor(times)


def _weekend(plan: Plan, rng: np.random.Generator) -> None:
    quiet, usual = float(rng.uniform(0.2, 0.5)), plan.calls_per_minute

    def share(times: Times) -> Numbers:
        return np.where((times < 0) & (times >= -48 * HOUR), quiet, 1.0)  # the day that is looked at is a Monday

    plan.calls_per_minute = lambda times: at(usual, times) * share(times)
    plan.seconds |= {"premium_model": lambda times: 1.2 * (0.8 + 0.2 * share(times))}


def _busier(plan: Plan, rng: np.random.Generator) -> None:
    more = float(rng.uniform(2, 4))
    plan.calls_per_minute = _from(40.0, 40.0 * more)


HEALTHY: Final[dict[str, Change]] = {
    "steady": _steady,
    "daily swing": _swing,
    "deploy": _deploy,
    "low traffic": _low_traffic,
    "one outlier": _outlier,
    "counter resets": _reset,
    "noisy": _noisy,
    "a blip of errors": _blip,
    "out of sight": _out_of_sight,
    "busier": _busier,
    "replaced instances": _replaced,
    "nightly batch": _nightly,
    "after a weekend": _weekend,
}


def faults(seed: int) -> list[Workload]:
    """One of every fault, with the numbers of this seed."""
    found = []
    for index, (name, (change, where, findings)) in enumerate(FAULTS.items()):
        rng = np.random.default_rng((seed, index))
        plan = _plan(rng)
        primitive = change(plan, rng) or where
        since = CREEPING_AT if change is _towards_limit else FAULT_AT
        origins = ORIGINS.get(name, (primitive,))
        found.append(Workload(name, plan, primitive, findings, ALSO.get(name, ()), since, origins))
    return found


def healthy(seed: int) -> list[Workload]:
    """One of every healthy workload, with the numbers of this seed."""
    found = []
    for index, (name, change) in enumerate(HEALTHY.items()):
        rng = np.random.default_rng((seed, 1000 + index))
        plan = _plan(rng)
        change(plan, rng)
        found.append(Workload(name, plan))
    return found
