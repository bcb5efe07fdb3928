"""A part of the whole: a process that is started, killed with SIGKILL, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

TELL: Final = signal.SIGRTMIN
"""The signal on which a backend writes where each of its threads is; nobody else uses it."""


@dataclass
class Part:
    """One process in a group of its own. It is started again ``due`` (monotonic seconds); None is never."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    due: float | None = 0.0
    ended: int = 0
    """How often it ended though nobody killed it."""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    orphaned: list[int] = field(default_factory=list, init=False)
    """Groups whose first process was killed alone; what is left of them ends by itself, or with ``stop``."""

    @property
    def log(self) -> Path:
        """Where it writes."""
        return self.folder / f"{self.name}.log"

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def keep(self) -> None:
        """Start it if that is due; what has ended by itself is started again a second later."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._reap()
            self.ended += 1
            self.due = now + 1.0
        if self.process is None and self.due is not None and now >= self.due:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(  # noqa: S603 - our own arguments
                    list(self.argv), env=dict(self.env), stdout=log, stderr=log, start_new_session=True
                )

    def kill(self, again_in: float | None) -> None:
        """Kill it and all that it started; it comes back after so many seconds, or not by itself."""
        self._reap()
        self.due = None if again_in is None else time.monotonic() + again_in

    def kill_main(self, again_in: float) -> None:
        """Kill the process that was started, and none of its children."""
        if self.process is not None:
            self.orphaned.append(self.process.pid)
            self.process.kill()
            self.process.wait()
            self.process = None
        self.due = time.monotonic() + again_in

    def kill_child(self) -> bool:
        """Kill its first child, which it is to start again itself; whether there was one."""
        if self.process is None:
            return False
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with suppress(OSError, IndexError):
            os.kill(int(children.read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
            return True
        return False

    def stop(self) -> None:
        """Kill it, and what is left of its earlier lives."""
        self.kill(None)
        while self.orphaned:
            _kill_group(self.orphaned.pop())

    def tell(self) -> None:
        """Let it, and what is left of its earlier lives, write to its log where each thread is."""
        for group in (*self.orphaned, *([self.process.pid] if self.process is not None else [])):
            with suppress(ProcessLookupError):
                os.killpg(group, TELL)

    def _reap(self) -> None:
        if self.process is not None:
            _kill_group(self.process.pid)
            self.process.wait()
            self.process = None


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
