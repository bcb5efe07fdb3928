"""Findings: each waste is named when the numbers carry it, and each silence has its reason."""

import pytest
from ai_runtime_intelligent.flow.finding import Diagnosis, Limits, find
from ai_runtime_intelligent.flow.signal import Signal, Subject
from support.flow import CACHE, LIMITS, PARALLEL, RETRY, ROUTER, cold, diagnosis, signals

MODEL = Subject("shop", "writer", "llm")


def names(found: Diagnosis) -> list[str]:
    """The names of the findings."""
    return [finding.name for finding in found.findings]


WASTES = [
    ("cold_cache", cold()),
    ("premium_routing", signals(ROUTER, router_premium_ratio=1.0, router_easy_ratio=0.7, usd_per_routed_call=0.01)),
    ("retry_storm", signals(RETRY, retry_attempts_per_call=2.2, retry_failed_ratio=0.5, error_ratio=0.01)),
    ("serial_stage", signals(PARALLEL, queue_share=0.9, branches_per_call=3.0, seconds_mean=0.15)),
    ("repeated_prompts", signals(MODEL, repeated_calls_ratio=0.4, usd_per_call=0.002)),
    ("bottleneck", signals(PARALLEL, self_share=0.9, seconds_mean=9.0, seconds_p95=12.0)),
]
HEALTHY = [
    signals(CACHE, cache_expired_ratio=0.05, cache_hit_ratio=0.7, cache_reuse_seconds_p90=12.0),
    signals(ROUTER, router_premium_ratio=0.3, router_easy_ratio=0.7, usd_per_routed_call=0.01),
    signals(ROUTER, router_premium_ratio=1.0, router_easy_ratio=0.05, usd_per_routed_call=0.01),
    signals(RETRY, retry_attempts_per_call=1.1, retry_failed_ratio=0.1, error_ratio=0.01),
    signals(MODEL, repeated_calls_ratio=0.1, usd_per_call=0.002),
    signals(PARALLEL, queue_share=0.01, branches_per_call=3.0, seconds_mean=0.05),
]


@pytest.mark.parametrize(("name", "measured"), WASTES, ids=[name for name, _ in WASTES])
def test_a_waste_is_named_with_score_and_confidence(name: str, measured: tuple[Signal, ...]) -> None:
    """The finding stands on its own signals."""
    (finding,) = diagnosis(*measured).findings

    assert finding.name == name
    assert 0.3 < finding.score <= 1.0
    assert finding.confidence > 0.95
    assert set(finding.signals) <= set(measured)


@pytest.mark.parametrize("measured", HEALTHY)
def test_a_healthy_primitive_gives_no_finding_but_a_reason(measured: tuple[Signal, ...]) -> None:
    """Silence is explained by numbers."""
    found = diagnosis(*measured)

    assert names(found) == []
    assert any(clear.measured for clear in found.clear)
    assert measured[0].subject.primitive in found.why_nothing()


def test_too_few_observations_name_nothing_and_say_how_many_are_needed() -> None:
    """A finding on a small n is refused."""
    found = diagnosis(*cold(n=LIMITS.min_calls - 1))

    assert names(found) == []
    assert f"{LIMITS.min_calls} are needed" in found.why_nothing()
    assert not any(clear.measured for clear in found.clear)


def test_a_ratio_just_beyond_its_limit_is_not_sure_enough() -> None:
    """What chance may well explain is not named."""
    found = diagnosis(*cold(n=120, expired=LIMITS.expired_ratio + 0.01))

    assert names(found) == []
    assert "sure" in found.why_nothing()


def test_a_measure_that_is_missing_is_told() -> None:
    """No data is no zero."""
    found = diagnosis(*signals(CACHE, cache_expired_ratio=0.9))

    assert "cache_hit_ratio is not measured" in found.why_nothing()


def test_nothing_at_all_measured_is_told() -> None:
    """An empty world is no healthy world."""
    assert "nothing was measured" in diagnosis().why_nothing()


def test_findings_are_ordered_by_score_and_ties_by_name() -> None:
    """The same signals give the same order."""
    measured = [signal for _, signals_ in WASTES[:4] for signal in signals_]

    one, two = diagnosis(*measured), diagnosis(*reversed(measured))

    assert names(one) == names(two)
    assert [finding.score for finding in one.findings] == sorted(
        (finding.score for finding in one.findings), reverse=True
    )


def test_limits_are_what_decides() -> None:
    """A stricter user sees more."""
    measured = signals(CACHE, cache_expired_ratio=0.2, cache_hit_ratio=0.5, cache_reuse_seconds_p90=9.0)

    assert names(diagnosis(*measured)) == []
    assert names(find(measured, Limits(min_calls=100, expired_ratio=0.1))) == ["cold_cache"]
