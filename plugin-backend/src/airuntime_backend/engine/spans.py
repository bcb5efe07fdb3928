"""Spans of time: how code before a merge is compared with code after it, for both never run in one process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.verdict import Blocks

from airuntime_backend.ports import Metrics

_LEAST = 6


@dataclass(frozen=True)
class Spans:
    """``blocks`` blocks of ``block_seconds`` on each side, after one block to settle."""

    block_seconds: float
    blocks: int = 10

    @property
    def watch_seconds(self) -> float:
        """The length of one side."""
        return self.block_seconds * self.blocks

    @property
    def least_blocks(self) -> int:
        """Blocks on a side below which nothing is concluded."""
        return max(_LEAST, self.blocks // 2)


class SpanReader:
    """Reads one value for each block. Its methods that ask raise ``UpstreamError`` or ``BadRequestError``."""

    def __init__(self, metrics: Metrics, spans: Spans) -> None:
        self._metrics = metrics
        self._spans = spans

    def queries(self, subject: Subject, measures: Iterable[str]) -> dict[str, str]:
        """The query of each measure that Prometheus can be asked for, each once."""
        scope = promql.Scope(promql.literal(subject.service), promql.literal(subject.primitive))
        span = f"{round(self._spans.block_seconds)}s"
        known = (name for name in dict.fromkeys(measures) if name in promql.MEASURE)
        return {name: promql.MEASURE[name].value(scope, span) for name in known}

    def read(self, queries: Mapping[str, str], subject: Subject, window: Window) -> Blocks:
        """The blocks of every measure within the window."""
        return Blocks({name: tuple(self._values(query, subject, window)) for name, query in queries.items()})

    def _values(self, query: str, subject: Subject, window: Window) -> Iterator[float]:
        """One value for each block, taken at the block's end, where its rate looks back over just that block."""
        step = self._spans.block_seconds
        for series in self._metrics.range(query, window.start + step, window.end, step):
            if (series.labels.get("service"), series.labels.get("primitive")) == (subject.service, subject.primitive):
                yield from (value for _, value in series.points)
