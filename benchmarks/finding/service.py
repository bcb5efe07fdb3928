"""A service as its metrics show it: minute by minute, from a seed, with whatever is planted in it.

It is a chain like real ones: an entry that looks things up side by side, asks a cache, which asks a retry, which asks
a router, which asks one of two models; and beside it a timeout, a limit, a fallback and a loop over items. Sums of
callees are part of their callers' sums, so trouble travels up as it does in life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from ai_runtime_intelligent.contract import metrics
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Times = NDArray[np.float64]

STEP: Final = 60.0
"""Seconds between two scrapes."""

KINDS: Final = {
    "assistant": "function",
    "context_lookup": "parallel",
    "profile": "function",
    "orders": "function",
    "answer_cache": "cache",
    "model_retry": "retry",
    "model_router": "router",
    "fast_model": "llm",
    "premium_model": "llm",
    "guard": "timeout",
    "ranking": "function",
    "gate": "limit",
    "search": "function",
    "answer_or_stock": "fallback",
    "writer": "llm",
    "load_items": "function",
    "fetch_item": "function",
}
CALLEES: Final = {
    "assistant": ("context_lookup", "answer_cache", "guard", "gate", "answer_or_stock", "load_items"),
    "context_lookup": ("profile", "orders"),
    "answer_cache": ("model_retry",),
    "model_retry": ("model_router",),
    "model_router": ("fast_model", "premium_model"),
    "guard": ("ranking",),
    "gate": ("search",),
    "answer_or_stock": ("writer",),
    "load_items": ("fetch_item",),
}
MODELS: Final = {"fast_model": "small", "premium_model": "large", "writer": "medium"}

_PROMPT: Final = 800.0
"""Tokens of a prompt of the routed models."""

Value = float | Callable[[Times], Numbers]
"""A number that stays, or one for each moment (seconds since the beginning of the day that is looked at)."""


@dataclass
class Plan:
    """What the service is like: every number may change over time."""

    seed: int
    calls_per_minute: Value = 60.0
    seconds: dict[str, Value] = field(
        default_factory=lambda: {
            "assistant": 0.02, "profile": 0.03, "orders": 0.05, "answer_cache": 0.001, "model_retry": 0.001,
            "model_router": 0.002, "fast_model": 0.5, "premium_model": 1.2, "guard": 0.001, "ranking": 0.1,
            "gate": 0.001, "search": 0.15, "answer_or_stock": 0.002, "writer": 0.6, "load_items": 0.1,
            "fetch_item": 0.01, "context_lookup": 0.002,
        }
    )  # fmt: skip
    """Own seconds of one call."""
    pace: float = 1.0
    """By which all of them are multiplied."""
    spread: float = 0.6
    """Coefficient of variation of the seconds of one call."""
    errors: dict[str, Value] = field(
        default_factory=lambda: {"fast_model": 0.01, "premium_model": 0.01, "search": 0.002}
    )
    hit: Value = 0.6
    expired: Value = 0.05
    thrown: Value = 0.0
    coalesced: Value = 0.05
    easy: Value = 0.6
    premium: Value = 0.4
    attempts: int = 3
    hopeless: Value = 0.0
    """Share of calls of the retry that fail whatever is tried."""
    queue_branches: Value = 0.0
    queue_gate: Value = 0.02
    timeouts: Value = 0.002
    fallbacks: Value = 0.02
    fallback_fails: Value = 0.02
    items: Value = 1.0
    prompt: Value = 800.0
    repeated: Value = 0.04
    """Share of the writer's calls that ask what was answered before."""
    answer: Value = 150.0
    usd: dict[str, Value] = field(
        default_factory=lambda: {"fast_model": 0.0004, "premium_model": 0.006, "writer": 0.002}
    )
    restarts: tuple[float, ...] = ()
    """Moments at which all counters begin anew."""
    replaced: bool = False
    """Whether a restart is another instance that takes the place of the one before."""
    blind: tuple[tuple[float, float], ...] = ()
    """Spans in which nothing is scraped."""


Series = dict[tuple[str, tuple[tuple[str, str], ...]], Numbers]
"""Sample name and labels to the growth in each minute."""


