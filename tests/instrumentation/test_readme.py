"""The README's example is run, not only read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

README = Path(__file__).parents[2] / "instrumentation" / "README.md"


def test_example_runs(python: Callable[[str], str]) -> None:
    """The example prints what it promises: two short answers, a long one, and where the metrics are."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1

    lines = python(blocks[0]).splitlines()

    assert lines[:3] == ["Yes.", "Yes.", "It depends."]
    assert re.fullmatch(r"metrics: http://127\.0\.0\.1:\d+/metrics", lines[3])
