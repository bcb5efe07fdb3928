"""Limits: where normal ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Where normal ends. Ratios are 0..1, times are in seconds."""

    min_calls: int = 100
    """Observations below which nothing is concluded."""
    min_confidence: float = 0.95
    """How sure a finding must be."""
    expired_ratio: float = 0.25
    """Share of cache requests that may find their entry too old."""
    capacity_ratio: float = 0.25
    """Entries that a full cache may throw out, for one request."""
    useless_ratio: float = 0.02
    """Share of requests below which a cache that answers them does nothing but hold them."""
    coalesced_ratio: float = 0.3
    """Share of cache requests that may come while the same one is under way."""
    premium_ratio: float = 0.9
    """Share of decisions that may go to the premium route."""
    easy_ratio: float = 0.25
    """Share of easy requests above which a router that sends nearly all to premium wastes."""
    attempts_per_call: float = 1.3
    """Attempts for one call above which a retry is suspected."""
    failed_ratio: float = 0.2
    """Share of attempts that may fail before retries count as a storm."""
    gave_up_ratio: float = 0.15
    """Share of calls that may fail after all their attempts."""
    queue_share: float = 0.25
    """Time that branches, or the calls of a limit, may wait for a slot, for one second of execution."""
    timeout_ratio: float = 0.02
    """Share of calls that a timeout may cut off: above it, the timeout is shorter than their 98th percentile."""
    dead_ratio: float = 0.9
    """Share of calls that must fail before something counts as dead."""
    slow_seconds: float = 5.0
    """Mean own time above which a primitive is a bottleneck, whatever its share."""
    self_share: float = 0.5
    """Share of its service's own time, or of its critical path, that makes a slow primitive a bottleneck."""
    calls_per_call: float = 8.0
    """Calls that one execution may make of one callee before they count as N+1."""
    side_by_side: float = 2.0
    """Calls of one callee, one after the other, from which they could better run side by side."""
    serial_share: float = 0.7
    """Share of the caller's time that such calls must take."""
    repeated_ratio: float = 0.2
    """Share of a model's calls, without a cache before it, that may ask what was answered already."""
    prompt_tokens: float = 8_000.0
    """Tokens of a prompt above which it is suspected."""
    answer_ratio: float = 0.02
    """Tokens of the answer, as a share of the prompt's, below which a large prompt is oversized."""
    spreads: float = 6.0
    """Spreads of its own past by which a number must have moved to be a regression."""
    sigmas: float = 4.5
    """Standard deviations of chance, for as many observations, by which it must have moved as well."""
    least_change: float = 0.3
    """Share of its usual value by which it must have moved as well."""
    least_error_change: float = 0.02
    """Share of calls by which failures must have risen."""
    usd_per_hour: float | None = None
    """What a service may spend; without it no spend is a coming breach."""
    hit_ratio: float = 0.2
    """Share of requests that a cache should answer at least: what falls towards it is told before it gets there."""
