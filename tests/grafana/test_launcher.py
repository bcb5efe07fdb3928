"""The launcher tells Grafana where the backend listens, in every shell and with every resolver it may meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.launcher import FORMS, LAUNCHER, SHELLS, Resolver, launched, shell, within

NAMED = "backend:8766"


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The launcher in all its lines, but that it looks ten times as often whether the address has moved."""
    text = LAUNCHER.read_text(encoding="utf-8")
    assert text.count("watch_seconds=2\n") == 1
    path = tmp_path_factory.mktemp("launcher") / LAUNCHER.name
    path.write_text(text.replace("watch_seconds=2\n", "watch_seconds=0.2\n"), encoding="utf-8")
    return path


@pytest.fixture(params=sorted(SHELLS))
def command(request: pytest.FixtureRequest, hasty: Path) -> tuple[str, ...]:
    """The launcher under one shell."""
    return (*shell(request.param), str(hasty))


@pytest.fixture
def resolver(tmp_path: Path) -> Resolver:
    """A resolver such as Linux has."""
    return Resolver(tmp_path, "getent")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1:8766", "127.0.0.1:8766"),
        ("localhost:9", "127.0.0.1:9"),
        ("[::1]:8766", "[::1]:8766"),
        (None, "127.0.0.1:8766"),
        ("", "127.0.0.1:8766"),
    ],
)
def test_addresses_need_no_resolver(command: tuple[str, ...], tmp_path: Path, address: str | None, told: str) -> None:
    """An address, localhost, or no setting at all is told at once, where there is no resolver."""
    with launched(command, address, tmp_path) as launcher:
        line = launcher.line(5)

    assert line == f"1|2|tcp|{told}|grpc\n"


@pytest.mark.parametrize(
    ("shell_name", "kind"),
    [
        # busybox prefers its own nslookup to the one on the PATH, so there it cannot be played
        (name, kind)
        for name in sorted(SHELLS)
        for kind in sorted(FORMS)
        if (name, kind) != ("busybox", "nslookup")
    ],
)
def test_names_become_addresses(shell_name: str, tmp_path: Path, kind: str) -> None:
    """Grafana's containers resolve by getent or nslookup, macOS by dscacheutil: each gives the address."""
    resolver = Resolver(tmp_path, kind)
    resolver.answers("10.0.0.7")

    with launched((*shell(shell_name), str(LAUNCHER)), NAMED, resolver.path) as launcher:
        line = launcher.line(5)

    assert line == "1|2|tcp|10.0.0.7:8766|grpc\n"


def test_it_waits_for_a_late_name(command: tuple[str, ...], resolver: Resolver) -> None:
    """A name that does not resolve yet is waited for."""
    with launched(command, NAMED, resolver.path) as launcher:
        assert launcher.line(1.5) is None

        resolver.answers("10.0.0.7")

        assert launcher.line(5) == "1|2|tcp|10.0.0.7:8766|grpc\n"


def test_it_stays_while_the_address_stays(command: tuple[str, ...], resolver: Resolver) -> None:
    """It lives on while its address is among the answers, in whatever order, and while the name is gone."""
    resolver.answers("10.0.0.7")
    with launched(command, NAMED, resolver.path) as launcher:
        launcher.line(5)
        resolver.answers("10.0.0.8", "10.0.0.7")

        assert not launcher.ended(1)

        resolver.answers()

        assert not launcher.ended(1)


def test_it_ends_when_the_address_moves(command: tuple[str, ...], resolver: Resolver) -> None:
    """A new address ends it, and with it its output, so that Grafana starts it anew."""
    resolver.answers("10.0.0.7")
    with launched(command, NAMED, resolver.path) as launcher:
        launcher.line(5)
        resolver.answers("10.0.0.8")

        assert launcher.ended(6)
        assert launcher.process.returncode == 0


def test_nothing_holds_its_output(command: tuple[str, ...], resolver: Resolver) -> None:
    """After its line both outputs are closed, though it and its children live: Grafana notices its end by them."""
    resolver.answers("10.0.0.7")
    with launched(command, NAMED, resolver.path) as launcher:
        launcher.line(5)

        assert launcher.line(2) == ""
        assert launcher.process.stderr is not None
        assert launcher.process.stderr.read() == ""
        assert launcher.process.poll() is None


@pytest.mark.parametrize("address", ["backend", "backend:", ":8766", "backend:http"])
def test_a_wrong_setting_is_told(command: tuple[str, ...], tmp_path: Path, address: str) -> None:
    """What is not host:port ends it with a sentence in Grafana's log and no line for Grafana."""
    with launched(command, address, tmp_path) as launcher:
        out, err = launcher.process.communicate(timeout=5)

    assert launcher.process.returncode == 1
    assert out == ""
    assert f"backend_address must be host:port, not '{address}'" in err


def test_it_ends_on_request(command: tuple[str, ...], resolver: Resolver) -> None:
    """TERM ends it at once, also while it waits for a name."""
    with launched(command, NAMED, resolver.path) as launcher:
        assert launcher.line(0.5) is None

        launcher.process.terminate()

        assert launcher.ended(2)


def test_the_wait_has_an_end_even_when_the_resolver_has_none(tmp_path: Path) -> None:
    """With a resolver that hangs, Grafana's own start is held up no longer than the limit, and its log says why."""
    short = tmp_path / "gpx_airuntime"
    short.write_text(LAUNCHER.read_text(encoding="utf-8").replace("wait_seconds=20", "wait_seconds=1"))
    tools = tmp_path / "tools"
    tools.mkdir()
    resolver = Resolver(tools, "getent")
    resolver.hangs()

    with launched((*shell("dash"), str(short)), NAMED, resolver.path) as launcher:
        assert launcher.ended(5)
        assert launcher.process.stdout is not None
        assert launcher.process.stderr is not None
        assert launcher.process.stdout.read() == ""
        assert "'backend' did not resolve within 1 s" in launcher.process.stderr.read()
    assert "wait_seconds=20\n" in LAUNCHER.read_text(encoding="utf-8")


def test_it_ends_when_its_parent_is_gone(command: tuple[str, ...]) -> None:
    """A launcher whose Grafana was killed does not stay behind."""
    # It ends when the launcher has said its line: one that had not begun would never know whose it was.
    start = (
        "import subprocess, sys; one = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE); "
        "assert one.stdout.readline(); print(one.pid)"
    )
    parent = subprocess.run(  # noqa: S603 - our own script
        (sys.executable, "-c", start, *command), capture_output=True, text=True, check=True, timeout=10
    )
    pid = int(parent.stdout)

    assert within(30, lambda: _gone(pid))


def test_it_is_a_program() -> None:
    """It can be executed as it is: the build only copies it."""
    assert os.access(LAUNCHER, os.X_OK)
    assert LAUNCHER.read_text(encoding="utf-8").startswith("#!/bin/sh\n")


def _gone(pid: int) -> bool:
    """Whether a process has ended; one that waits to be reaped has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
