"""The backend's own metrics, read from the ledger when they are scraped: ordinary alert rules work on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import PHASES
from ai_runtime_intelligent.flow.diagnosis import Diagnosis
from ai_runtime_intelligent.flow.rollout import RUNNING
from ai_runtime_intelligent.flow.trust import HELD, trust, usual_error
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from airuntime_backend.engine.accounts import Accounts
from airuntime_backend.engine.ended import LOOK_BACK_SECONDS
from airuntime_backend.engine.lives import subjects_of
from airuntime_backend.engine.predictions import by_rule, predictions
from airuntime_backend.engine.verify import newest_of
from airuntime_backend.ports import Clock, Ledger

_MAX_AGE_SECONDS: Final = 600.0  # a diagnosis older than this no longer speaks of the present


class LedgerCollector(Collector):
    """What is on record, as Prometheus metrics."""

    def __init__(
        self, ledger: Ledger, clock: Clock, accounts: Accounts, budget_usd_per_hour: float | None = None
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._accounts = accounts
        self._budget = budget_usd_per_hour

    def collect(self) -> Iterator[Metric]:
        """One family for each metric of the contract's ``BACKEND``."""
        yield from (self._findings(), self._suggestions(), self._phases(), self._replicas())
        yield from (self._verdicts(), self._saved())
        yield from (*self._forecasts(), self._budgeted(), *self._rules())
        yield self._refused()

    def _findings(self) -> Metric:
        family = _gauge(metrics.FINDING_SCORE)
        for finding in self._diagnosis().findings:
            subject = finding.subject
            family.add_metric([subject.service, subject.primitive, subject.kind, finding.name], finding.score)
        return family

    def _diagnosis(self) -> Diagnosis:
        """The latest, if it is young enough; else an empty one."""
        latest = self._ledger.diagnosis()
        if latest and self._clock.now() - latest[2] < _MAX_AGE_SECONDS:
            return latest[0]
        return Diagnosis((), ())

    def _forecasts(self) -> tuple[Metric, ...]:
        ahead, breaches = _gauge(metrics.FORECAST), _gauge(metrics.FORECAST_BREACH)
        for one in self._diagnosis().forecasts:
            labels = [one.subject.service, one.subject.primitive, one.subject.kind, one.measure]
            for part in ("now", "low", "middle", "high", "error"):
                ahead.add_metric([*labels, part], getattr(one, part))
            if one.breach_seconds is not None:
                breaches.add_metric(labels, one.breach_seconds)
        return ahead, breaches

    def _budgeted(self) -> Metric:
        family = _gauge(metrics.BUDGET)
        if self._budget is not None:
            family.add_metric([], self._budget)
        return family

    def _rules(self) -> tuple[Metric, ...]:
        """Of every rule that was ever tried."""
        counts, trusts, errors = (
            _counter(metrics.RULE_PREDICTIONS),
            _gauge(metrics.RULE_TRUST),
            _gauge(metrics.RULE_ERROR),
        )
        for rule, tried in sorted(by_rule(predictions(self._ledger)).items()):
            for held in HELD:
                counts.add_metric([rule, held], sum(one.held == held for one in tried))
            trusts.add_metric([rule], trust(tried))
            errors.add_metric([rule], usual_error(tried) or 0.0)
        return counts, trusts, errors

    def _suggestions(self) -> Metric:
        family = _gauge(metrics.SUGGESTIONS)
        counts: Counter[tuple[str, str]] = Counter()
        counts.update((one.suggestion.subject.service, one.status) for one in self._ledger.suggestions())
        known = ((manifest.service, "open") for manifest in self._ledger.manifests())
        counts.update(dict.fromkeys(known, 0))
        for labels, count in sorted(counts.items()):
            family.add_metric(labels, count)
        return family

    def _phases(self) -> Metric:
        family = _gauge(metrics.ROLLOUT_PHASE)
        for rollout in self._ledger.rollouts():
            for phase in PHASES:
                labels = [rollout.change.forward.service, rollout.id, phase]
                family.add_metric(labels, float(rollout.phase == phase))
        return family

    def _replicas(self) -> Metric:
        """Of each rollout that runs, or that is read back after its end."""
        family, seen, rollouts = _gauge(metrics.ROLLOUT_REPLICAS), self._ledger.progress(), self._ledger.rollouts()
        newest, young = newest_of(rollouts), self._clock.now() - LOOK_BACK_SECONDS
        for rollout in rollouts:
            looked_at = rollout.phase in RUNNING or (rollout.id in newest and rollout.since >= young)
            if looked_at and rollout.id in seen:
                for state, names in vars(seen[rollout.id].replicas).items():
                    family.add_metric([rollout.change.forward.service, rollout.id, state], len(names))
        return family

    def _verdicts(self) -> Metric:
        family = _counter(metrics.VERDICTS)
        services = {rollout.id: rollout.change.forward.service for rollout in self._ledger.rollouts()}
        counts: Counter[tuple[str, str]] = Counter(
            (services[key], verdict.outcome) for key, verdict in self._ledger.verdicts().items()
        )
        for labels, count in sorted(counts.items()):
            family.add_metric(labels, count)
        return family

    def _saved(self) -> Metric:
        family = _counter(metrics.SAVED)
        totals: dict[tuple[str, str, str], float] = {}
        booked = self._accounts.saved_usd()
        subjects = subjects_of(self._ledger) if booked else {}
        for rollout, usd in booked.items():
            subject = subjects[rollout]
            key = (subject.service, subject.primitive, subject.kind)
            totals[key] = totals.get(key, 0.0) + usd
        for labels, total in sorted(totals.items()):
            family.add_metric(labels, total)
        return family

    def _refused(self) -> Metric:
        family = _gauge(metrics.CONFIG_REFUSED)
        for manifest in self._ledger.manifests():
            family.add_metric([manifest.service], float(bool(manifest.refused)))
        return family


def _gauge(metric: metrics.Metric) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)


def _counter(metric: metrics.Metric) -> CounterMetricFamily:
    return CounterMetricFamily(metric.name.removesuffix("_total"), metric.help, labels=metric.labels)
