"""A backend on an empty database, before a world that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.app import create_app
from support.backend import Backend, settings
from support.world import Clock, World, manifest


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """A backend that knows the shop and its source."""
    source = tmp_path / "shop.py"
    source.write_text("import x\ndef build():\n    return CachePrimitive()\n", encoding="utf-8")
    world, clock = World(), Clock()
    given = settings(tmp_path)
    ledger = SqlLedger(given.database_url)
    app = create_app(given, metrics=world, ledger=ledger, clock=clock)
    with app.test_client() as client:
        answer = client.put("/runtime/services/shop/manifest", json=manifest(str(source)))
        assert answer.status_code == 200, answer.text
        yield Backend(client, world, clock, ledger, app)
    ledger.close()
