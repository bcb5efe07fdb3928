"""Grafana before the whole: each test has its own, and nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.environment import forget
from support.grafana import Grafana
from support.shop import busy
from support.stage import Stage, staged


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without settings."""
    forget(monkeypatch)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The whole, with the shop in full trade."""
    with staged(tmp_path, busy()) as stage:
        yield stage


@pytest.fixture
def grafana(stage: Stage) -> Grafana:
    """Grafana's client, connected to where the launcher pointed."""
    return stage.grafana
