"""Fleet: what the replicas of a service report that they obey, read back and compared with what they are told."""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose

from ai_runtime_intelligent.contract import rollouts
from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout

from airuntime_backend.ports import Metrics, Replicas, Sample, Services

from .arms import ArmReader


class FleetReader:
    """Reads back one rollout at a time. Raises ``UpstreamError`` or ``BadRequestError``."""

    def __init__(self, metrics: Metrics, services: Services) -> None:
        self._metrics = metrics
        self._services = services
        self._arms = ArmReader(metrics)

    def read(self, rollout: Rollout, now: float, before: Replicas | None) -> Replicas:
        """The replicas as they are now, with what an earlier look has seen of them."""
        forward = rollout.change.forward
        shares = _by_name(self._metrics.instant(rollouts.shares(rollout.id)))
        values = _by_name(self._metrics.instant(rollouts.values(forward.service, forward.tunable)))
        present = values.keys() | shares.keys()
        obeying = {one for one in present if _obeys(rollout, shares.get(one, 0.0), values.get(one))}
        lagging = {one for one, share in shares.items() if share} - obeying
        known = before.known if before is not None else frozenset[str]()
        joined = (present - known) | set(before.joined) if before is not None and known else set[str]()
        restarted = {f"{job}/{instance}" for job, instance in self._arms.restarted(rollout, now)}
        return Replicas(
            obeying=_sorted(obeying),
            lagging=_sorted(lagging),
            behind=_sorted(present - obeying - lagging),
            gone=_sorted(known - present),
            joined=_sorted(joined),
            restarted=_sorted(restarted),
            outdated=_sorted(obeying & self._outdated(forward.service)),
        )

    def _outdated(self, service: str) -> set[str]:
        """Those whose config is of an older generation than that which the service is told."""
        reached = _by_name(self._metrics.instant(rollouts.generations(service)))
        told = self._services.config(service).generation
        return {one for one, generation in reached.items() if generation < told}


def _obeys(rollout: Rollout, share: float, value: float | None) -> bool:
    """While an experiment runs its share tells, afterwards the value."""
    if rollout.phase in RUNNING or (rollout.phase == "kept" and rollout.share < 1):
        return share > 0 and isclose(share, rollout.share)
    told = rollout.change.after if rollout.phase == "kept" else rollout.change.before
    return share == 0 and value is not None and isclose(value, told)


def _by_name(samples: Iterable[Sample]) -> dict[str, float]:
    return {name(one): one.value for one in samples}


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def name(sample: Sample) -> str:
    """What a replica is called: its job and instance."""
    return f"{sample.labels.get('job', '')}/{sample.labels.get('instance', '')}"


def told(replicas: Replicas) -> str:
    """The same in words."""
    total = len(replicas.obeying) + len(replicas.late)
    parts = [f"{len(replicas.obeying)} of {total} replicas obey"]
    for what in ("lagging", "behind", "gone", "joined", "restarted", "outdated"):
        names = getattr(replicas, what)
        if names:
            parts.append(f"{what}: {', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}")  # noqa: PLR2004 - a few examples
    return "; ".join(parts)
