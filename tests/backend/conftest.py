"""A backend on an empty database, before a world that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rolling.scraped import Scraped
from support.backend import Backend, shop
from support.environment import forget
from support.fleet import Fleet, FleetWorld


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without settings."""
    forget(monkeypatch)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A backend whose shop is two replicas that poll it, deal calls to arms and are scraped."""
    scraped = Scraped()
    with shop(tmp_path, FleetWorld(scraped)) as backend:
        yield Fleet(backend, scraped)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """A backend that knows the shop and its source."""
    with shop(tmp_path) as backend:
        yield backend
