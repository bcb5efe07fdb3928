"""The ledger's schema: migrations from nothing give exactly the models, and lead back to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.adapters import ledger
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.ledger.engine import migrate
from airuntime_backend.adapters.ledger.models import Base
from airuntime_backend.manifest import Manifest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from support.world import manifest


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = create_engine(f"sqlite:///{tmp_path}/state.db")
    yield engine
    engine.dispose()


def config() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(files(ledger).joinpath("migrations")))
    return config


def differences(engine: Engine) -> list[Any]:
    """What a new migration would have to do."""
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
        return found


def test_an_empty_database_becomes_exactly_the_models(engine: Engine) -> None:
    """No column, index or constraint of the models is missing, and none is left over."""
    migrate(engine)

    assert differences(engine) == []


def test_a_difference_would_be_seen(engine: Engine) -> None:
    """The comparison itself is worth something: a table and a column that are not in the models show up."""
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stranger (id INTEGER PRIMARY KEY)"))
        connection.execute(text("ALTER TABLE saving ADD COLUMN colour VARCHAR(7)"))

    assert sorted(kind for kind, *_ in differences(engine)) == ["remove_column", "remove_table"]


def test_there_is_one_way_from_the_first_migration_to_the_last() -> None:
    """One head, and each migration says in a sentence what it is for."""
    script = ScriptDirectory.from_config(config())

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert all(revision.doc.endswith(".") for revision in script.walk_revisions())


def test_every_step_leads_up_and_down_again(engine: Engine) -> None:
    """From nothing to the newest schema one migration at a time, back to nothing, and up again."""
    steps = [revision.revision for revision in ScriptDirectory.from_config(config()).walk_revisions()]
    for revision in reversed(steps):
        migrate(engine, revision)
    downward = config()
    with engine.begin() as connection:
        downward.attributes["connection"] = connection
        command.downgrade(downward, "base")

    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate(engine)
    assert differences(engine) == []


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    """What is on record stays."""
    url = f"sqlite:///{tmp_path}/state.db"
    first = SqlLedger(url)
    first.put_manifest(Manifest.model_validate(manifest()), 1.0)
    first.close()

    second = SqlLedger(url)

    assert [one.service for one in second.manifests()] == ["shop"]
    assert differences(second.engine) == []
    second.close()


def test_sqlite_is_set_up_for_many_readers_and_for_keeping_its_word(tmp_path: Path) -> None:
    """Readers do not wait for the writer, and no row may point to nothing."""
    opened = SqlLedger(f"sqlite:///{tmp_path}/state.db")
    with opened.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    opened.close()

    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}
