"""The command ``airuntime`` as tests call it, and a fleet that lives on while it is watched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from airuntime_backend.cli import main
from click.testing import CliRunner, Result

from .fleet import Fleet


def run(*arguments: str, **given: str) -> Result:
    """The command with these arguments and variables, without a terminal."""
    return CliRunner().invoke(main, list(arguments), env=given)


def told(*arguments: str, **given: str) -> Any:
    """What it prints for programs."""
    done = run(*arguments, "--json", **given)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


class Living:
    """The app of a fleet, for which time passes with every look at a suggestion: so many steps."""

    def __init__(self, fleet: Fleet, steps: int = 3) -> None:
        self._fleet = fleet
        self._steps = steps
        self.looks = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Let time pass, then answer."""
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].startswith("/suggestions/"):
            self.looks += 1
            for _ in range(self._steps):
                self._fleet.step()
        answer: Iterable[bytes] = self._fleet.backend.app(environ, start)
        return answer
