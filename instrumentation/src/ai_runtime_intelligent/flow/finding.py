"""Finding: a waste, or a primitive that is too slow, named only when the numbers carry it.

Each check looks at one primitive and answers either a :class:`Finding` or :class:`Clear` with the reason, so that
"why is nothing suggested?" always has an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist

from .causes import rank_causes
from .identity import identify
from .signal import Signal, Subject

__all__ = ["CHECKS", "Check", "Clear", "Diagnosis", "Finding", "Limits", "find", "rank_causes"]


@dataclass(frozen=True)
class Limits:
    """Where normal ends. Ratios are 0..1, times are in seconds."""

    min_calls: int = 100
    """Observations below which nothing is concluded."""
    min_confidence: float = 0.95
    """How sure a finding must be."""
    expired_ratio: float = 0.25
    """Share of cache requests that may find their entry too old."""
    premium_ratio: float = 0.9
    """Share of decisions that may go to the premium route."""
    easy_ratio: float = 0.25
    """Share of easy requests above which a router that sends nearly all to premium wastes."""
    attempts_per_call: float = 1.3
    """Attempts for one call above which a retry is suspected."""
    failed_ratio: float = 0.2
    """Share of attempts that may fail before retries count as a storm."""
    queue_share: float = 0.25
    """Time that branches, or the calls of a limit, may wait for a slot, for one second of execution."""
    slow_seconds: float = 5.0
    """Mean own time above which a primitive is a bottleneck, whatever its share."""
    self_share: float = 0.5
    """Share of its service's own time that makes a slow primitive a bottleneck."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with one primitive.

    ``score`` is the share of its work that is wasted, 0..1; ``confidence`` the probability, 0..1, that the measured
    ratio really is beyond its limit.
    """

    id: str
    subject: Subject
    name: str
    score: float
    confidence: float
    summary: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Clear:
    """A check that found nothing, and why; ``measured`` tells a healthy primitive from one that could not be judged."""

    subject: Subject
    name: str
    reason: str
    measured: bool


@dataclass(frozen=True)
class Diagnosis:
    """The answers of all checks on all primitives; findings are ordered by score, ties by name."""

    findings: tuple[Finding, ...]
    clear: tuple[Clear, ...]

    def why_nothing(self) -> str:
        """Say why there is no finding, check by check; with none at all, that nothing was measured."""
        if not self.clear:
            return "nothing was measured: no primitive reported a call in the window"
        return "; ".join(f"{one.subject.primitive}: {one.reason}" for one in self.clear)


@dataclass(frozen=True)
class _Patient:
    """The signals of one primitive, by measure."""

    subject: Subject
    signals: Mapping[str, Signal]
    limits: Limits

    def value(self, measure: str) -> float:
        """The measured value, NaN where there is none."""
        signal = self.signals.get(measure)
        return float("nan") if signal is None or signal.value is None else signal.value

    def n(self, measure: str) -> int:
        """Observations behind a measure, 0 where there is none."""
        return self.signals[measure].n if measure in self.signals else 0

    def seen(self, *measures: str) -> tuple[Signal, ...]:
        """The signals of those measures, those that are missing left out."""
        return tuple(self.signals[measure] for measure in measures if measure in self.signals)

    def unready(self, *measures: str) -> str | None:
        """Why these measures cannot be judged; None if they can."""
        for measure in measures:
            signal = self.signals.get(measure)
            if signal is None or signal.state != "measured":
                return f"{measure} is not measured ({signal.state if signal else 'no_data'})"
            if signal.n < self.limits.min_calls:
                return f"{signal.n} observations of {measure}, {self.limits.min_calls} are needed"
        return None

    def found(self, name: str, score: float, confidence: float, summary: str, *measures: str) -> Finding:
        """Build a finding on the signals of those measures."""
        signals = self.seen(*measures)
        key = identify("finding", self.subject, name, *(signal.id for signal in signals))
        return Finding(key, self.subject, name, min(1.0, max(0.0, score)), confidence, summary, signals)


@dataclass(frozen=True)
class Check:
    """One check: which kind of primitive it looks at (None = any), what it must see, and how it judges."""

    name: str
    kind: str | None
    needs: tuple[str, ...]
    judge: Callable[[_Patient], Finding | str] = field(repr=False)


def find(signals: Iterable[Signal], limits: Limits | None = None) -> Diagnosis:
    """Run every check on every primitive that has signals."""
    answers = [
        _answer(check, patient)
        for patient in _patients(signals, limits or Limits())
        for check in CHECKS
        if check.kind in (None, patient.subject.kind)
    ]
    findings = [answer for answer in answers if isinstance(answer, Finding)]
    findings.sort(key=lambda finding: (-finding.score, finding.name, finding.subject))
    return Diagnosis(tuple(findings), tuple(answer for answer in answers if isinstance(answer, Clear)))


def _patients(signals: Iterable[Signal], limits: Limits) -> list[_Patient]:
    by_subject: dict[Subject, dict[str, Signal]] = {}
    for signal in signals:
        by_subject.setdefault(signal.subject, {})[signal.measure] = signal
    return [_Patient(subject, by_subject[subject], limits) for subject in sorted(by_subject)]


def _answer(check: Check, patient: _Patient) -> Finding | Clear:
    unready = patient.unready(*check.needs)
    if unready:
        return Clear(patient.subject, check.name, unready, measured=False)
    judged = check.judge(patient)
    if isinstance(judged, str):
        return Clear(patient.subject, check.name, judged, measured=True)
    if judged.confidence < patient.limits.min_confidence:
        unsure = f"{judged.summary}, but only {judged.confidence:.0%} sure"
        return Clear(patient.subject, check.name, unsure, measured=False)
    return judged


def _sure_above(ratio: float, limit: float, n: int) -> float:
    """Probability that a share measured on n observations truly exceeds the limit (normal approximation)."""
    deviation = sqrt(max(ratio * (1 - ratio), 1 / n) / n)
    return NormalDist(0, deviation).cdf(ratio - limit)


def _cold_cache(patient: _Patient) -> Finding | str:
    expired, hits = patient.value("cache_expired_ratio"), patient.value("cache_hit_ratio")
    limit, measure = patient.limits.expired_ratio, "cache_expired_ratio"
    if expired <= limit:
        return f"hit ratio {hits:.0%}, {expired:.0%} of requests found their entry too old (limit {limit:.0%})"
    summary = f"{expired:.0%} of requests found their entry too old: the cache forgets sooner than it is asked"
    sure = _sure_above(min(expired, 1.0), limit, patient.n(measure))
    return patient.found("cold_cache", expired, sure, summary, measure, "cache_hit_ratio", "cache_reuse_seconds_p90")


def _premium_routing(patient: _Patient) -> Finding | str:
    premium, easy = patient.value("router_premium_ratio"), patient.value("router_easy_ratio")
    limits = patient.limits
    if premium <= limits.premium_ratio or easy <= limits.easy_ratio:
        return f"{premium:.0%} of requests go to the premium route, {easy:.0%} of requests are easy"
    wasted = premium + easy - 1
    summary = f"{premium:.0%} of requests go to the premium route though {easy:.0%} are easy"
    sure = min(
        _sure_above(premium, limits.premium_ratio, patient.n("router_premium_ratio")),
        _sure_above(easy, limits.easy_ratio, patient.n("router_easy_ratio")),
    )
    measures = ("router_premium_ratio", "router_easy_ratio", "usd_per_routed_call")
    return patient.found("premium_routing", wasted, sure, summary, *measures)


def _retry_storm(patient: _Patient) -> Finding | str:
    attempts, failed = patient.value("retry_attempts_per_call"), patient.value("retry_failed_ratio")
    limits = patient.limits
    if attempts <= limits.attempts_per_call or failed <= limits.failed_ratio:
        return f"{attempts:.2f} attempts for a call, {failed:.0%} of them failed"
    summary = f"{attempts:.2f} attempts for a call, {failed:.0%} of them failed: retries feed the failure"
    sure = _sure_above(failed, limits.failed_ratio, patient.n("retry_failed_ratio"))
    measures = ("retry_attempts_per_call", "retry_failed_ratio", "error_ratio")
    return patient.found("retry_storm", 1 - 1 / attempts, sure, summary, *measures)


def _serial_stage(patient: _Patient) -> Finding | str:
    share, branches = patient.value("queue_share"), patient.value("branches_per_call")
    limit = patient.limits.queue_share
    if share <= limit:
        return f"branches waited {share:.2f} s for a slot in one second of execution (limit {limit:.2f})"
    summary = f"{branches:.1f} branches run in turn: they waited {share:.2f} s for a slot in one second of execution"
    sure = NormalDist(0, share / sqrt(patient.n("queue_share"))).cdf(share - limit)
    return patient.found("serial_stage", share, sure, summary, "queue_share", "branches_per_call", "seconds_mean")


def _narrow_limit(patient: _Patient) -> Finding | str:
    share, limit = patient.value("queue_share"), patient.limits.queue_share
    if share <= limit:
        return f"calls waited for a slot {share:.0%} of their time (limit {limit:.0%})"
    summary = f"calls waited for a slot {share:.0%} of their time: more come at once than the limit lets in"
    sure = _sure_above(min(share, 1.0), limit, patient.n("queue_share"))
    return patient.found("narrow_limit", share, sure, summary, "queue_share", "seconds_mean", "error_ratio")


def _bottleneck(patient: _Patient) -> Finding | str:
    share, seconds, limits = patient.value("self_share"), patient.value("seconds_mean"), patient.limits
    if share <= limits.self_share or seconds <= limits.slow_seconds:
        return f"{share:.0%} of the service's own time, {seconds:.3f} s a call (limit {limits.slow_seconds:g} s)"
    summary = f"{share:.0%} of the service's own time, {seconds:.1f} s a call"
    sure = _sure_above(share, limits.self_share, patient.n("self_share"))
    return patient.found("bottleneck", share, sure, summary, "self_share", "seconds_mean", "seconds_p95")


CHECKS = (
    Check("cold_cache", "cache", ("cache_expired_ratio", "cache_hit_ratio"), _cold_cache),
    Check("premium_routing", "router", ("router_premium_ratio", "router_easy_ratio"), _premium_routing),
    Check("retry_storm", "retry", ("retry_attempts_per_call", "retry_failed_ratio"), _retry_storm),
    Check("serial_stage", "parallel", ("queue_share", "branches_per_call"), _serial_stage),
    Check("narrow_limit", "limit", ("queue_share",), _narrow_limit),
    Check("bottleneck", None, ("self_share", "seconds_mean"), _bottleneck),
)
