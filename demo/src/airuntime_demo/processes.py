"""The processes of the demo: started each in a group of its own, watched, and stopped by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Say = Callable[[str], None]
"""Takes one line of progress for a person."""

_TAIL_LINES: Final = 20
_GRACE_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.1


class PartDiedError(RuntimeError):
    """Raised when a part ended by itself or did not become ready; the message has the end of its log."""

    def __init__(self, name: str, what: str, log: Path) -> None:
        self.name, self.log, self.short = name, log, f"{name} {what}; see {log}"
        super().__init__(f"{name} {what}. Its log is {log}; it ends:\n{tail(log)}")


@dataclass(frozen=True)
class Command:
    """What to start: ``ready`` tells, asked again and again, whether the part serves."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool]
    before: Callable[[], None] = lambda: None
    """Called just before it starts."""


class Processes:
    """Starts commands one after the other and stops them in the reverse order.

    Each writes to ``<name>.log`` in ``folder``, which is its working directory too. ``interrupted`` tells whether a
    person wants it to end: it is asked while waiting and never while stopping, so that stopping is always complete.
    """

    def __init__(self, folder: Path, say: Say, interrupted: Callable[[], bool] = lambda: False) -> None:
        self._folder, self._say, self._interrupted = folder, say, interrupted
        self._running: list[tuple[Command, subprocess.Popen[bytes]]] = []

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each part, which is also the id of its group."""
        return {command.name: process.pid for command, process in self._running}

    def start(self, command: Command, timeout: float = 60.0) -> None:
        """Start a part and wait until it is ready.

        Raises:
            PartDiedError: it ended, or was not ready within ``timeout`` seconds.
            KeyboardInterrupt: a person wants it to end.
        """
        command.before()
        with self._log(command.name).open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own parts, no shell
                list(command.argv),
                env=dict(command.env),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append((command, process))
        began = time.monotonic()
        while not command.ready():
            self.check()
            if time.monotonic() - began > timeout:
                raise PartDiedError(command.name, f"was not ready after {timeout:.0f} s", self._log(command.name))
            time.sleep(_POLL_SECONDS)
        self.check()  # an answer may have come from a stranger on its port
        self._say(f"  {command.name} is ready after {time.monotonic() - began:.1f} s")

    def check(self) -> None:
        """Raise PartDiedError when a part has ended, KeyboardInterrupt when a person wants it to end."""
        if self._interrupted():
            raise KeyboardInterrupt
        for command, process in self._running:
            if (code := process.poll()) is not None:
                raise PartDiedError(command.name, f"ended with code {code}", self._log(command.name))

    def stop(self) -> None:
        """Stop every part, last started first: SIGTERM, and SIGKILL after 5 s. May be repeated."""
        while self._running:
            _, process = self._running[-1]
            _stop(process)
            self._running.pop()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
    # Its group may hold children that outlived it; nobody else is in that group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tail(log: Path, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log, indented; says so when it is empty."""
    text = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"    {line}" for line in text[-lines:]) or "    (nothing was written)"
