"""What waits, how far rules may go, and what webhooks have not taken in yet, as Prometheus metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from ai_runtime_intelligent.contract import metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from airuntime_backend.engine.autopilot import Autopilot
from airuntime_backend.errors import PolicyUnreadableError
from airuntime_backend.ports import Ledger, Outbox, WaitsFor


class PolicyCollector(Collector):
    """Read from the ledger when it is scraped."""

    def __init__(self, ledger: Ledger, autopilot: Autopilot, outbox: Outbox) -> None:
        self._ledger = ledger
        self._autopilot = autopilot
        self._outbox = outbox

    def collect(self) -> Iterator[Metric]:
        """Three families of the contract's ``BACKEND``."""
        yield from (self._autonomy(), self._queued(), self._backlog())

    def _autonomy(self) -> Metric:
        """Of every rule; of none while the policy cannot be read, when no rule goes by itself."""
        family = _gauge(metrics.RULE_AUTONOMY)
        try:
            standings = self._autopilot.standings()
        except PolicyUnreadableError:
            standings = ()
        for one in standings:
            family.add_metric([one.rule, one.asked, one.level], 1.0)
        return family

    def _queued(self) -> Metric:
        family = _gauge(metrics.QUEUED)
        tickets = self._ledger.tickets()
        services = {one.suggestion.id: one.suggestion.subject.service for one in self._ledger.suggestions()}
        counts: Counter[tuple[str, str]] = Counter()
        for manifest in self._ledger.manifests():
            counts.update({(manifest.service, waits_for): 0 for waits_for in get_args(WaitsFor)})
        counts.update((services[one.suggestion], one.waits_for) for one in tickets)
        for labels, count in sorted(counts.items()):
            family.add_metric(labels, count)
        return family

    def _backlog(self) -> Metric:
        family = _gauge(metrics.WEBHOOK_BACKLOG)
        for labels, count in sorted(self._outbox.backlog().items()):
            family.add_metric(labels, count)
        return family


def _gauge(metric: metrics.Metric) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
