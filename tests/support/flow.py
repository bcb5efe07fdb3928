"""Signals, findings and suggestions of a small shop, for tests of the flow."""

from __future__ import annotations

from ai_runtime_intelligent.flow.evidence import CodeSnippet, DocSnippet, Evidence, gather
from ai_runtime_intelligent.flow.finding import Diagnosis, Limits, find
from ai_runtime_intelligent.flow.signal import Reading, Signal, Subject, Window, read
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Guardrail, Suggestion, Tunable, propose

WINDOW = Window(1_000.0, 1_060.0)
CACHE = Subject("shop", "answers", "cache")
ROUTER = Subject("shop", "routes", "router")
RETRY = Subject("shop", "calls", "retry")
PARALLEL = Subject("shop", "lookup", "parallel")
LIMITS = Limits(min_calls=100)


def signals(subject: Subject, n: float = 500.0, **values: float) -> tuple[Signal, ...]:
    """Signals of one primitive, by measure."""
    readings = [
        Reading(name, "1", f"query of {name}", {subject: value}, {subject: n}) for name, value in values.items()
    ]
    return read(readings, WINDOW)


def cold(n: float = 500.0, expired: float = 0.6) -> tuple[Signal, ...]:
    """A cache that forgets too soon."""
    return signals(CACHE, n, cache_expired_ratio=expired, cache_hit_ratio=0.2, cache_reuse_seconds_p90=12.0)


def diagnosis(*found: Signal) -> Diagnosis:
    """What the checks say."""
    return find(found, LIMITS)


def evidence() -> Evidence:
    """The evidence of a cold cache."""
    (finding,) = diagnosis(*cold()).findings
    code = CodeSnippet("shop/answers.py", 12, 14, "cache = CachePrimitive(...)")
    docs = DocSnippet("context7:/tkem/cachetools", "doc-1", "7.0", "TTLCache", "ttl is in seconds")
    return gather(finding, [code], [docs])


def tunable(value: float = 2.0) -> Tunable:
    """The cache's time to live."""
    return Tunable("answers.ttl_seconds", "answers", "float", value, 2.0, 1.0, 86_400.0, "s", "how long answers live")


def advice(to: float = 60.0, low: float = 0.5, high: float = 0.8) -> Advice:
    """Keep answers longer."""
    expected = Expected("cache_hit_ratio", "1", "higher", 0.2, low, high)
    rails = (Guardrail("error_ratio", 0.02),)
    return Advice("cold_cache", tunable(), to, "Keep answers for 60 s", "they will answer", expected, rails, "low")


def suggestion() -> Suggestion:
    """To keep answers longer."""
    return propose(evidence(), advice(), at=1_060.0)
