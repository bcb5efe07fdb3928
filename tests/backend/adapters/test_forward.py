"""Migrations forward on real data: a state that an earlier schema wrote comes up with all its records."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent.flow.change import Current, Setting, plan
from ai_runtime_intelligent.flow.rollout import Event, advance, start
from ai_runtime_intelligent.flow.saving import Prices, account
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.verdict import Blocks, Policy, assess
from airuntime_backend.adapters import ledger as ledger_package
from airuntime_backend.adapters.ledger import SqlBooks, SqlLedger, bodies
from airuntime_backend.adapters.ledger.engine import migrate
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine
from support.flow import suggestion
from support.world import manifest


def config() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(files(ledger_package).joinpath("migrations")))
    return config


REVISIONS = [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()][1:]
"""Every schema but the newest."""
SUGGESTION = suggestion()
LATER = frozenset({"dealing", "revision", "stepped", "held"})
"""Fields of a rollout's body that the first schemas did not have."""


def verdict() -> Any:
    """A router became cheaper."""
    dear, cheap = ({"usd_per_routed_call": (usd, 1.1 * usd, 0.9 * usd, usd) * 2} for usd in (0.01, 0.004))
    return assess(Policy("usd_per_routed_call", "lower"), Blocks(dear), Blocks(cheap))


def fill(connection: Connection, table: str, **values: Any) -> None:
    """Insert a row, of the columns that the table had then."""
    held = MetaData()
    held.reflect(connection, only=[table])
    known = {name: value for name, value in values.items() if name in held.tables[table].columns}
    connection.execute(held.tables[table].insert().values(known))


def write(connection: Connection, revision: str) -> None:
    """What a version of that schema had on record after one change was kept."""
    evidence, finding = SUGGESTION.evidence, SUGGESTION.evidence.finding
    change = plan(SUGGESTION, Current(2.0, Setting("shop", "answers.ttl_seconds", None)), "eve", 5.0)
    rollout = start(change, Window(1.0, 5.0), 5.0)
    for at, kind in enumerate(("begin", "observed", "confirmed"), 5):
        rollout = advance(rollout, Event(kind, float(at), "eve", kind))  # type: ignore[arg-type]  # by its name
    body: Mapping[str, Any] = bodies.dump(rollout)
    if revision < "0003":
        body = {name: value for name, value in body.items() if name not in LATER}
    saving = account(verdict(), SUGGESTION.subject, calls_per_hour=10.0, prices=Prices("a table", "2026-11-01"), at=8.0)
    subject = {"service": "shop", "primitive": "answers"}
    fill(connection, "service", name="shop", manifest=manifest(), seen_at=1.0, generation=1)
    fill(connection, "setting", service="shop", tunable="answers.ttl_seconds", value=60.0, rollout=rollout.id)
    for signal in evidence.signals:
        fill(connection, "signal", id=signal.id, **subject, measure=signal.measure, body=bodies.dump(signal))
    fill(connection, "finding", id=finding.id, **subject, name=finding.name, at=1.0, body=bodies.dump(finding))
    fill(connection, "evidence", id=evidence.id, finding=finding.id, body=bodies.dump(evidence))
    fill(
        connection, "suggestion", id=SUGGESTION.id, evidence=evidence.id, service="shop",
        tunable="answers.ttl_seconds", status="kept", revision=3, created_at=1.0, updated_at=7.0,
        body=bodies.dump(SUGGESTION),
    )  # fmt: skip
    fill(connection, "change", id=change.id, suggestion=SUGGESTION.id, at=5.0, body=bodies.dump(change))
    fill(
        connection, "rollout", id=rollout.id, change=change.id, phase="kept", holds=None, started_at=5.0,
        revision=rollout.revision, body=body,
    )  # fmt: skip
    fill(connection, "verdict", rollout=rollout.id, outcome="confirmed", at=7.0, body=bodies.dump(verdict()))
    fill(connection, "saving", id=saving.id, rollout=rollout.id, body=bodies.dump(saving))
    fill(
        connection, "audit", at=5.0, who="eve", via="token", action="begin", subject=SUGGESTION.id, before="planned",
        after="applying", why="apply",
    )  # fmt: skip
    if revision >= "0002":
        fill(connection, "model_call", key="k", model="m", at=3.0, usd=0.1, answer="a", refusal="")


def test_there_are_earlier_schemas() -> None:
    """An empty list would prove nothing."""
    assert {"0001", "0002", "0003"} <= set(REVISIONS)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_state_of_an_earlier_schema_comes_up_with_all_its_records(tmp_path: Path, revision: str) -> None:
    """Manifest, setting, suggestion, rollout, verdict, saving, trail and model calls; and the books begin empty."""
    url = f"sqlite:///{tmp_path}/state.db"
    engine = create_engine(url)
    migrate(engine, revision)
    with engine.begin() as connection:
        write(connection, revision)
    engine.dispose()

    ledger = SqlLedger(url)

    assert [one.service for one in ledger.manifests()] == ["shop"]
    assert ledger.config("shop").settings[0][:2] == ("answers.ttl_seconds", 60.0)
    assert [(one.suggestion, one.status, one.revision) for one in ledger.suggestions()] == [(SUGGESTION, "kept", 3)]
    (rollout,) = ledger.rollouts()
    assert (rollout.phase, rollout.change.after) == ("kept", 60.0)
    assert ledger.verdicts()[rollout.id] == verdict()
    assert ledger.savings()[rollout.id].prices.as_of == "2026-11-01"
    assert [(one.who, one.action) for one in ledger.audit()] == [("eve", "begin")]
    books = SqlBooks(ledger.engine)
    assert books.entries(0.0, 1e9) == ()
    assert books.model_usd(0.0, 10.0) == (0.1 if revision >= "0002" else 0.0)
    ledger.close()
