"""What services obey now: declared tunables with the values that they report."""

from __future__ import annotations

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.change import Current, Setting
from ai_runtime_intelligent.flow.suggestion import Tunable

from airuntime_backend.errors import NotFoundError
from airuntime_backend.manifest import Manifest, TunableSpec
from airuntime_backend.ports import Metrics, ServiceConfig, Services

Reported = dict[tuple[str, str], frozenset[float]]
"""The values that the replicas of (service, tunable) report; one, when they agree."""


def reported(metrics: Metrics) -> Reported:
    """Read back what every process obeys. Raises ``UpstreamError``."""
    found: dict[tuple[str, str], set[float]] = {}
    for sample in metrics.instant(promql.tunable_values()):
        if {"service", "tunable"} <= sample.labels.keys():  # else it is somebody else's metric of the same name
            key = sample.labels["service"], sample.labels["tunable"]
            found.setdefault(key, set()).add(float(sample.labels["obeyed"]))
    return {key: frozenset(values) for key, values in found.items()}


def current(spec: TunableSpec, service: str, config: ServiceConfig, seen: Reported) -> Current:
    """What the target reports: the value that all replicas obey, or else what the config or the declaration says."""
    settings = {tunable: value for tunable, value, _ in config.settings}
    values = seen.get((service, spec.name), frozenset())
    if any(one.holdout and one.tunable == spec.name for one in config.experiments):
        values = frozenset()  # what replicas report is the value of the few calls that are held out on the old one
    told = settings.get(spec.name, spec.default)
    return Current(
        next(iter(values)) if len(values) == 1 else told, Setting(service, spec.name, settings.get(spec.name))
    )


def declared(manifest: Manifest, config: ServiceConfig, seen: Reported) -> dict[str, Tunable]:
    """The tunables of a service with their present values, by full name."""
    return {
        spec.name: Tunable(
            spec.name,
            spec.primitive,
            spec.type,
            current(spec, manifest.service, config, seen).value,
            spec.default,
            spec.minimum,
            spec.maximum,
            spec.unit,
            spec.description,
        )
        for spec in manifest.tunables
    }


def find_spec(services: Services, service: str, tunable: str) -> TunableSpec:
    """A tunable's declaration. Raises ``NotFoundError``."""
    for manifest in services.manifests():
        spec = manifest.tunable(tunable) if manifest.service == service else None
        if spec is not None:
            return spec
    raise NotFoundError(f"{service} declares no tunable {tunable!r}: is this version of it still running?")
