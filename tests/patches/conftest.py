"""Patches are tried without settings of whoever runs the tests."""

from __future__ import annotations

import pytest
from support.environment import forget


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without settings."""
    forget(monkeypatch)
