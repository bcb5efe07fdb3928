"""A service before the backend's own engine: an instrumented call that is slow, fails and costs, and one suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from ai_runtime_intelligent.flow.evidence import CodeSnippet, gather
from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.saving import Prices
from ai_runtime_intelligent.flow.signal import Signal, Subject, Window
from ai_runtime_intelligent.flow.suggestion import Expected, Guardrail, Suggestion, Tunable
from ai_runtime_intelligent.runtime.arms import Experiment
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.policy_file import NoPolicy
from airuntime_backend.engine.guard import Guard
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Sample, Series
from experimenting.calls import P95, P99, Candidate, draw

from .replicas import Behaviour, Totals
from .scraped import Scraped

SERVICE, PRIMITIVE, TUNABLE = "house", "ask", "ask.size"
SUBJECT: Final = Subject(SERVICE, PRIMITIVE, "function")
OLD_VALUE, NEW_VALUE = 1.0, 2.0

RAILS: Final = (
    Guardrail("error_ratio", 0.0025),
    Guardrail("slow_p95_ratio", 0.01),
    Guardrail("usd_per_call", 0.1, relative=True),
    Guardrail("quality_mean", 0.01, relative=True, worse="lower"),
)
"""Of 1 % errors, of the 5 % that are slow, of the cost and of the quality: so much worse a change may make them."""


def manifest() -> Manifest:
    """What the service says of itself."""
    bounds = {"default": OLD_VALUE, "value": OLD_VALUE, "minimum": 0.0, "maximum": 9.0}
    tunable = {"name": TUNABLE, "primitive": PRIMITIVE, "type": "float", "scope": "call", **bounds}
    primitive = {"name": PRIMITIVE, "kind": "function"}
    body = {"service": SERVICE, "version": "1", "primitives": [primitive], "tunables": [tunable]}
    return Manifest.model_validate(body)


def suggestion(name: str, at: float, rails: tuple[Guardrail, ...] = RAILS) -> Suggestion:
    """To try the new value, which is claimed to be faster."""
    window = Window(at - 600, at)
    signal = Signal(SUBJECT, "seconds_mean", "s", "measured", 1.65, 1000, window, "query")
    finding = Finding(f"finding_{name}", SUBJECT, "slow", 0.5, 0.9, "it is slow", (signal,))
    tunable = Tunable(TUNABLE, PRIMITIVE, "float", OLD_VALUE, OLD_VALUE, 0.0, 9.0, "1", "its size")
    return Suggestion(
        id=f"suggestion_{name}",
        subject=SUBJECT,
        rule="slow",
        tunable=tunable,
        from_value=OLD_VALUE,
        to_value=NEW_VALUE,
        title="Let it be larger",
        claim="It is faster then.",
        expected=Expected("seconds_mean", "s", "lower", 1.65, 1.0, 1.5),
        guardrails=rails,
        risk="low",
        evidence=gather(finding, [CodeSnippet("house.py", 1, 1, "ask()")], []),
    )


def behaviour(of: Candidate) -> Behaviour:
    """Calls of this kind, as the totals of an arm count them."""

    def counted(rng: np.random.Generator, n: int, _experiment: Experiment) -> Mapping[str, float]:
        calls = draw(rng, np.ones(n), of)
        found: Totals = {
            "calls": n,
            "errors": float(calls.failed.sum()),
            "slow_p95": float((calls.seconds > P95).sum()),
            "slow_p99": float((calls.seconds > P99).sum()),
            "rated": n,
        }
        for name, values in (("seconds", calls.seconds), ("cost_usd", calls.cost), ("quality", calls.quality)):
            for power, prefix in ((1, ""), (2, "squared_"), (3, "cubed_")):
                found[f"{prefix}{name}"] = float((values**power).sum())
        return found

    return counted


@dataclass
class Clock:
    """A clock that is set."""

    at: float = 1_700_000_000.0

    def now(self) -> float:
        """Unix seconds."""
        return self.at

    def steady(self) -> float:
        """The same: it does not jump."""
        return self.at


@dataclass
class Seen:
    """The metrics of the house: what was scraped of its replicas, and what is known of the old value."""

    scraped: Scraped = field(default_factory=Scraped)
    per_second: float = 100.0

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """The pinned percentiles, the traffic, the values that replicas report, or the scraped samples."""
        if query.startswith("histogram_quantile"):
            return (Sample(vars(SUBJECT), P95 if "(0.95" in query else P99),)
        if query.startswith("sum by"):
            return (Sample(vars(SUBJECT), self.per_second),)
        if query.startswith("count_values"):
            return ()
        return self.scraped.instant(query, at)

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Scraped samples at every step."""
        return self.scraped.range(query, start, end, step)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples themselves."""
        return self.scraped.samples(selector, start, end)


def unguarded(metrics: Seen, ledger: SqlLedger) -> Guard:
    """The guard of changes, with nothing to forbid."""
    return Guard(metrics=metrics, ledger=ledger, policies=NoPolicy(), window_seconds=600.0, settle_seconds=0.0)


class Pricing:
    """The prices of the house."""

    def prices(self) -> Prices:
        """One table."""
        return Prices("house", "2026-01-01")
