"""The generated JSON: all of it, the same each time, and the one that is committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airuntime_dashboards import generate

EXPECTED = ["code.json", "runtime.json", "timeline.json"]


def test_all_three_definitions_are_found() -> None:
    """There are exactly the three dashboards of the product: a glob that finds fewer cannot pass."""
    assert sorted(generate.definitions()) == ["code", "runtime", "timeline"]


def test_a_folder_without_definitions_is_refused(tmp_path: Path) -> None:
    """Generating from the wrong folder is an error, not an empty success."""
    with pytest.raises(FileNotFoundError, match=r"dashboard\.py"):
        generate.definitions(tmp_path)


def test_generating_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a dashboard depends on when, where or how often it is generated."""
    first, second = (sorted(generate.write(tmp_path / turn)) for turn in ("first", "second"))

    assert [path.name for path in first] == EXPECTED
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_committed_files_are_up_to_date(tmp_path: Path, generated: Path) -> None:
    """What is committed is what the definitions say; run ``make dashboards`` when this fails."""
    generate.main([str(tmp_path)])

    assert sorted(path.name for path in generated.iterdir()) == EXPECTED
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in generated.iterdir()
    }


def test_files_are_sorted_and_end_with_a_newline(generated: Path) -> None:
    """A change of a dashboard is a readable diff."""
    for path in generated.iterdir():
        text = path.read_text(encoding="utf-8")

        assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