def at(value: Value, times: Times) -> Numbers:
    """A value at these moments."""
    return value(times) if callable(value) else np.full(len(times), float(value))


class Service:
    """One service over some minutes."""

    def __init__(self, name: str, plan: Plan, times: Times) -> None:
        self.name, self.plan, self.times = name, plan, times
        self.series: Series = {}
        self._rng = np.random.default_rng(plan.seed)
        self._wall: dict[str, Numbers] = {}
        self._run()

    def _run(self) -> None:
        plan, times, rng = self.plan, self.times, self._rng
        calls = rng.poisson(at(plan.calls_per_minute, times)).astype(float)
        for branch in ("profile", "orders"):
            self._leaf(branch, calls)
        self._branches(calls)
        self._answers(calls)
        self._guarded(calls)
        self._gated(calls)
        self._fallback(calls)
        self._items(calls)
        children = sum((self._wall[name] for name in CALLEES["assistant"]), np.zeros(len(times)))
        self._call("assistant", calls, np.zeros(len(times)), self._own("assistant", calls), children)

    def _own(self, name: str, calls: Numbers) -> Numbers:
        """The sum of the own seconds of so many calls, each drawn from a gamma distribution."""
        shape = 1 / self.plan.spread**2
        mean = self.plan.pace * at(self.plan.seconds[name], self.times)
        return np.where(calls > 0, self._rng.gamma(np.maximum(calls, 1e-9) * shape) * mean / shape, 0.0)

    def _call(self, name: str, calls: Numbers, failed: Numbers, own: Numbers, inside: Numbers) -> None:
        self._add(metrics.EXECUTIONS.name, name, calls - failed, status="ok")
        self._add(metrics.EXECUTIONS.name, name, failed, status="error")
        self._wall[name] = own + inside
        self._add(f"{metrics.DURATION.name}_sum", name, self._wall[name])
        self._add(f"{metrics.DURATION.name}_count", name, calls)
        self._add(f"{metrics.SELF.name}_sum", name, own)

    def _leaf(self, name: str, calls: Numbers) -> Numbers:
        """Calls of something that calls nobody; returns those that failed."""
        failed = self._some(calls, self.plan.errors.get(name, 0.0))
        self._call(name, calls, failed, self._own(name, calls), np.zeros(len(calls)))
        if name in MODELS:
            self._pay(name, calls)
        return failed

    def _pay(self, name: str, calls: Numbers) -> None:
        usd = calls * at(self.plan.usd[name], self.times) * self._rng.normal(1.0, 0.05, len(calls))
        router = "model_router" if name in CALLEES["model_router"] else ""
        model = MODELS[name]
        self._add(metrics.COST.name, name, np.maximum(0.0, usd), model=model, route=name, router=router)
        prompt = self.plan.prompt if name == "writer" else _PROMPT
        for type_, tokens in (("input", prompt), ("output", self.plan.answer)):
            used = calls * at(tokens, self.times) * self._rng.normal(1.0, 0.03, len(calls))
            labels = {"service": self.name, "gen_ai_request_model": model, "gen_ai_token_type": type_}
            self._put(f"{metrics.TOKEN_USAGE.name}_sum", labels, np.maximum(0.0, used))
            self._put(f"{metrics.TOKEN_USAGE.name}_count", labels, calls)
        repeated = self.plan.repeated if name == "writer" else self.plan.expired
        self._add(metrics.REPEATED.name, name, self._some(calls, repeated))

    def _branches(self, calls: Numbers) -> None:
        waits = at(self.plan.queue_branches, self.times)
        longest = np.maximum(self._wall["profile"], self._wall["orders"])
        own = self._own("context_lookup", calls)
        waited = waits * (longest + own)
        self._call("context_lookup", calls, np.zeros(len(calls)), own, longest + waited / 2)
        self._add(f"{metrics.QUEUE.name}_sum", "context_lookup", waited)
        self._add(f"{metrics.QUEUE.name}_count", "context_lookup", calls * 2)

    def _answers(self, calls: Numbers) -> None:
        plan = self.plan
        hits = self._some(calls, plan.hit)
        joined = np.minimum(hits, self._some(calls, plan.coalesced))
        misses = calls - hits
        expired = np.minimum(misses, self._some(calls, plan.expired))
        for result, count in (("hit", hits - joined), ("coalesced", joined), ("miss", misses)):
            self._add(metrics.CACHE_REQUESTS.name, "answer_cache", count, result=result)
        self._add(metrics.CACHE_EVICTIONS.name, "answer_cache", expired, reason="expired")
        self._add(metrics.CACHE_EVICTIONS.name, "answer_cache", self._some(calls, plan.thrown), reason="capacity")
        for edge in ("5", "60", "600", "+Inf"):
            share = {"5": 0.3, "60": 0.8, "600": 0.97, "+Inf": 1.0}[edge]
            self._add(f"{metrics.CACHE_REUSE.name}_bucket", "answer_cache", np.round((hits + expired) * share), le=edge)
        gave_up = self._retried(misses)
        own = self._own("answer_cache", calls)
        self._call("answer_cache", calls, gave_up, own, self._wall["model_retry"])

    def _retried(self, calls: Numbers) -> Numbers:
        """Attempts until one works: each fails by chance as the models fail, or always."""
        plan = self.plan
        hopeless = self._some(calls, plan.hopeless)
        chance = at(plan.errors.get("premium_model", 0.0), self.times)
        left, attempts, retried = calls - hopeless, calls.copy(), np.zeros(len(calls))
        failing = self._some(left, chance)
        for _ in range(plan.attempts - 1):
            attempts += failing + hopeless
            retried += failing + hopeless
            failing = self._some(failing, chance)
        gave_up = failing + hopeless
        name, add = metrics.RETRY_ATTEMPTS.name, self._add
        add(name, "model_retry", calls - gave_up, outcome="ok", error_class="")
        add(name, "model_retry", retried, outcome="retried", error_class="RateLimitError")
        add(name, "model_retry", gave_up, outcome="gave_up", error_class="RateLimitError")
        self._routed(attempts, retried + gave_up)
        own = self._own("model_retry", calls)
        self._call("model_retry", calls, gave_up, own, self._wall["model_router"])
        return gave_up

    def _routed(self, calls: Numbers, failed: Numbers) -> None:
        premium = self._some(calls, self.plan.premium)
        easy = self._some(calls, self.plan.easy)
        name = metrics.ROUTER_DECISIONS.name
        self._add(name, "model_router", premium, route="premium", reason="score_above_threshold")
        self._add(name, "model_router", calls - premium, route="fast", reason="score_below_threshold")
        self._add(f"{metrics.ROUTER_SCORE.name}_bucket", "model_router", easy, le="0.5")
        self._add(f"{metrics.ROUTER_SCORE.name}_count", "model_router", calls)
        share = np.divide(premium, calls, out=np.zeros(len(calls)), where=calls > 0)
        for model, made, lost in (
            ("premium_model", premium, np.round(failed * share)),
            ("fast_model", calls - premium, failed - np.round(failed * share)),
        ):
            self._call(model, made, np.minimum(made, lost), self._own(model, made), np.zeros(len(calls)))
            self._pay(model, made)
        inside = self._wall["premium_model"] + self._wall["fast_model"]
        self._call("model_router", calls, failed, self._own("model_router", calls), inside)

    def _guarded(self, calls: Numbers) -> None:
        self._leaf("ranking", calls)
        cut = self._some(calls, self.plan.timeouts)
        self._call("guard", calls - cut, np.zeros(len(calls)), self._own("guard", calls), self._wall["ranking"])
        self._add(metrics.EXECUTIONS.name, "guard", cut, status="timeout")

    def _gated(self, calls: Numbers) -> None:
        failed = self._leaf("search", calls)
        share = at(self.plan.queue_gate, self.times)
        inside = self._wall["search"]
        waited = inside * share / (1 - np.minimum(share, 0.95))
        self._call("gate", calls, failed, self._own("gate", calls) + waited, inside)
        self._add(f"{metrics.QUEUE.name}_sum", "gate", waited)
        self._add(f"{metrics.QUEUE.name}_count", "gate", calls)

    def _fallback(self, calls: Numbers) -> None:
        used = self._some(calls, self.plan.fallbacks)
        lost = self._some(used, self.plan.fallback_fails)
        self._call("writer", calls, used, self._own("writer", calls), np.zeros(len(calls)))
        self._pay("writer", calls - used)
        self._add(metrics.FALLBACKS.name, "answer_or_stock", used - lost, reason="error", outcome="ok")
        self._add(metrics.FALLBACKS.name, "answer_or_stock", lost, reason="error", outcome="error")
        own = self._own("answer_or_stock", calls)
        self._call("answer_or_stock", calls, lost, own, self._wall["writer"])

    def _items(self, calls: Numbers) -> None:
        items = np.round(calls * at(self.plan.items, self.times))
        self._leaf("fetch_item", items)
        self._call("load_items", calls, np.zeros(len(calls)), self._own("load_items", calls), self._wall["fetch_item"])

    def _some(self, calls: Numbers, share: Value | Numbers) -> Numbers:
        chance = share if isinstance(share, np.ndarray) else at(share, self.times)
        return self._rng.binomial(calls.astype(int), np.clip(chance, 0.0, 1.0)).astype(float)

    def _add(self, name: str, primitive: str, growth: Numbers, **labels: str) -> None:
        own = {"service": self.name, "primitive": primitive, "kind": KINDS[primitive]}
        self._put(name, own | labels, growth)

    def _put(self, name: str, labels: Mapping[str, str], growth: Numbers) -> None:
        full = {**labels, "job": "bench"}
        key = (name, tuple(sorted(full.items())))
        self.series[key] = self.series.get(key, np.zeros(len(growth))) + growth

    def counters(self) -> Iterable[tuple[str, Numbers, Numbers]]:
        """Each series as it is exposed, with its moments and values; it, or another, begins anew at each restart."""
        starts = [int(one) for one in np.searchsorted(self.times, self.plan.restarts) if 0 < one < len(self.times)]
        seen = self._seen()
        for (name, labels), growth in self.series.items():
            total = np.cumsum(growth)
            for start in starts:
                total[start:] -= total[start - 1]
            for turn, (first, last) in enumerate(pairwise((0, *(starts if self.plan.replaced else ()), len(total)))):
                told = ",".join(f'{key}="{value}"' for key, value in (*labels, ("instance", f"{self.name}:{turn}")))
                scraped = seen[first:last]
                yield f"{name}{{{told}}}", self.times[first:last][scraped], total[first:last][scraped]

    def _seen(self) -> NDArray[np.bool_]:
        """At which moments it is scraped."""
        seen = np.ones(len(self.times), dtype=bool)
        for start, end in self.plan.blind:
            seen &= (self.times < start) | (self.times >= end)
        return seen


