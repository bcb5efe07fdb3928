"""A fake ``gemini`` command: takes the options of the real one in headless mode, and answers in its JSON format.

``said.json`` beside its login, in ``$HOME``, says what it does: ``answer`` (none: what it was told to do), ``stats``,
``exit`` (its code), ``out`` (instead of JSON), ``seconds`` (waits so long, in a process of its own too).
``seen.json`` is what it was given.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

_INPUT_ERROR: Final = 42
"""The real one's exit code for wrong arguments."""


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        """End as the real one does."""
        self.exit(_INPUT_ERROR, f"{message}\n")


def install(folder: Path, python: str = sys.executable) -> Path:
    """Put the command into a folder; gives the folder, for the ``PATH``."""
    folder.mkdir(parents=True, exist_ok=True)
    command = folder / "gemini"
    command.write_text(f"#!{python} -I\n{Path(__file__).read_text(encoding='utf-8')}", encoding="utf-8")
    command.chmod(0o755)
    return folder


def main() -> int:
    """Run once, as ``gemini --model M --output-format json --prompt P < document``."""
    parser = _Arguments()
    parser.add_argument("--model", required=True)
    parser.add_argument("--output-format", choices=("text", "json", "stream-json"), required=True)
    parser.add_argument("--prompt", required=True)
    options = parser.parse_args()
    home, text = Path(os.environ["HOME"]), sys.stdin.read()
    said: dict[str, Any] = json.loads((home / "said.json").read_text(encoding="utf-8"))
    seen = {
        **vars(options),
        "stdin": text,
        "env": dict(os.environ),
        "folder": [one.name for one in Path.cwd().iterdir()],
    }
    if said.get("seconds"):
        child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({said['seconds']})"])  # noqa: S603
        seen["child"] = child.pid
    (home / "seen.json").write_text(json.dumps(seen), encoding="utf-8")
    time.sleep(said.get("seconds", 0.0))
    sys.stdout.write(said.get("out") or json.dumps(_body(options.model, text, said)))
    exit_code: int = said.get("exit", 0)
    return exit_code


def _body(model: str, text: str, said: dict[str, Any]) -> dict[str, Any]:
    """The format of the real one: ``response``, and ``stats`` by model."""
    tokens = {"prompt": len(text) // 4, "candidates": 80, "total": len(text) // 4 + 80, "thoughts": 20, "tool": 0}
    stats = said.get("stats", {"models": {model: {"api": {"totalRequests": 1, "totalErrors": 0}, "tokens": tokens}}})
    return {"response": said.get("answer") or json.dumps(_obedient(json.loads(text))), "stats": stats}


def _obedient(shown: dict[str, Any]) -> dict[str, Any]:
    names = ("measure", "unit", "direction", "low", "high")
    return {
        "title": shown["rule"]["title"],
        "claim": shown["rule"]["claim"],
        "cites": [shown["signals"][0]["id"]],
        "change": {"tunable": shown["change"]["tunable"], "to": shown["change"]["to"]},
        "effect": {name: shown["expected"][name] for name in names},
        "rank": 1.0,
    }


if __name__ == "__main__":
    sys.exit(main())
