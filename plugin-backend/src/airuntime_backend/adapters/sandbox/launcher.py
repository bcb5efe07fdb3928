"""The launcher: starts one command under limits, watches all that comes of it, and leaves nothing of it behind.

A program of its own, because limits are set between fork and exec, which a process of many threads must not do, and
because whatever the command starts becomes its child when it is orphaned (a subreaper), even behind a new session.
The order comes as JSON on its input, the result goes as JSON to its output.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

_LOOK_SECONDS: Final = 0.05
_COUNT_SECONDS: Final = 0.2
"""How often processes are counted: it reads all of /proc, and must not disturb a benchmark."""
_MEASURE_SECONDS: Final = 0.5
_KILL_SECONDS: Final = 10.0
_TAIL: Final = 6_000
_CHUNK: Final = 65_536
_MB: Final = 1_048_576
_DEATH_SIGNAL: Final = 1
_SUBREAPER: Final = 36
_NO_NEW_PRIVILEGES: Final = 38


class _Stopped(Exception):  # noqa: N818 - an order, not an error
    """The launcher itself is told to end."""


class Watch:
    """One command, from its start to the end of the last process that came of it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order, self._limits = order, order["limits"]
        self._parent = os.getppid()
        self._began = time.monotonic()
        self._stdout, self._tail, self._read = bytearray(), "", 0
        self._counted, self._measured = self._began, self._began
        self._had = _bytes_below(order["watched"])

    def run(self) -> dict[str, Any]:
        """Run it; gives how it ended."""
        with _opened(self._order["given"]) as given:
            self._child = subprocess.Popen(  # noqa: S603 - the operator's command
                self._order["argv"],
                cwd=self._order["folder"],
                env=self._order["env"],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=lambda: _limit(self._limits),  # noqa: PLW1509 - this process has one thread
            )
        broke = "was stopped"
        try:
            broke = self._watch()
        except _Stopped:
            pass
        finally:
            _end_all(self._child.pid)
        seconds = time.monotonic() - self._began
        code = self._child.wait()
        return {
            "code": code,
            "broke": broke,
            "seconds": seconds,
            "stdout": base64.b64encode(self._stdout).decode(),
            "tail": self._tail,
        }

    def _watch(self) -> str:
        """Read what it prints until it ends; gives the limit that it broke, or nothing."""
        pipes = selectors.DefaultSelector()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                pipes.register(pipe, selectors.EVENT_READ)
        while True:
            ended = self._child.poll() is not None
            open_pipes = self._pump(pipes, 0.0 if ended else _LOOK_SECONDS)
            broke = self._broken(ended=ended)
            if broke or (ended and not open_pipes):
                return broke

    def _pump(self, pipes: selectors.BaseSelector, seconds: float) -> bool:
        """Read what is there; whether anything was."""
        found = False
        for key, _ in pipes.select(seconds) if pipes.get_map() else ():
            data = os.read(key.fd, _CHUNK)
            if not data:
                pipes.unregister(key.fileobj)
                continue
            found = True
            self._read += len(data)
            if key.fileobj is self._child.stdout:
                self._stdout += data
            self._tail = (self._tail + data.decode("utf-8", "replace"))[-_TAIL:]
        if not pipes.get_map() and seconds:
            time.sleep(seconds)  # it closed both and goes on
        return found

    def _broken(self, *, ended: bool) -> str:
        limits, now = self._limits, time.monotonic()
        if self._read > limits["output_kb"] * 1024:
            return f"printed more than {limits['output_kb']:g} kB"
        if os.getppid() != self._parent:
            return "lost whoever asked for it"
        if now - self._began > limits["seconds"] and not ended:
            return f"took longer than {limits['seconds']:g} s"
        if ended or now - self._measured > _MEASURE_SECONDS:
            self._measured = now
            if _bytes_below(self._order["watched"]) - self._had >= limits["disk_mb"] * _MB:
                return f"wrote {limits['disk_mb']:g} MB or more"
        if ended or now - self._counted < _COUNT_SECONDS:
            return ""
        self._counted = now
        return self._crowded()

    def _crowded(self) -> str:
        alive, memory = 0, 0
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                memory += process.memory_info().rss
                alive += 1
        if alive > self._limits["processes"]:
            return f"had more than {self._limits['processes']} processes"
        if memory > self._limits["memory_mb"] * _MB:
            return f"took more than {self._limits['memory_mb']:g} MB of memory"
        return ""


def _opened(path: str | None) -> Any:
    return Path(path or os.devnull).open("rb")


def _limit(limits: dict[str, float]) -> None:
    """In the child, before its program: what the kernel itself can hold it to."""
    seconds, memory, disk = (int(limits[name]) for name in ("seconds", "memory_mb", "disk_mb"))
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds + 1),
        (resource.RLIMIT_DATA, memory * _MB),
        (resource.RLIMIT_FSIZE, max(1, disk) * _MB),
        (resource.RLIMIT_NPROC, _threads_of_ours() + 4 * int(limits["processes"])),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    _prctl(_NO_NEW_PRIVILEGES)
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)  # it does not outlive a launcher that it kills


def _threads_of_ours() -> int:
    """The kernel's limit of processes counts all threads of the user, whoever started them."""
    ours, count = os.getuid(), 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            count += process.num_threads() if process.uids().real == ours else 0
    return count


def _end_all(leader: int) -> None:
    """Kill the command's group at one stroke, then whatever left it, until nothing is there."""
    until = time.monotonic() + _KILL_SECONDS
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    while time.monotonic() < until:
        left = psutil.Process().children(recursive=True)
        if not [one for one in left if _killed(one)]:
            return
        time.sleep(_LOOK_SECONDS / 5)


def _killed(process: psutil.Process) -> bool:
    """Kill it; whether it was alive. What is dead is taken in, unless somebody else waits for it."""
    with suppress(psutil.Error):
        if process.status() != psutil.STATUS_ZOMBIE:
            process.kill()
            return True
    return False


def _bytes_below(folders: list[str]) -> int:
    return sum(size for folder in folders for size in _sizes(folder))


def _sizes(folder: str) -> Iterator[int]:
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                yield Path(path, name).lstat().st_size


def _prctl(option: int, value: int = 1) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, int(value), 0, 0, 0)


def _stop(_number: int, _frame: object) -> None:
    raise _Stopped


def main() -> None:
    """Take one order, carry it out, tell."""
    order = json.load(sys.stdin)
    signal.signal(signal.SIGTERM, _stop)
    _prctl(_SUBREAPER)
    try:
        answer = Watch(order).run()
    except (OSError, subprocess.SubprocessError) as error:
        answer = {"problem": getattr(error, "strerror", None) or type(error).__name__}
    print(json.dumps(answer))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
