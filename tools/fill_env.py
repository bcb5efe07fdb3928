"""Print ``.env.example`` with a random value for each secret that has none: ``python3 tools/fill_env.py > .env``."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Final

EXAMPLE: Final = Path(__file__).resolve().parents[1] / ".env.example"
_EMPTY: Final = re.compile(r"^[A-Z_]+=$", re.MULTILINE)


def fill(text: str) -> str:
    """The text with 192 random bits behind each empty ``NAME=``, in hexadecimal: safe in YAML, shells and headers."""
    return _EMPTY.sub(lambda match: match.group() + secrets.token_hex(24), text)


if __name__ == "__main__":
    print(fill(EXAMPLE.read_text(encoding="utf-8")), end="")
