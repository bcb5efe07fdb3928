"""Arms: what both sides of an experiment have counted, exactly, added up over the replicas of a service.

Prometheus gives the counters as they were scraped. What a replica counted between its last scrape and its end nobody
knows; all else is there, restarts included.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from ai_runtime_intelligent.contract import metrics, rollouts
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.rollout import Rollout

from airuntime_backend.ports import Metrics, Sample, Series

Arms = tuple[ArmStats, ArmStats]
"""Control and candidate."""

_FIELDS: Final = {
    metric.name: field for totals in (metrics.ARM_TOTALS, metrics.SETTLING_TOTALS) for field, metric in totals.items()
}
_LOOK_BACK: Final = 86_400.0
"""Seconds for which the value before a window is looked for: longer no replica is out of sight and comes back."""
_OVERLAP: Final = 600.0
"""Seconds before a window in which a restart is noticed that hides between two of its samples."""

_ROUNDED: Final = 1e-3
"""Seconds to which Prometheus rounds the time of a sample."""

_Key = frozenset[tuple[str, str]]


class ArmReader:
    """Reads the totals of experiments. Its methods raise ``UpstreamError`` or ``BadRequestError``."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def read(self, rollout: Rollout, start: float, end: float) -> Arms:
        """What was counted after start, up to end (Unix seconds)."""
        return self._read(rollout, start, end, rollouts.totals)

    def settling(self, rollout: Rollout, start: float, end: float) -> Arms:
        """What was counted while time blocks settled: calls and cost alone."""
        return self._read(rollout, start, end, rollouts.settling)

    def _read(self, rollout: Rollout, start: float, end: float, of: rollouts.Totals) -> Arms:
        grown = self._grown(rollout, max(start, rollout.baseline.end), end, of)
        return _arms((dict(key), value) for key, value in grown.items())

    def blocks(self, rollout: Rollout, end: float, block_seconds: float, settle_seconds: float) -> tuple[Arms, ...]:
        """What was counted in each time block since the rollout began that was over, and scraped, before end.

        A block is read when the next one has settled: until then only what belongs to the former is counted. Of a
        replica that began anew every sample is read, so that a block has what it counted before as well as since.
        """
        first = (rollout.baseline.end // block_seconds + 1) * block_seconds + settle_seconds
        if end < first:
            return ()
        edges = [first + index * block_seconds for index in range(int((end - first) // block_seconds) + 1)]
        query = rollouts.latest(rollout.id, f"{ceil(block_seconds + settle_seconds)}s")  # the first may be so long
        counted = {_key(one): _steps(one, edges) for one in self._metrics.range(query, first, end, block_seconds)}
        began = rollout.baseline.end
        for job, instance in self._resets(rollout, began, end):
            for one in self._metrics.samples(rollouts.totals(rollout.id, job=job, instance=instance), began, end):
                counted[_key(one)] = _steps(one, edges)
        return tuple(_arms((dict(key), grown[block]) for key, grown in counted.items()) for block in range(len(edges)))

    def restarted(self, rollout: Rollout, end: float) -> frozenset[tuple[str, str]]:
        """Job and instance of the replicas that began anew since the rollout began."""
        return frozenset(self._resets(rollout, rollout.baseline.end, end))

    def _grown(self, rollout: Rollout, start: float, end: float, of: rollouts.Totals) -> dict[_Key, float]:
        if end <= start:
            return {}
        before = self._latest(rollout, max(rollout.baseline.end, start - _LOOK_BACK), start, of)
        grown = {
            key: value - before.get(key, 0.0) if value >= before.get(key, 0.0) else value
            for key, value in self._latest(rollout, start, end, of).items()
        }
        overlap = max(rollout.baseline.end, start - _OVERLAP)
        for job, instance in self._resets(rollout, overlap, end):
            for series in self._metrics.samples(of(rollout.id, job=job, instance=instance), overlap, end):
                key = _key(series)
                grown[key] = _growth(series, start, before.get(key, 0.0))
        return grown

    def _latest(self, rollout: Rollout, start: float, end: float, of: rollouts.Totals) -> dict[_Key, float]:
        if end <= start:
            return {}
        found = self._metrics.instant(rollouts.latest(rollout.id, _span(start, end), of), end)
        return {_key(sample): sample.value for sample in found}

    def _resets(self, rollout: Rollout, start: float, end: float) -> set[tuple[str, str]]:
        if end <= start:
            return set()
        return {_replica(one) for one in self._metrics.instant(rollouts.resets(rollout.id, _span(start, end)), end)}


def _key(series: Sample | Series) -> _Key:
    return frozenset(series.labels.items())


def _replica(sample: Sample) -> tuple[str, str]:
    return sample.labels.get("job", ""), sample.labels.get("instance", "")


def _span(start: float, end: float) -> str:
    return f"{max(1, ceil(end - start))}s"


def _growth(series: Series, start: float, before: float) -> float:
    """How much a counter grew after start; where it falls it began anew from 0."""
    last, grown = before, 0.0
    for at, value in series.points:
        if at > start:
            grown += value - last if value >= last else value
        last = value
    return grown


def _steps(series: Series, edges: Sequence[float]) -> list[float]:
    """How much a counter grew up to each edge since the one before; where it falls it began anew from 0."""
    grown, last = [0.0] * len(edges), 0.0
    for at, value in series.points:
        index = bisect_left(edges, at - _ROUNDED)
        if index < len(edges):
            grown[index] += value - last if value >= last else value
        last = value
    return grown


def _arms(grown: Iterable[tuple[Mapping[str, str], float]]) -> Arms:
    sums: dict[str, dict[str, float]] = {"control": {}, "candidate": {}}
    for labels, value in grown:
        field, arm = _FIELDS.get(labels.get("__name__", "")), sums.get(labels.get("arm", ""))
        if field is not None and arm is not None:
            arm[field] = arm.get(field, 0.0) + value
    return ArmStats.of(sums["control"]), ArmStats.of(sums["candidate"])
