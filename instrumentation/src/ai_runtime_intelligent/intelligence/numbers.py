"""The process' own numbers: what its recorder has accumulated, and by how much that grew between two moments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client.metrics_core import Metric as Family

from ai_runtime_intelligent.flow.signal import Subject

Labels = tuple[str, ...]
"""Label values in the order of the contract, without the service; of a bucket with its edge at the end."""

Series = Mapping[Labels, float]


class Source(Protocol):
    """What has numbers: the recorder."""

    @property
    def service(self) -> str:
        """The service that they belong to."""

    def collect(self) -> Iterable[Family]:
        """Its metrics at this moment."""


@dataclass(frozen=True)
class Numbers:
    """Samples by name and labels, cumulative since the start, at one moment (Unix seconds)."""

    service: str
    at: float
    samples: Mapping[str, Series] = field(repr=False)
    _totals: dict[str, Mapping[Subject, float]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, source: Source, at: float, names: Collection[str]) -> Numbers:
        """What ``source`` has accumulated in the samples of these names."""
        samples: dict[str, dict[Labels, float]] = {name: {} for name in names}
        for family in source.collect():
            if any(name.startswith(family.name) for name in names):
                for sample in family.samples:
                    if sample.name in samples:
                        samples[sample.name][tuple(sample.labels.values())[1:]] = sample.value
        return cls(source.service, at, samples)

    def since(self, before: Numbers) -> Numbers:
        """By how much every sample grew; one that fell has begun anew in between, and counts from 0."""
        grown = {name: _grown(series, before.samples.get(name, {})) for name, series in self.samples.items()}
        return Numbers(self.service, self.at, grown)

    def by_primitive(self, name: str, where: Callable[[Labels], bool] | None = None) -> Mapping[Subject, float]:
        """Sums of a sample over the labels beyond primitive and kind, those left out for which ``where`` is false.

        A whole sum is kept for the next measure that is made of it.
        """
        if where is not None:
            return self._sums(name, where)
        if name not in self._totals:
            self._totals[name] = self._sums(name, lambda _: True)
        return self._totals[name]

    def _sums(self, name: str, where: Callable[[Labels], bool]) -> dict[Subject, float]:
        sums: dict[Subject, float] = {}
        for subject, more, value in self.rows(name):
            if where(more):
                sums[subject] = sums.get(subject, 0.0) + value
        return sums

    def rows(self, name: str) -> Iterator[tuple[Subject, Labels, float]]:
        """The value of a sample, for each of its label sets."""
        for (primitive, kind, *more), value in self.samples.get(name, {}).items():
            yield Subject(self.service, primitive, kind), tuple(more), value


def _grown(series: Series, before: Series) -> Series:
    return {labels: value - _held(before.get(labels, 0.0), value) for labels, value in series.items()}


def _held(before: float, now: float) -> float:
    return before if before <= now else 0.0
