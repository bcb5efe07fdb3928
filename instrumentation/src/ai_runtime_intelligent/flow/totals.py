"""Totals: by how much the counters grew over one window, as the sums of which measures are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    """Sums that were read: by sample name, subject and further labels."""

    samples: Mapping[str, Mapping[tuple[Subject, Labels], float]] = field(repr=False)
    _whole: dict[str, Values] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rows(self, name: str) -> Iterator[tuple[Subject, Labels, float]]:
        """The growth of a sample, for each of its label sets."""
        for (subject, labels), value in self.samples.get(name, {}).items():
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

    def _sums(self, name: str, where: Callable[[Labels], bool]) -> dict[Subject, float]:
        sums: dict[Subject, float] = {}
        for (subject, labels), value in self.samples.get(name, {}).items():
            if where(labels):
                sums[subject] = sums.get(subject, 0.0) + value
        return sums

    def less(self, part: Totals) -> Totals:
        """What remains when a part of the window is taken off; extrapolation may leave a little less than nothing."""
        return Totals(
            {
                name: {key: max(0.0, value - part.samples.get(name, {}).get(key, 0.0)) for key, value in sums.items()}
                for name, sums in self.samples.items()
            }
        )
