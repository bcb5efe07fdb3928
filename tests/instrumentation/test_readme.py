"""The README's examples are run, not only read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "instrumentation" / "README.md"
TEXT = README.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", TEXT, re.DOTALL)
CONFIG = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_every_example_says_what_it_prints() -> None:
    """No block of Python stands without what it prints, and there is the one configuration file that one reads."""
    assert len(EXAMPLES) == TEXT.count("```python")
    assert len(EXAMPLES) >= 4
    assert len(CONFIG) == 1


@pytest.mark.parametrize(("code", "printed"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_prints_what_it_promises(
    code: str, printed: str, python: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example runs in a fresh interpreter, beside the configuration file, and prints what stands below it."""
    (tmp_path / "config.yaml").write_text(CONFIG[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert re.sub(r":\d+/metrics", ":PORT/metrics", python(code)) == printed.strip()
