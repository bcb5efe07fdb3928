"""The command ``airuntime``: its help, and wrong settings told by their variables."""

from __future__ import annotations

import logging
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest
from airuntime_backend.cli import main
from airuntime_backend.server import Server
from airuntime_backend.settings import Settings
from click.testing import CliRunner

LOAD_ERROR: Final = 4
"""Gunicorn's code for an app that cannot be loaded."""


def serve(given: dict[str, str]) -> tuple[int, str]:
    """Exit code and output of ``airuntime serve`` with these variables."""
    done = CliRunner().invoke(main, ["serve"], env=given)
    return done.exit_code, done.output


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_the_commands(option: str) -> None:
    """What a person reads first."""
    done = CliRunner().invoke(main, [option])

    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")
    for word in ("serve", "openapi", "--version", "find what wastes"):
        assert word in done.output


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help(command: str) -> None:
    """A new command cannot come without a word of explanation."""
    done = CliRunner().invoke(main, [command, "--help"])

    assert done.exit_code == 0
    assert main.commands[command].help


@pytest.mark.parametrize("group", [[], ["dashboards"], ["patch"], ["suggestions"]])
def test_no_line_of_the_list_of_commands_is_cut(group: list[str]) -> None:
    """In a terminal of the usual width each is a whole sentence."""
    done = CliRunner().invoke(main, [*group, "--help"], terminal_width=80)
    _, _, listed = done.output.partition("Commands:\n")

    assert listed
    assert [line for line in listed.splitlines() if not line.endswith(".") or line.endswith("..")] == []


def test_it_tells_its_version() -> None:
    """The version of the package that is installed."""
    done = CliRunner().invoke(main, ["--version"], prog_name="airuntime")

    assert done.output == f"airuntime, version {version('airuntime-backend')}\n"


@pytest.mark.parametrize("args", [["srve"], ["serve", "--port", "1"]])
def test_a_slip_is_told(args: list[str]) -> None:
    """With what there is instead."""
    done = CliRunner().invoke(main, args)

    assert done.exit_code == 2
    assert "Error: No such" in done.output


WRONG = (
    ({"AIRUNTIME_HTTP_PORT": "many"}, "AIRUNTIME_HTTP_PORT is 'many': Input should be a valid integer"),
    ({"AIRUNTIME_GRPC_PORT": "70000"}, "AIRUNTIME_GRPC_PORT is '70000': Input should be less than or equal to 65535"),
    ({"AIRUNTIME_PROMETHEUS_TIMEOUT_SECONDS": "0"}, "AIRUNTIME_PROMETHEUS_TIMEOUT_SECONDS is '0': Input should be gr"),
    ({"AIRUNTIME_HOLDOUT_SHARE": "0.9"}, "AIRUNTIME_HOLDOUT_SHARE is '0.9': Input should be less than or equal to 0.5"),
    ({"AIRUNTIME_ROLLOUT_STEPS": "0.5,0.1"}, "AIRUNTIME_ROLLOUT_STEPS is '0.5,0.1': Value error, expected shares that"),
    ({"AIRUNTIME_ROLLOUT_STEPS": "few"}, "AIRUNTIME_ROLLOUT_STEPS is 'few': Value error, expected shares that rise"),
    (
        {"AIRUNTIME_ROLLOUT_SETTLE_SECONDS": "9999"},
        "AIRUNTIME_ROLLOUT_SETTLE_SECONDS is '9999': Value error, expected less than AIRUNTIME_ROLLOUT_DEADLINE_SECON",
    ),
    ({"AIRUNTIME_PREVIEW": "perhaps"}, "AIRUNTIME_PREVIEW is 'perhaps': Input should be a valid boolean"),
    (
        {"AIRUNTIME_PROMETHEUS_URL": "me:hunter2@prometheus:9090"},
        "AIRUNTIME_PROMETHEUS_URL: Value error, expected a URL",
    ),
    ({"CONTEXT7_API_URL": "context7"}, "CONTEXT7_API_URL: Value error, expected a URL such as http://"),
)


@pytest.mark.parametrize(("given", "told"), WRONG)
def test_a_setting_of_the_wrong_form_is_told_at_once(given: dict[str, str], told: str) -> None:
    """The variable, its value unless that may hold a password, and what was expected."""
    code, output = serve(given)

    assert code == 1
    assert output.startswith(f"Error: wrong settings: {told}")
    assert "Traceback" not in output
    assert "hunter2" not in output


def test_several_wrong_settings_are_told_together() -> None:
    """One start is enough to learn them all."""
    _, output = serve({"AIRUNTIME_HTTP_PORT": "many", "AIRUNTIME_HOLDOUT_SHARE": "few"})

    assert "AIRUNTIME_HTTP_PORT is 'many'" in output
    assert "AIRUNTIME_HOLDOUT_SHARE is 'few'" in output


def load(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The code with which a worker ends that cannot load the app."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        Server(Settings()).load()
    assert isinstance(ended.value.code, int)
    return ended.value.code


IMPOSSIBLE = (
    ({"AIRUNTIME_PREVIEW": "1"}, "AIRUNTIME_PREVIEW needs AIRUNTIME_PREVIEW_DIR and AIRUNTIME_DASHBOARDS_DIR"),
    (
        {"DATABASE_URL": "sqlite:////nowhere/state.db"},
        "the database cannot be opened (unable to open database file): check DATABASE_URL",
    ),
    ({"DATABASE_URL": "me:hunter2@database"}, "the database cannot be opened (ArgumentError): check DATABASE_URL"),
    (
        {"DATABASE_URL": "foxbase://me:hunter2@x/y"},
        "the database cannot be opened (NoSuchModuleError): check DATABASE_URL",
    ),
)


@pytest.mark.parametrize(("given", "told"), IMPOSSIBLE)
def test_what_cannot_be_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    given: dict[str, str],
    told: str,
) -> None:
    """It ends with a code of its own, without traceback and without the password."""
    with caplog.at_level(logging.CRITICAL):
        code = load({"DATABASE_URL": f"sqlite:///{tmp_path}/state.db", **given}, monkeypatch)

    assert code == LOAD_ERROR
    assert caplog.messages == [f"cannot start: {told}"]
    assert "Traceback" not in caplog.text
    assert "hunter2" not in caplog.text


def test_a_database_of_a_newer_version_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Going back to an older version must not spoil what the newer one wrote."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    database.close()

    code = load({"DATABASE_URL": f"sqlite:///{path}"}, monkeypatch)

    assert code == LOAD_ERROR
    told = "the database cannot be opened (Can't locate revision identified by '9999'): check DATABASE_URL"
    assert f"cannot start: {told}" in caplog.messages
