"""Blocks of time: how one side of a before/after comparison is measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.verdict import Blocks

from airuntime_backend.ports import Metrics

_LEAST = 6


@dataclass(frozen=True)
class Pace:
    """How a change is watched: ``blocks`` blocks of ``block_seconds`` on each side, after one block to settle."""

    block_seconds: float
    blocks: int
    obey_seconds: float
    """How long a service may take to obey."""

    @property
    def watch_seconds(self) -> float:
        """The length of one side."""
        return self.block_seconds * self.blocks

    @property
    def least_blocks(self) -> int:
        """Blocks on a side below which nothing is concluded."""
        return max(_LEAST, self.blocks // 2)


class BlockReader:
    """Reads one value for each block. Its methods that ask raise ``UpstreamError`` or ``BadRequestError``."""

    def __init__(self, metrics: Metrics, pace: Pace) -> None:
        self._metrics = metrics
        self._pace = pace

    def queries(self, subject: Subject, measures: Iterable[str]) -> dict[str, str]:
        """The query of each measure, each once."""
        scope = promql.Scope(promql.literal(subject.service), promql.literal(subject.primitive))
        span = f"{round(self._pace.block_seconds)}s"
        return {name: promql.MEASURE[name].value(scope, span) for name in dict.fromkeys(measures)}

    def read(self, queries: Mapping[str, str], subject: Subject, window: Window) -> Blocks:
        """The blocks of every measure within the window."""
        return Blocks({name: tuple(self._values(query, subject, window)) for name, query in queries.items()})

    def missing(self, subject: Subject, measure: str, window: Window) -> int:
        """How many more blocks of the window would have to be measured to conclude from it."""
        seen = self._values(self.queries(subject, (measure,))[measure], subject, window)
        return max(0, self._pace.least_blocks - sum(isfinite(value) for value in seen))

    def _values(self, query: str, subject: Subject, window: Window) -> Iterator[float]:
        """One value for each block, taken at the block's end, where its rate looks back over just that block."""
        step = self._pace.block_seconds
        for series in self._metrics.range(query, window.start + step, window.end, step):
            if (series.labels.get("service"), series.labels.get("primitive")) == (subject.service, subject.primitive):
                yield from (value for _, value in series.points)
