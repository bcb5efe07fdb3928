"""Prometheus, Context7 and the model down, slow and lying: suggestions come from what is left, and say what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from ai_runtime_intelligent.context7 import wire
from support.troubles import MODES, ORDERS, Mode, run

AUTHOR = "openai:gpt-4o-mini"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Context7 is waited for as long as anybody's test wants to wait."""
    monkeypatch.setattr(wire, "_TIMEOUT", (0.5, 0.5))


def test_when_all_is_well_nothing_is_missing(tmp_path: Path) -> None:
    """Documentation of both, the model's words, and no complaint."""
    row = run(tmp_path, "none", "well")

    assert (row.made, row.open, row.author, row.said) == (1, 1, AUTHOR, ())
    assert {source.partition(":")[0] for source in row.docs} == {"context7", "installed"}


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("down", "cannot be reached (ConnectionError): check that it runs"),
        ("slow", "did not answer within 0.3 s"),
        ("lying", "answers: cache_expired_ratio is not measured (nan)"),
    ],
)
def test_without_prometheus_what_was_suggested_stands(tmp_path: Path, mode: Mode, words: str) -> None:
    """Nothing new is made of no numbers, and nothing is let go."""
    row = run(tmp_path, "prometheus", mode)

    assert (row.made, row.open) == (0, 1)
    assert words in " ".join(row.said)
    assert row.seconds < 10


@pytest.mark.parametrize(("mode", "words"), [("down", "ConnectionError"), ("slow", "ReadTimeout")])
def test_without_context7_what_is_installed_is_quoted(tmp_path: Path, mode: Mode, words: str) -> None:
    """The suggestion is there, worded, with the documentation of the installed version; what is missing is told."""
    row = run(tmp_path, "context7", mode)

    assert (row.made, row.author) == (1, AUTHOR)
    assert {source.partition(":")[0] for source in row.docs} == {"installed"}
    (told,) = row.said
    assert told.startswith("documentation of cachetools from Context7: Context7 at http://127.0.0.1:")
    assert words in told
    assert row.seconds < 10


def test_documentation_that_gives_orders_moves_nothing(tmp_path: Path) -> None:
    """It is quoted as text; value, guardrails and words are what they are without it."""
    lied, honest = (run(tmp_path / mode, "context7", mode) for mode in _folders(tmp_path, "lying", "well"))

    assert ORDERS in [doc["text"] for doc in lied.detail["evidence"]["docs"]]
    assert (lied.made, lied.author) == (1, AUTHOR)
    for field in ("to_value", "guardrails", "expected", "risk", "title", "claim"):
        assert lied.detail[field] == honest.detail[field]


def _folders(tmp_path: Path, *names: Mode) -> tuple[Mode, ...]:
    for name in names:
        (tmp_path / name).mkdir()
    return names


@pytest.mark.parametrize(
    ("mode", "words"),
    [*zip(MODES, ("it cannot be reached", "no answer within 0.7 s", "says what only a measurement"), strict=True)],
)
def test_without_the_model_the_rule_speaks(tmp_path: Path, mode: Mode, words: str) -> None:
    """The same suggestion in the rule's words, and why the model's are not there."""
    row = run(tmp_path, "model", mode)

    assert (row.made, row.author) == (1, "rule cold_cache")
    assert words in " ".join(row.said)
    assert f"for {AUTHOR} did not word it" in row.said[0]
    assert row.seconds < 10
