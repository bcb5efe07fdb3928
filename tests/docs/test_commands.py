"""What the documents tell people to type, and where they send them, is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest
from ai_runtime_intelligent.contract import env, metrics
from airuntime_backend.cli import main

ROOT: Final = Path(__file__).parents[2]
MAKEFILE: Final = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS: Final = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "instrumentation/*.md", "plugin-backend/*.md")
    for path in ROOT.glob(pattern)
)
VERB: Final = re.compile(r"^(?:[A-Z_]+=\S+ )?make ([a-z-]+)", re.MULTILINE)
LINK: Final = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
VARIABLE: Final = re.compile(r"\b(?:AIRUNTIME|DEMO)_[A-Z_]+[A-Z]\b")
GONE: Final = frozenset({"AIRUNTIME_BLOCKS"})
"""Variables that the changelog says are no more."""
METRIC: Final = re.compile(r"(?<![:\w])airuntime_[a-z0-9_]+(?:\*[a-z_]*)?")
NO_METRICS: Final = frozenset(
    {"airuntime_backend", "airuntime_dashboards", "airuntime_demo", "airuntime_clock", "airuntime_tunables"}
)
"""Packages, and fixtures for the tests of users."""
COMMAND: Final = re.compile(r"\bairuntime ([a-z]+)\b")
FENCE: Final = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def verbs(document: Path) -> set[str]:
    """The verbs of make that a document's shell blocks and inline code name."""
    text = document.read_text(encoding="utf-8")
    inline = "\n".join(re.findall(r"`([^`\n]+)`", text))
    return {verb for block in (*FENCE.findall(text), inline) for verb in VERB.findall(block)}


def test_the_documents_are_found() -> None:
    """An empty list would prove nothing."""
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} <= {path.name for path in DOCUMENTS}
    assert {"demo", "test"} <= verbs(ROOT / "README.md")
    assert {"check", "test"} <= verbs(ROOT / "CONTRIBUTING.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_exists(document: Path) -> None:
    """Make knows what to do for each verb that a document names."""
    for verb in sorted(verbs(document)):
        assert re.search(rf"^{verb}:", MAKEFILE, re.MULTILINE), f"{document.name} names `make {verb}`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    """A relative link names a file or folder of the repository."""
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_variable_is_in_the_contract(document: Path) -> None:
    """A setting that a document names is read by something."""
    known = {variable.name for variable in env.VARIABLES} | GONE

    assert set(VARIABLE.findall(document.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_metric_is_in_the_contract(document: Path) -> None:
    """Under its full name, as a part of a histogram, or with a star or a name in braces for several."""
    known = {
        f"{metric.name}{part}"
        for metric in (*metrics.INSTRUMENTATION, *metrics.BACKEND)
        for part in ("", "_bucket", "_count", "_sum")
    }

    text = re.sub(r"\{\w+\}", "*", document.read_text(encoding="utf-8"))
    for name in set(METRIC.findall(text)) - NO_METRICS:
        start, star, end = name.partition("*")
        assert name in known or (star and any(one.startswith(start) and one.endswith(end) for one in known)), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_ours_exists(document: Path) -> None:
    """What stands in code is what can be typed."""
    text = document.read_text(encoding="utf-8")
    code = [*FENCE.findall(text), *re.findall(r"`([^`\n]+)`", text)]

    assert {name for one in code for name in COMMAND.findall(one)} <= set(main.commands)


def test_help_lists_every_verb_with_a_sentence() -> None:
    """`make help` leaves no public verb out."""
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)

    assert phony is not None
    for verb in phony[1].split():
        assert re.search(rf"make {verb} +\S", told), f"make {verb} is not in `make help`"


def test_ci_runs_what_the_documents_name() -> None:
    """CI has no commands of its own."""
    commands = [line for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines() if line.startswith("make")]

    assert commands == ["make check", "make test"]
