"""``airuntime dashboards`` brings the generated dashboards into a Grafana, once, and shows what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ai_runtime_intelligent.contract.names import DASHBOARD_UIDS
from airuntime_backend.cli import main
from click.testing import CliRunner, Result
from support.environment import forget
from support.grafana_api import TOKEN, FakeGrafana, grafana_api
from support.prometheus import free_port

GENERATED = Path(__file__).parents[2] / "dashboards" / "generated"
UIDS = set(DASHBOARD_UIDS.values())


@pytest.fixture
def grafana(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGrafana]:
    """A Grafana in which there is nothing yet; the command has its token."""
    forget(monkeypatch)
    with grafana_api() as fake:
        monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)
        yield fake


def run(*arguments: str) -> Result:
    """The command on the generated dashboards."""
    return CliRunner().invoke(main, ["dashboards", *arguments, "--from", str(GENERATED)])


def test_pushing_makes_the_folder_and_every_dashboard(grafana: FakeGrafana) -> None:
    """Each lies in the folder as it was generated; Grafana's own ids are not ours to give."""
    done = run("push", "--grafana", grafana.url)

    assert done.exit_code == 0, done.output
    assert grafana.folders == {"airuntime": "AI Runtime Intelligence"}
    assert set(grafana.dashboards) == UIDS
    assert {folder for _, folder in grafana.dashboards.values()} == {"airuntime"}
    assert done.stdout.count("created") == len(UIDS)


def test_pushing_again_changes_nothing(grafana: FakeGrafana) -> None:
    """The second time nothing is written; a dashboard that somebody moved or changed is."""
    run("push", "--grafana", grafana.url)
    written = len(grafana.writes)
    again = run("push", "--grafana", grafana.url, "--json")
    assert len(grafana.writes) == written
    assert {one["done"] for one in json.loads(again.stdout)} == {"unchanged"}

    board, folder = grafana.dashboards["airuntime-code"]
    grafana.dashboards["airuntime-code"] = (board | {"title": "Mine"}, folder)
    mended = json.loads(run("push", "--grafana", grafana.url, "--json").stdout)

    assert {one["uid"]: one["done"] for one in mended}["airuntime-code"] == "updated"
    assert grafana.dashboards["airuntime-code"][0]["title"] == "Code Performance"
    assert len(grafana.writes) == written + 1


def test_the_difference_is_shown_and_told_by_the_exit_code(grafana: FakeGrafana) -> None:
    """0 when nothing differs, 1 and the lines when something does, a dashboard that is missing too."""
    assert run("diff", "--grafana", grafana.url).exit_code == 1
    run("push", "--grafana", grafana.url)
    same = run("diff", "--grafana", grafana.url)
    assert same.exit_code == 0
    assert same.stdout.count("is the same") == len(UIDS)

    board, folder = grafana.dashboards["airuntime-code"]
    grafana.dashboards["airuntime-code"] = (board | {"title": "Mine"}, folder)
    changed = run("diff", "--grafana", grafana.url)

    assert changed.exit_code == 1
    assert '-  "title": "Mine",' in changed.stdout
    assert '+  "title": "Code Performance",' in changed.stdout


def test_a_refused_token_is_told_with_the_next_step(grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not repeated."""
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_wrong")

    done = run("push", "--grafana", grafana.url)

    assert done.exit_code == 1
    assert "answered 401: Invalid API key" in done.output
    assert "GRAFANA_TOKEN" in done.output
    assert "glsa_wrong" not in done.output


def test_what_grafana_refuses_is_told_in_its_words(grafana: FakeGrafana) -> None:
    """A provisioned dashboard cannot be written over."""
    grafana.provisioned = {"airuntime-code"}

    done = run("push", "--grafana", grafana.url)

    assert done.exit_code == 1
    assert "Cannot save provisioned dashboard" in done.output


def test_without_a_grafana_the_command_says_what_to_give(grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> None:
    """No address, an address where nobody listens, and one from the environment."""
    assert "--grafana URL, or set GRAFANA_URL" in run("push").output
    nobody = run("diff", "--grafana", f"http://me:hunter2@127.0.0.1:{free_port()}")
    assert nobody.exit_code == 1
    assert "cannot be reached (ConnectionError)" in nobody.output
    assert "hunter2" not in nobody.output

    monkeypatch.setenv("GRAFANA_URL", grafana.url)

    assert run("push").exit_code == 0


def test_what_is_no_dashboard_is_named(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Nothing of a broken folder is written; an empty one is told too."""
    command = ["dashboards", "push", "--grafana", grafana.url, "--from", str(tmp_path)]
    assert "run 'make dashboards'" in CliRunner().invoke(main, command).output
    (tmp_path / "a.json").write_text('{"uid": "x"}', encoding="utf-8")

    done = CliRunner().invoke(main, command)

    assert done.exit_code == 1
    assert "a.json is no dashboard" in done.output
    assert grafana.writes == []
