"""The pages and the file of secrets that a person reads on the way to a running installation."""

from __future__ import annotations

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from ai_runtime_intelligent.contract import env
from airuntime_backend import cli
from click.testing import CliRunner
from support.compose import ROOT

EXISTING = ROOT / "docs" / "existing-grafana.md"


def _run(tool: str, *words: str) -> str:
    argv = [sys.executable, str(ROOT / "tools" / tool), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own words


def test_the_table_of_variables_is_what_the_contract_writes(tmp_path: Path) -> None:
    """`make docs` changes nothing: docs/configuration.md has every variable, its default, and whether it is secret."""
    _run("write_configuration.py", str(tmp_path / "page.md"))
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert page == (tmp_path / "page.md").read_text(encoding="utf-8"), "run `make docs` and commit"
    for variable in env.VARIABLES:
        rows = re.findall(rf"^\| `{variable.name}` \|.*$", page, re.MULTILINE)
        assert len(rows) == len(variable.readers), variable.name
        assert all(("**Secret.**" in row) == variable.secret for row in rows)


def test_the_table_of_panels_is_what_the_dashboards_say(tmp_path: Path) -> None:
    """`make docs` changes nothing: docs/panels.md has every panel that answers something, and no cell is empty."""
    _run("write_panels.py", str(tmp_path / "panels.md"))
    page = (ROOT / "docs" / "panels.md").read_text(encoding="utf-8")
    rows = [row for row in page.splitlines() if row.startswith("| ") and not row.startswith("| panel")]

    assert page == (tmp_path / "panels.md").read_text(encoding="utf-8"), "run `make docs` and commit"
    assert len(rows) > 30
    assert all(cell.strip() for row in rows for cell in row.strip("|").split(" | "))


def test_the_command_line_names_a_page_that_there_is() -> None:
    """`airuntime serve --help` sends the reader to the table."""
    told = CliRunner().invoke(cli.main, ["serve", "--help"]).output

    (page,) = re.findall(r"docs/[\w-]+\.md", told)
    assert (ROOT / page).is_file()


def test_the_four_settings_are_those_that_are_seen_to_work() -> None:
    """The page for an existing Grafana asks for settings of our own grafana.ini, four of them, with its values."""
    (block,) = re.findall(r"```ini\n(.*?)```", EXISTING.read_text(encoding="utf-8"), re.DOTALL)
    asked, ours = ConfigParser(interpolation=None), ConfigParser(interpolation=None)
    asked.read_string("\n".join(line.strip() for line in block.splitlines()))
    ours.read_string((ROOT / "provisioning" / "grafana" / "grafana.ini").read_text(encoding="utf-8"))

    settings = [(section, key) for section in asked.sections() for key in asked[section]]
    assert len(settings) == 4
    assert all(asked[section][key] == ours[section][key] for section, key in settings)


def test_the_pages_name_what_there_is() -> None:
    """Every path and every variable that the page for an existing Grafana names is real, and so is every link."""
    page = EXISTING.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:provisioning|dashboards|plugin-frontend|docker-compose)[\w./-]*)`", page)
    known = {variable.name for variable in env.VARIABLES}

    assert len(paths) >= 5
    for path in set(paths) - {"plugin-frontend/dist"}:
        assert (ROOT / path).exists() or (ROOT / "provisioning" / "grafana" / path).exists(), path
    assert set(re.findall(r"\bAIRUNTIME_\w+", page)) <= known
    for link in re.findall(r"\]\(([\w./-]+)\)", page):
        assert (EXISTING.parent / link).is_file()


def test_each_secret_gets_a_value_of_its_own() -> None:
    """The tool fills in `.env.example`: long values, all different, others the next time, comments untouched."""
    first, second = (_values(_run("fill_env.py")) for _ in range(2))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(first) == set(second) == set(re.findall(r"^(\w+)=$", example, re.MULTILINE))
    assert len({*first.values(), *second.values()}) == 2 * len(first)
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for value in first.values())
    assert re.sub(r"(?m)^(\w+)=.*$", r"\1=", _run("fill_env.py")) == example


def _values(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


def test_the_file_of_secrets_is_never_committed() -> None:
    """`.env` is ignored by git, and by the build of the images."""
    ignored = subprocess.run(["git", "check-ignore", "-q", ".env"], cwd=ROOT, check=False)  # noqa: S607 - git itself

    assert ignored.returncode == 0
