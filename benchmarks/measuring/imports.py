"""What an import costs and what it brings along."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

from .worker import Rounds

STATEMENTS: Final = {
    "package": "import ai_runtime_intelligent",
    "decorator": "from ai_runtime_intelligent import instrument",
    "opentelemetry": "import opentelemetry.trace",
}
HEAVY: Final = ("opentelemetry.sdk", "prometheus_client")

_CODE: Final = """
import sys, time
before = set(sys.modules)
started = time.perf_counter()
{statement}
seconds = time.perf_counter() - started
import json
print(json.dumps([seconds * 1000, sorted(set(sys.modules) - before)]))
"""


def measure(rounds: int) -> tuple[Rounds, dict[str, list[str]]]:
    """Milliseconds of each import by round, each in a fresh interpreter, and what came along that is not Python's."""
    found: Rounds = {name: [] for name in STATEMENTS}
    pulled: dict[str, list[str]] = {}
    for turn in range(rounds + 1):
        for name, statement in STATEMENTS.items():
            milliseconds, modules = _run(statement)
            pulled[name] = _not_of_python(modules)
            if turn:
                found[name].append(milliseconds)
    return found, pulled


def _run(statement: str) -> Any:
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _CODE.format(statement=statement)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _not_of_python(modules: list[str]) -> list[str]:
    """The packages among ``modules`` that were installed, and the heavy modules."""
    packages = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    return sorted(packages | {module for module in HEAVY if module in modules})


def heavy(pulled: dict[str, list[str]], names: tuple[str, ...]) -> int:
    """How many heavy modules the imports of these names brought along."""
    return sum(module in HEAVY for name in names for module in pulled[name])
