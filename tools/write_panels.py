"""Write ``docs/panels.md``: every panel of the generated dashboards, with what it asks and what it says without data.

Usage: ``python tools/write_panels.py [file]``. A test holds the committed file to what this writes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "docs" / "panels.md"
GENERATED: Final = ROOT / "dashboards" / "generated"
ORDER: Final = ("runtime", "code", "timeline")

_HEAD: Final = """# The panels

What each panel of the three dashboards answers, what it asks, in which unit, and what it says when there is nothing to
show. `make docs` writes this page from `dashboards/generated`. Words in code style are query types of the data source;
PromQL comes from `ai_runtime_intelligent.contract.promql`. The pictures are of the demo with the waste `router`, by
`make screenshots`; each dashboard was looked at in both themes, in one of them 1280 and in the other 1920 pixels wide.
"""
_COLUMNS: Final = "| panel | what it answers | asks | unit | without data |\n|---|---|---|---|---|\n"


def page() -> str:
    """The whole page, in Markdown."""
    boards = (json.loads((GENERATED / f"{name}.json").read_text(encoding="utf-8")) for name in ORDER)
    return _HEAD + "".join(_board(name, board) for name, board in zip(ORDER, boards, strict=True))


def _board(name: str, board: dict[str, Any]) -> str:
    pictures = f"![{board['title']}](images/{name}.png)\n\n[The same in the light theme](images/{name}-light.png)"
    head = f"\n## {board['title']}\n\n{board['description']}\n\n{pictures}\n\n"
    return head + _COLUMNS + "".join(_row(panel) for panel in board["panels"] if panel["type"] not in {"row", "text"})


def _row(panel: dict[str, Any]) -> str:
    defaults = panel["fieldConfig"]["defaults"]
    unit = "by column" if panel["type"] == "table" else defaults["unit"]
    asks = "; ".join(dict.fromkeys(_asks(panel)))
    cells = (panel["title"], panel["description"], asks, unit, defaults["noValue"])
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _asks(panel: dict[str, Any]) -> Iterator[str]:
    for target in panel["targets"]:
        metrics = sorted(
            {word for word in _words(target.get("expr", "")) if word.startswith(("airuntime_", "gen_ai_"))}
        )
        yield f"PromQL of {', '.join(f'`{name}`' for name in metrics)}" if metrics else f"`{target['type']}`"


def _words(expr: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter == "_" else " " for letter in expr).split()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET).write_text(page(), encoding="utf-8")
