"""Fixtures for the demo: primitives are forgotten after each test, settings of whoever runs the tests before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.runtime.tunables import TUNABLES


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start without settings, end without primitives."""
    for variable in env.VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    yield
    CATALOG.clear()
    TUNABLES.clear()
