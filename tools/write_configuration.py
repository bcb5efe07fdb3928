"""Write ``docs/configuration.md``: every environment variable, from the contract's table.

Usage: ``python tools/write_configuration.py [file]``. A test holds the committed file to what this writes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.contract import env

TARGET: Final = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"

_READERS: Final[dict[env.Reader, str]] = {
    "instrumentation": "An instrumented service",
    "backend": "The backend",
    "demo": "The demo",
}
_NOTES: Final[dict[env.Reader, str]] = {
    "instrumentation": "What is given in the code, to `IntelligentRuntime` or `setup_apm`, wins.",
    "backend": (
        "With none of the three tokens set, it answers this machine only. "
        "A wrong value stops the start with a message that names the variable."
    ),
    "demo": "`make demo` sets the addresses itself. The service also reads what an instrumented service reads.",
}
_HEAD: Final = """# Configuration

Everything is set by environment variables. `make docs` writes this page from `ai_runtime_intelligent.contract.env`.

Every variable may be left out; an empty value counts as none. **Secret** values are never logged or shown.
"""
_COLUMNS: Final = "| variable | default | what it is for |\n|---|---|---|\n"


def page() -> str:
    """The whole page, in Markdown."""
    return _HEAD + "".join(
        f"\n## {title}\n\n{_NOTES[reader]}\n\n{_table(reader)}" for reader, title in _READERS.items()
    )


def _table(reader: env.Reader) -> str:
    return _COLUMNS + "".join(_row(variable) for variable in env.VARIABLES if reader in variable.readers)


def _row(variable: env.Variable) -> str:
    default = f"`{variable.default}`" if variable.default else "none"
    about = f"**Secret.** {variable.help}" if variable.secret else variable.help
    return f"| `{variable.name}` | {default} | {about} |\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(), encoding="utf-8")
    print(target.name)
