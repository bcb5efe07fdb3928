"""Backup and restore: the whole state, all of it or nothing, and never over another one by mistake."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.cli import main
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, inspect, text
from support.books import HOUR, Shop, arm

T = 100 * HOUR


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with a kept change and booked savings."""
    shop = Shop.on(f"sqlite:///{tmp_path}/state.db")
    shop.arms.told = lambda *_: (arm(200, 0.02), arm(200, 0.01))
    shop.move(shop.apply(T), "confirmed", T + HOUR)
    shop.book(T + 3 * HOUR + 60)
    yield shop
    shop.ledger.close()


def command(tmp_path: Path, *words: str, state: str = "state.db") -> Result:
    """Run a command on a state of that name."""
    return CliRunner().invoke(main, words, env={"DATABASE_URL": f"sqlite:///{tmp_path}/{state}"})


def rows(tmp_path: Path, state: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = create_engine(f"sqlite:///{tmp_path}/{state}")
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        held = {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in names}  # noqa: S608
    engine.dispose()
    return held


@pytest.mark.usefixtures("shop")
def test_a_restored_state_has_every_row(tmp_path: Path) -> None:
    """And the books go on from there: new entries get new numbers."""
    file = str(tmp_path / "backup.jsonl")

    assert command(tmp_path, "backup", file).exit_code == 0
    restored = command(tmp_path, "restore", file, state="other.db")

    assert restored.exit_code == 0, restored.output
    assert rows(tmp_path, "other.db") == rows(tmp_path, "state.db")
    assert "3 booking" in restored.output
    again = Shop.on(f"sqlite:///{tmp_path}/other.db")
    again.arms.told = lambda *_: (arm(200, 0.02), arm(200, 0.01))
    again.book(T + 4 * HOUR + 60)
    assert len(again.books.entries(0.0, 1e9)) == 4
    again.ledger.close()


@pytest.mark.usefixtures("shop")
def test_a_backup_is_for_its_owner_and_says_what_it_has(tmp_path: Path) -> None:
    """What services do is nobody else's business."""
    file = tmp_path / "backup.jsonl"

    told = json.loads(command(tmp_path, "backup", str(file), "--json").output)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told["rows"]["booking"] == 3
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1 + sum(told["rows"].values())
    assert [path.name for path in tmp_path.glob("tmp*")] == []


@pytest.mark.usefixtures("shop")
def test_a_state_that_is_not_empty_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    """With --force it becomes what the file has."""
    file = str(tmp_path / "backup.jsonl")
    command(tmp_path, "backup", file)
    other = Shop.on(f"sqlite:///{tmp_path}/other.db")
    other.ledger.close()
    before = rows(tmp_path, "other.db")

    refused = command(tmp_path, "restore", file, state="other.db")

    assert refused.exit_code == 1
    assert "not empty (1 in service)" in refused.output
    assert "--force" in refused.output
    assert rows(tmp_path, "other.db") == before
    assert command(tmp_path, "restore", file, "--force", state="other.db").exit_code == 0
    assert rows(tmp_path, "other.db") == rows(tmp_path, "state.db")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("revision", "step"), [("0001", "restore it with the version that wrote it"), ("9999", "or a newer one")]
)
def test_another_schema_is_refused_with_the_next_step(tmp_path: Path, revision: str, step: str) -> None:
    """Rows of another form are not guessed."""
    file = tmp_path / "backup.jsonl"
    command(tmp_path, "backup", str(file))
    head, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(json.dumps(json.loads(head) | {"revision": revision}) + "\n" + "".join(lines), encoding="utf-8")

    refused = command(tmp_path, "restore", str(file), state="other.db")

    assert refused.exit_code == 1
    assert f"schema {revision}" in refused.output
    assert step in refused.output


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lines: lines[:-2], "it was cut off"),
        (lambda lines: [*lines[:-1], lines[-1][:20]], "damaged"),
        (lambda lines: [*lines, '{"table": "strangers", "row": {}}\n'], "damaged"),
        (lambda lines: [*lines, lines[-1]], "damaged"),
        (lambda lines: lines[1:], "no backup"),
        (lambda _: [], "no backup"),
        (lambda _: ["[1, 2]\n"], "no backup"),
    ],
    ids=["cut off", "half a line", "a stranger's table", "a row twice", "no head", "empty", "something else"],
)
def test_a_damaged_file_restores_nothing(tmp_path: Path, spoil: Any, told: str) -> None:
    """All of it or nothing."""
    file = tmp_path / "backup.jsonl"
    command(tmp_path, "backup", str(file))
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(spoil(lines)), encoding="utf-8")

    refused = command(tmp_path, "restore", str(file), state="other.db")

    assert refused.exit_code == 1
    assert told in refused.output
    left = {
        name: held
        for name, held in rows(tmp_path, "other.db").items()
        if held and name not in {"alembic_version", "gate"}
    }
    assert left == {}


def test_without_a_state_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    """No empty database is made on the way."""
    refused = command(tmp_path, "backup", str(tmp_path / "backup.jsonl"))

    assert refused.exit_code == 1
    assert "there is no state yet" in refused.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("shop")
def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    """With what the system says."""
    missing = command(tmp_path, "restore", str(tmp_path / "missing"), state="other.db")
    nowhere = command(tmp_path, "backup", str(tmp_path / "no" / "where"))

    assert (missing.exit_code, nowhere.exit_code) == (1, 1)
    assert "missing: No such file" in missing.output
    assert not (tmp_path / "other.db").exists()
    assert "No such file" in nowhere.output
