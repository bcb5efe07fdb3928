"""The command ``git``, deaf to whatever else could tell it what to do: no hooks, no user's or system's settings."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_DEAF: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
    "HOME": os.devnull,
}
_SETTINGS: Final = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
    "http.followRedirects=false",
    "credential.helper=",
    "submodule.recurse=false",
    "advice.detachedHead=false",
)
_SECONDS: Final = 120.0
_TOLD: Final = 300


class GitError(Exception):
    """Git refused: its own words, cut. ``said`` is all of them."""

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


@dataclass(frozen=True)
class Git:
    """Git in one folder. ``env`` are more variables for it; their values are never part of an error."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = _SECONDS

    def __call__(self, *args: str, given: str | bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """What it prints, without the last line's end. Raises ``GitError``."""
        return self.raw(*args, given=given, env=env).decode("utf-8", "replace").rstrip("\n")

    def raw(self, *args: str, given: str | bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """What it prints, byte by byte. Raises ``GitError``."""
        command = ["git", *_options(self.folder), *args]
        try:
            done = subprocess.run(  # noqa: S603 - a list of our own words, no shell
                command,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", os.defpath), **_DEAF, **self.env, **(env or {})},
                input=given.encode() if isinstance(given, str) else given,
                capture_output=True,
                timeout=self.seconds,
                check=False,
            )
        except FileNotFoundError:
            raise GitError("git is not installed, or its folder is gone") from None
        except subprocess.TimeoutExpired:
            raise GitError(f"git {args[0]} took longer than {self.seconds:g} s") from None
        except (OSError, ValueError) as error:
            raise GitError(f"git cannot be run: {error}") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise GitError(f"git {args[0]}: {_last(said) or f'exit code {done.returncode}'}", said)
        return done.stdout

    def says(self, *args: str) -> bool:
        """Whether it ends well, for questions that are answered by the exit code."""
        try:
            self.raw(*args)
        except GitError:
            return False
        return True


def upload_pack(source: Path) -> str:
    """How another repository is read: by the same deaf git, any of its commits."""
    words = ["git", *_options(source), "-c", "uploadpack.allowAnySHA1InWant=true", "upload-pack"]
    return shlex.join(words)


def _options(folder: Path) -> list[str]:
    given = (*_SETTINGS, f"safe.directory={folder}")
    return [word for setting in given for word in ("-c", setting)]


def _last(said: str) -> str:
    """The line that says what is wrong: advice may follow it."""
    lines = said.splitlines()
    wrong = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return (wrong or lines)[-1][:_TOLD] if lines else ""
