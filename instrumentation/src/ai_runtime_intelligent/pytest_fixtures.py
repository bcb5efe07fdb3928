"""Fixtures for pytest: ``pytest_plugins = ["ai_runtime_intelligent.pytest_fixtures"]`` in a ``conftest.py``.

They are not there by themselves: a library that a program imports must not change the test runs of everybody who has
it installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from ai_runtime_intelligent.runtime.tunables import Number
from ai_runtime_intelligent.testing import FakeClock, Measured, measuring, tuned

__all__ = ["airuntime", "airuntime_clock", "airuntime_tunables"]


@pytest.fixture
def airuntime() -> Iterator[Measured]:
    """What the test's instrumented calls did: ``airuntime.calls("answers")``. Nothing leaves the process."""
    with measuring() as measured:
        yield measured


@pytest.fixture
def airuntime_tunables() -> Iterator[Callable[[Mapping[str, Number]], None]]:
    """Set tunables until the test ends: ``airuntime_tunables({"answers.ttl_seconds": 5.0})``."""
    with ExitStack() as stack:
        yield lambda values: stack.enter_context(tuned(values))


@pytest.fixture
def airuntime_clock() -> FakeClock:
    """Seconds that pass when the test says so."""
    return FakeClock()
