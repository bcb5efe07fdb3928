"""Totals: by how much the counters grew over one window, as the sums of which measures are made."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .signal import Subject

Labels = tuple[str, ...]
"""Label values beyond service, primitive and kind, in the order of the contract."""

Values = Mapping[Subject, float]


class Grown(Protocol):
    """What counters did in one window: Prometheus' sums, or the process' own numbers."""

    def rows(self, name: str) -> Iterator[tuple[Subject, Labels, float]]:
        """The growth of a sample, for each of its label sets."""

    def by_primitive(self, name: str, where: Callable[[Labels], bool] | None = None) -> Values:
        """Sums of a sample over its further labels, those left out for which ``where`` is false."""


@dataclass(frozen=True)
class Totals:
    """Sums that were read: by sample name, further labels and subject."""

    samples: Mapping[str, Mapping[Labels, Values]] = field(repr=False)
    _whole: dict[str, Values] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rows(self, name: str) -> Iterator[tuple[Subject, Labels, float]]:
        """The growth of a sample, for each of its label sets."""
        for labels, sums in self.samples.get(name, {}).items():
            for subject, value in sums.items():
                yield subject, labels, value

    def by_primitive(self, name: str, where: Callable[[Labels], bool] | None = None) -> Values:
        """Sums of a sample over its further labels, those left out for which ``where`` is false.

        A whole sum is kept for the next measure that is made of it.
        """
        if where is not None:
            return self._sums(name, where)
        if name not in self._whole:
            self._whole[name] = self._sums(name, lambda _: True)
        return self._whole[name]

    def _sums(self, name: str, where: Callable[[Labels], bool]) -> Values:
        parts = [sums for labels, sums in self.samples.get(name, {}).items() if where(labels)]
        if len(parts) == 1:
            return parts[0]
        whole: dict[Subject, float] = {}
        for part in parts:
            for subject, value in part.items():
                whole[subject] = whole.get(subject, 0.0) + value
        return whole

    def of_services(self, services: Container[str]) -> Totals:
        """The sums of these services alone."""
        return self._each(
            lambda _, __, sums: {subject: value for subject, value in sums.items() if subject.service in services}
        )

    def less(self, part: Totals) -> Totals:
        """What remains when a part of the window is taken off; extrapolation may leave a little less than nothing."""

        def left(name: str, labels: Labels, sums: Values) -> Values:
            off = part.samples.get(name, {}).get(labels, {})
            return {subject: max(0.0, value - off.get(subject, 0.0)) for subject, value in sums.items()}

        return self._each(left)

    def _each(self, change: Callable[[str, Labels, Values], Values]) -> Totals:
        return Totals(
            {
                name: {labels: change(name, labels, sums) for labels, sums in by_labels.items()}
                for name, by_labels in self.samples.items()
            }
        )