def manifest(service: str, attempts: int) -> dict[str, object]:
    """What the service says of itself: who calls whom, and what may be set."""
    primitives = [{"name": name, "kind": kind, "callees": list(CALLEES.get(name, ()))} for name, kind in KINDS.items()]
    knobs: tuple[tuple[str, str, str, float, float, float], ...] = (
        ("answer_cache", "ttl_seconds", "float", 60, 1, 86_400),
        ("answer_cache", "max_entries", "int", 1_000, 1, 1_000_000),
        ("model_retry", "max_attempts", "int", attempts, 1, 10),
        ("model_retry", "backoff_seconds", "float", 0.1, 0, 30),
        ("model_router", "threshold", "float", 0.2, 0, 1),
        ("context_lookup", "max_concurrency", "int", 1, 1, 64),
        ("guard", "timeout_seconds", "float", 1, 0.001, 3_600),
        ("gate", "limit", "int", 4, 1, 10_000),
        ("answer_or_stock", "trip_failures", "int", 0, 0, 1_000),
    )
    tunables = [
        {
            "name": f"{owner}.{what}", "primitive": owner, "type": type_, "value": value, "default": value,
            "minimum": low, "maximum": high,
        }
        for owner, what, type_, value, low, high in knobs
    ]  # fmt: skip
    return {"service": service, "version": "1", "primitives": primitives, "tunables": tunables}
