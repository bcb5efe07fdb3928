"""``airuntime ledger`` against a running backend: for people, for programs, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.app import create_app
from support.backend import TOKEN_SETTINGS, TOKENS, settings
from support.books import CACHE, HOUR, Shop, arm
from support.commands import run, told
from support.environment import forget
from support.prometheus import free_port
from support.web import answering

T: Final = 100 * HOUR
END: Final = T + 3 * HOUR + 60
OTHER: Final = Subject("shop", "prompts", "llm")
VIEWER: Final = {"AIRUNTIME_VIEWER_TOKEN": TOKENS["viewer"]}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of nobody else; nothing is kept outside."""
    forget(monkeypatch)
    monkeypatch.setenv("AIRUNTIME_CACHE_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose backend answers and wants a token; the command knows where. Nothing is booked yet."""
    shop = Shop.on(f"sqlite:///{tmp_path}/state.db")
    shop.clock.at = END
    given = settings(tmp_path, **TOKEN_SETTINGS)
    app = create_app(given, metrics=shop.meter, ledger=shop.ledger, clock=shop.clock)
    with answering(app) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        yield shop
    shop.ledger.close()


@pytest.fixture
def booked(shop: Shop) -> Shop:
    """Two changes: one with a holdout, 1.80 USD an hour; one of 2 USD, and after it nobody measured any more, of 5."""
    measured = shop.move(shop.apply(T), "confirmed", T + HOUR)
    shop.move(shop.apply(T + HOUR, OTHER), "confirmed", T + 2 * HOUR)

    def arms(rollout: Rollout, start: float, _end: float) -> tuple[ArmStats, ArmStats]:
        if rollout.id == measured.id:
            return arm(20, 0.02), arm(180, 0.01)
        return (arm(200, 0.02), arm(200, 0.01)) if start < T + 2 * HOUR else (ArmStats(), ArmStats())

    shop.arms.told = arms
    shop.meter.calls = lambda _: {CACHE: 1000.0, OTHER: 500.0}
    with shop.ledger.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO model_call (key, model, at, usd, answer, refusal) VALUES ('k', 'm', ?, 0.1, '', '')", (T,)
        )
    shop.book(END)
    return shop


@pytest.mark.usefixtures("booked")
def test_every_change_is_told_with_its_interval_its_basis_and_what_it_cost_to_know() -> None:
    """Then the sum, the optimiser's own cost subtracted, and how far prices are known."""
    done = run("ledger", **VIEWER)
    lines = done.stdout.splitlines()

    assert done.exit_code == 0, done.output
    assert lines[0] == "1969-12-06T07:01Z to 1970-01-05T07:01Z, USD"
    assert lines[1].startswith("shop  answers.knob")
    assert lines[2].startswith("    saved 5.4000 (")
    assert lines[2].endswith("), holdout, kept")
    assert lines[3].startswith("    kept on the old value: 0.4000; bill without it: 20.4000 (")
    assert lines[4].startswith("shop  prompts.knob")
    assert lines[5].startswith("    saved 7.0000 (")
    assert lines[5].endswith("), estimate, ageing since 1970-01-05T06:00Z, kept")
    assert lines[7].startswith("saved 12.4000 (")
    assert lines[8] == "own cost 0.5000 (models 0.1000, held back 0.4000)"
    assert lines[9].startswith("net 11.9000 (")
    assert lines[9].endswith(", 23.8 for each USD spent")
    assert lines[10:] == ["model calls with a price: 90%; prices: a table of 2026-11-01"]


@pytest.mark.usefixtures("booked")
def test_programs_get_what_the_api_says() -> None:
    """Of all changes, of a service, and of an hour."""
    everything = told("ledger", **VIEWER)
    hour = told("ledger", "--from", str(round(T * 1000)), "--to", str(round((T + HOUR) * 1000)), **VIEWER)

    assert [one["basis"] for one in everything["changes"]] == ["holdout", "estimate"]
    assert everything["own_usd"] == pytest.approx(0.5)
    assert everything["saved"]["usd"]["mid"] == pytest.approx(12.4)
    assert [one["windows"] for one in hour["changes"]] == [1]
    assert told("ledger", "--service", "other", **VIEWER)["changes"] == []


@pytest.mark.usefixtures("booked")
def test_the_csv_is_every_entry_and_adds_up_to_the_same() -> None:
    """Byte for byte what the API gives, to be piped into a file."""
    done = run("ledger", "--csv", **VIEWER)
    lines = list(csv.DictReader(io.StringIO(done.stdout)))

    assert done.exit_code == 0, done.output
    assert [one["basis"] for one in lines].count("estimate") == 1
    assert {one["currency"] for one in lines} == {"USD"}
    assert sum(float(one["saved_usd"] or 0) for one in lines) == pytest.approx(12.4)
    assert sum(float(one["net_usd"] or 0) for one in lines) == pytest.approx(11.9)
    assert done.stdout.count("\n") == len(lines) + 1


@pytest.mark.usefixtures("shop")
def test_that_nothing_is_booked_is_said_and_no_error() -> None:
    """Nor is it 0 USD: it was not measured."""
    done = run("ledger", **VIEWER)

    assert done.exit_code == 0, done.output
    assert "Nothing is booked: a change is booked from its first whole period on." in done.stdout
    assert "saved not measured" in done.stdout
    assert told("ledger", **VIEWER)["saved"]["usd"] is None
    assert len(run("ledger", "--csv", **VIEWER).stdout.splitlines()) == 1


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)])
def test_a_backend_that_is_away_is_an_error_that_says_what_to_do(form: tuple[str, ...]) -> None:
    """On standard error, and nothing else for a file that waits for it."""
    done = run("ledger", *form, AIRUNTIME_BACKEND_URL=f"http://127.0.0.1:{free_port()}")

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "cannot be reached" in done.stderr


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--from", "yesterday"), 1, "from"),
        (("--from", "10", "--to", "5"), 1, "must be before"),
        (("--csv", "--json"), 2, "take one of --csv and --json"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: tuple[str, ...], code: int, words: str) -> None:
    """With the words of the backend."""
    done = run("ledger", *arguments, **VIEWER)

    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr


@pytest.mark.usefixtures("booked")
def test_without_a_token_nobody_reads_the_books() -> None:
    """The command says which variable is missing, not the books."""
    done = run("ledger")

    assert done.exit_code == 1
    assert "AIRUNTIME_VIEWER_TOKEN" in done.stderr
