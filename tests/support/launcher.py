"""The launcher as a process, under a shell and with resolvers of the test's choice."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LAUNCHER: Final = Path(__file__).parents[2] / "plugin-frontend" / "launcher" / "gpx_airuntime"
SHELLS: Final = {"dash": ("dash",), "busybox": ("busybox", "sh"), "bash": ("bash", "--posix")}
NEEDED: Final = ("sleep",)
"""All that the launcher uses beside its shell and a resolver."""


def shell(name: str) -> tuple[str, ...]:
    """The shell's command. Raises FileNotFoundError: a missing shell must fail the test, not skip it."""
    first, *rest = SHELLS[name]
    found = shutil.which(first)
    if found is None:
        raise FileNotFoundError(f"{first} is needed to test the launcher: install it from your distribution")
    return (found, *rest)


class Resolver:
    """A folder for the PATH in which a resolver answers what the test says; it starts out knowing nothing."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.path = folder
        self._answer = folder / "answer"
        self._kind = kind
        for tool in NEEDED:
            (folder / tool).symlink_to(str(shutil.which(tool)))
        (folder / "cat").symlink_to(str(shutil.which("cat")))
        script = folder / kind
        script.write_text(f"#!/bin/sh\nexec '{folder}/cat' '{self._answer}'\n", encoding="utf-8")
        script.chmod(0o755)

    def answers(self, *addresses: str) -> None:
        """Let the name have these addresses from now on, in the words of this resolver."""
        fresh = self._answer.with_suffix(".new")
        fresh.write_text(FORMS[self._kind](addresses), encoding="utf-8")
        fresh.replace(self._answer)

    def hangs(self) -> None:
        """Let the resolver never answer."""
        (self.path / self._kind).write_text(f"#!/bin/sh\nexec '{self.path}/sleep' 60\n", encoding="utf-8")


def _getent(addresses: Sequence[str]) -> str:
    return "".join(f"{one}      STREAM backend\n{one}      DGRAM\n" for one in addresses)


def _dscacheutil(addresses: Sequence[str]) -> str:
    return "name: backend\n" + "".join(f"ip_address: {one}\n" for one in addresses)


def _nslookup(addresses: Sequence[str]) -> str:
    server = "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n"
    return server + "".join(f"Name:\tbackend\nAddress: {one}\n" for one in addresses)


FORMS: Final = {"getent": _getent, "dscacheutil": _dscacheutil, "nslookup": _nslookup}


class Launched:
    """A running launcher, with its output in reach."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self, seconds: float) -> str | None:
        """The next line of its standard output; None when there is none in time, "" when there will be none."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            return self.process.stdout.readline() if selector.select(seconds) else None

    def ended(self, seconds: float) -> bool:
        """Whether the process ends in time."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@contextmanager
def launched(command: Sequence[str], address: str | None, path: Path | None = None) -> Iterator[Launched]:
    """Start the launcher as Grafana does: with next to no environment; it is killed at the end."""
    env = {} if address is None else {"GF_PLUGIN_BACKEND_ADDRESS": address}
    env["PATH"] = os.environ["PATH"] if path is None else str(path)
    with subprocess.Popen(  # noqa: S603 - our own script
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Launched(process)
        finally:
            process.kill()


def within(seconds: float, holds: object) -> bool:
    """Whether ``holds()`` becomes true in time."""
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return bool(holds())
