"""``Context7Analyzer``: source, numbers and documentation come together, and nothing is said where all is well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest
from ai_runtime_intelligent.context7 import Context7Analyzer, LocalDocs, RefusedError
from ai_runtime_intelligent.context7.docs import Joined
from ai_runtime_intelligent.flow.evidence import DocSnippet

SOURCE: Final = '''
import asyncio
import requests
from ai_runtime_intelligent import CachePrimitive, instrument


@instrument(name="lookup")
async def lookup(ids):
    """Look all of them up."""
    found = []
    for one in ids:
        found.append(await fetch(one))
    return found


async def fetch(one):
    return requests.get(f"https://shop.test/{one}").json()


@instrument(name="healthy")
async def healthy(question):
    return question


@instrument(name="sender")
async def sender(client):
    asyncio.create_task(client.send())
'''


class Silent:
    """An answerer that counts what it is asked, and knows nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Nothing."""
        self.asked.append((library, version, question))
        return ()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A service's source."""
    path = tmp_path / "code" / "service.py"
    path.parent.mkdir()
    path.write_text(dedent(SOURCE), encoding="utf-8")
    return path


@pytest.fixture
def analyzer(file: Path, tmp_path: Path) -> Iterator[Context7Analyzer]:
    """With the documentation of what is installed here."""
    docs = LocalDocs(index=tmp_path / "index")
    yield Context7Analyzer([file.parent], docs)
    docs.close()


def test_a_component_is_analysed(analyzer: Context7Analyzer, file: Path) -> None:
    """What it defines and imports; each remark with its lines and documentation of the version in use."""
    component = analyzer.analyze_component(file)
    noted = {one.remark.check: one for one in component.noted}

    assert [one.name for one in component.source.functions] == ["lookup", "fetch", "healthy", "sender"]
    assert [(one.name, one.version) for one in component.source.libraries] == [("requests", version("requests"))]
    assert set(noted) == {"await_in_loop", "blocking_call", "no_timeout", "lost_task"}
    assert noted["await_in_loop"].code.text == "    for one in ids:\n        found.append(await fetch(one))"
    assert (noted["await_in_loop"].code.file, noted["await_in_loop"].code.line) == ("service.py", 11)
    assert {one.source for one in noted["no_timeout"].docs} == {"installed:requests"}
    assert {one.version for one in noted["no_timeout"].docs} == {version("requests")}


def test_what_may_not_be_read_is_refused(analyzer: Context7Analyzer, tmp_path: Path) -> None:
    """Whoever asks."""
    (tmp_path / "other.py").write_text("x = 1\n", encoding="utf-8")

    with pytest.raises(RefusedError, match="outside the configured folders"):
        analyzer.analyze_component(tmp_path / "other.py")


def test_numbers_and_source_give_suggestions(analyzer: Context7Analyzer) -> None:
    """For the measured primitive and what it calls, the costliest first, with the number in the claim."""
    suggestions = analyzer.get_optimization_suggestions(
        {
            "sender": {"error_ratio": 0.02, "calls_per_second": 1.0},
            "lookup": {"seconds_mean": 1.5, "calls_per_second": 4.0, "error_ratio": 0.0},
            "healthy": {"seconds_mean": 9.0, "calls_per_second": 9.0, "error_ratio": 0.5},
            "unknown": {"seconds_mean": 1.0},
        }
    )

    told = [(one.primitive, one.noted.remark.check, one.weight) for one in suggestions]
    assert told == [
        ("lookup", "await_in_loop", 6.0),
        ("lookup", "blocking_call", 6.0),
        ("lookup", "no_timeout", 6.0),
        ("sender", "lost_task", 0.02),
    ]
    assert suggestions[0].claim.startswith("lookup takes 1.5 s a call; The loop takes as long")
    assert suggestions[3].claim.startswith("2.00% of the calls of sender fail; ")


@pytest.mark.parametrize("metrics", [{}, {"lookup": {}}, {"lookup": {"seconds_mean": 0.0}}, {"healthy": {}}])
def test_without_a_number_nothing_is_suggested(
    analyzer: Context7Analyzer, metrics: dict[str, dict[str, float]]
) -> None:
    """A place that looks slow and is never run costs nothing."""
    assert analyzer.get_optimization_suggestions(metrics) == ()


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        ({"latency": 1.0}, "lookup.latency is no measure that is known here, expected seconds_mean, calls_per_second"),
        ({"seconds_mean": -1.0}, "lookup.seconds_mean is -1.0, expected a number from 0"),
        ({"error_ratio": float("nan")}, "lookup.error_ratio is nan, expected a number from 0"),
    ],
)
def test_a_wrong_measure_is_refused(analyzer: Context7Analyzer, measures: dict[str, float], told: str) -> None:
    """By name and value, with what was expected."""
    with pytest.raises(ValueError, match=told):
        analyzer.get_optimization_suggestions({"lookup": measures})


def test_a_question_is_asked_once(file: Path) -> None:
    """However many remarks have it."""
    docs = Silent()
    analyzer = Context7Analyzer([file.parent], docs)
    for _ in range(3):
        analyzer.analyze_component(file)

    assert len(docs.asked) == len(set(docs.asked)) == 4
    assert ("requests", version("requests"), "timeout of a request") in docs.asked


def snippet(source: str, number: str) -> DocSnippet:
    """A snippet of that version."""
    return DocSnippet(source, f"{source} {number}", number, "t", "text")


def test_the_very_version_comes_first() -> None:
    """Then the better answerer; everyone's best before anyone's second; three in all."""

    def fixed(*snippets: DocSnippet) -> Silent:
        docs = Silent()
        answer: Callable[..., tuple[DocSnippet, ...]] = lambda *_: snippets  # noqa: E731
        docs.find = answer  # type: ignore[method-assign]
        return docs

    above = fixed(snippet("context7", "latest"), snippet("context7-2", "latest"))
    local = fixed(snippet("installed", "2.0"), snippet("installed-2", "2.0"))

    assert [one.source for one in Joined([above, local]).find("x", "2.0", "why?")] == [
        "installed",
        "installed-2",
        "context7",
    ]
    assert [one.source for one in Joined([above, local]).find("x", "9", "why?")] == [
        "context7",
        "installed",
        "context7-2",
    ]
