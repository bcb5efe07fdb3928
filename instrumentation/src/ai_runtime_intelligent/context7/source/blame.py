"""When lines were last changed, as git says."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

_SECONDS: Final = 20
_SAFELY: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external=")
"""A repository's own configuration may name programs: none of them is run."""


def changed_lines(path: Path) -> tuple[float, ...]:
    """When each line was committed, Unix seconds; 0 when it is not yet. Empty where git cannot say."""
    git = shutil.which("git")
    if git is None:
        return ()
    command = [git, *_SAFELY, "blame", "--no-textconv", "--line-porcelain", "--", path.name]
    env = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, cwd=path.parent, env=env, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - git, on a file that may be read
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(_times(done.stdout.decode("utf-8", "replace")))


def _times(porcelain: str) -> list[float]:
    times, committed, author = list[float](), True, 0.0
    for text in porcelain.splitlines():
        if text.startswith("\t"):
            times.append(author if committed else 0.0)
            committed = True
        elif text.startswith("0" * 40):
            committed = False
        elif text.startswith("author-time "):
            author = float(text.removeprefix("author-time "))
    return times
