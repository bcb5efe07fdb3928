"""Memory while ten thousand label sets are attempted, past the cap and for a million calls."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path
from typing import Any, Final

from ai_runtime_intelligent import instrument, setup_apm
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from .calls import Sink
from .worker import answer, workers

LABEL_SETS: Final = 10_000
_WARM_CALLS: Final = 100_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def step() -> None:
    """Do nothing."""


class Growth:
    """Functions under ten thousand names, called in turn."""

    def __init__(self) -> None:
        logging.disable(logging.WARNING)  # that the cap is passed is what is measured here
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(Sink()))
        trace.set_tracer_provider(provider)
        self._apm = setup_apm("bench", port=0)
        self._steps = [instrument(step, name=f"step{number}") for number in range(LABEL_SETS)]

    def grow(self) -> dict[str, Any]:
        """Resident bytes after the cap was passed and after all calls, and the label sets and calls on record."""
        calls = int(os.environ["BENCH_CALLS"])
        self._call(_WARM_CALLS)
        before = _resident()
        self._call(calls)
        after = _resident()
        executions = [
            sample
            for metric in self._apm.registry.collect()
            for sample in metric.samples
            if sample.name == "airuntime_executions_total"
        ]
        return {
            "before_mb": before / 2**20,
            "grown_mb": (after - before) / 2**20,
            "label_sets": len(executions),
            "exact": sum(sample.value for sample in executions) == calls + _WARM_CALLS,
        }

    def _call(self, count: int) -> None:
        for _ in range(count // len(self._steps)):
            for call in self._steps:
                call()


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def measure(calls: int) -> dict[str, Any]:
    """What ``calls`` calls did to the memory of a process whose label sets are past the cap."""
    with workers("memory", ["growth"], {"growth": {"BENCH_CALLS": str(calls)}}) as (worker,):
        return dict(worker.ask("grow"))


if __name__ == "__main__":
    growth = Growth()
    assert sys.argv[1] == "growth"  # noqa: S101 - the only variant
    answer({"grow": growth.grow})
