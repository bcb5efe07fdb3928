"""Ports, processes, and the stack that is made of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from airuntime_demo import prometheus
from airuntime_demo.http import answers, get_json
from airuntime_demo.layout import StackOptions
from airuntime_demo.ports import HOST, ReservedPorts
from airuntime_demo.processes import Command, PartDiedError, Processes
from airuntime_demo.stack import Stack

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


def command(name: str, *argv: str, ready: bool = True) -> Command:
    """A part that is ready at once, or never."""
    return Command(name, argv, dict(os.environ), lambda: ready)


def alive(pid: int) -> bool:
    """Whether a process of that id exists, zombies left out."""
    status = Path(f"/proc/{pid}/status")
    if status.parent.parent.joinpath("self").exists():
        return status.exists() and "State:\tZ" not in status.read_text()
    return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0  # noqa: S603, S607 - fixed words


def gone(pid: int) -> bool:
    """Whether it is gone in time."""
    until = time.monotonic() + 30
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def test_a_usual_port_that_is_taken_is_replaced() -> None:
    """A port with a listener is left alone; a free one is chosen, and no two are the same."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        chosen = ReservedPorts({"one": taken, "two": 0, "three": taken})
        chosen.release()

    assert taken not in chosen.values()
    assert len(set(chosen.values())) == 3


def test_a_usual_port_that_is_free_is_taken_and_kept_until_released() -> None:
    """Two reservations of one port do not get the same; released, it can be had again."""
    free = ReservedPorts({"one": 0})
    free.release("one")
    first = ReservedPorts({"one": free["one"]})
    second = ReservedPorts({"one": free["one"]})
    first.release()
    third = ReservedPorts({"one": free["one"]})
    second.release()
    third.release()

    assert first["one"] == third["one"] == free["one"]
    assert second["one"] != free["one"]


def test_processes_stop_in_reverse_order_and_none_is_left(tmp_path: Path) -> None:
    """Every process ends by SIGTERM, the last started first."""
    script = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    with open('order', 'a') as order: order.write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "time.sleep(60)\n"
    )
    processes = Processes(tmp_path, lambda _line: None)
    for name in ("a", "b"):
        argv = (sys.executable, "-c", script, name)
        processes.start(Command(name, argv, dict(os.environ), (tmp_path / name).exists))
    pids = processes.pids
    processes.stop()

    assert (tmp_path / "order").read_text() == "ba"
    assert all(gone(pid) for pid in pids.values())
    assert processes.pids == {}


def test_children_of_a_part_end_with_it(tmp_path: Path) -> None:
    """What a part started is stopped too, though it never heard of SIGTERM."""
    script = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('child.part').write_text(str(child.pid))\n"
        "pathlib.Path('child.part').rename('child')\n"
        "time.sleep(60)\n"
    )
    processes = Processes(tmp_path, lambda _line: None)
    processes.start(Command("parent", (sys.executable, "-c", script), dict(os.environ), (tmp_path / "child").exists))
    child = int((tmp_path / "child").read_text())
    began_alive = alive(child)
    processes.stop()

    assert began_alive
    assert gone(child)


def test_a_part_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    """The error has the exit code, the path of the log and its last lines."""
    processes = Processes(tmp_path, lambda _line: None)
    with pytest.raises(PartDiedError, match=r"(?s)broken ended with code 3.*broken\.log.*no such thing") as error:
        processes.start(
            command("broken", sys.executable, "-c", "print('no such thing'); raise SystemExit(3)", ready=False)
        )
    processes.stop()

    assert error.value.log == tmp_path / "broken.log"


def test_a_part_that_is_never_ready_is_told_and_stopped(tmp_path: Path) -> None:
    """After its time a part that does not serve is an error, and it can be stopped."""
    processes = Processes(tmp_path, lambda _line: None)
    with pytest.raises(PartDiedError, match=r"slow was not ready after 0 s"):
        processes.start(command("slow", *SLEEP, ready=False), timeout=0.2)
    pid = processes.pids["slow"]
    processes.stop()

    assert gone(pid)


def test_a_person_can_interrupt_the_waiting_and_not_the_stopping(tmp_path: Path) -> None:
    """A wish to stop raises KeyboardInterrupt while a part is waited for; stopping does not ask."""
    processes = Processes(tmp_path, lambda _line: None, lambda: True)
    with pytest.raises(KeyboardInterrupt):
        processes.start(command("slow", *SLEEP, ready=False))
    pid = processes.pids["slow"]
    processes.stop()

    assert gone(pid)


def test_a_stack_serves_inside_and_leaves_nothing_outside() -> None:
    """The parts asked for answer on their URLs; afterwards no process and no folder is left."""
    lines: list[str] = []
    with Stack(StackOptions(parts=("llm", "context7"), usual_ports=False), lines.append) as stack:
        pids, urls, folder = stack.pids, stack.urls, stack.layout.folder
        models = get_json(f"{urls.openai}/models")
        served = answers(f"{urls.context7}/v2/libs/search?libraryName=openai&query=x")
        stack.check()

    assert list(pids) == ["llm", "context7"]
    assert {model["id"] for model in models["data"]} == {"gpt-4o", "gpt-4o-mini"}
    assert served
    assert any("llm is ready" in line for line in lines)
    assert all(gone(pid) for pid in pids.values())
    assert not folder.exists()


def test_a_stack_notices_a_part_that_dies() -> None:
    """A part that ends is told by the next check, and the logs are kept for a person to read."""
    stack = Stack(StackOptions(parts=("llm", "context7"), usual_ports=False))

    def kill_one() -> None:
        with stack:
            pids.update(stack.pids)
            os.kill(pids["llm"], signal.SIGKILL)
            while True:
                stack.check()
                time.sleep(0.02)

    pids: dict[str, int] = {}
    with pytest.raises(PartDiedError, match="llm ended with code -9"):
        kill_one()
    kept = stack.layout.folder
    logs = sorted(path.name for path in kept.iterdir())
    for path in kept.iterdir():
        path.unlink()
    kept.rmdir()

    assert logs == ["context7.log", "llm.log"]
    assert all(gone(pid) for pid in pids.values())


def test_tokens_are_new_each_time_and_not_shown() -> None:
    """Two stacks share no token, and printing them shows none."""
    one, two = (Stack(StackOptions(parts=(), usual_ports=False)) for _ in range(2))
    for stack in (one, two):
        with stack:
            assert stack.pids == {}
    tokens = [*vars(one.tokens).values(), *vars(two.tokens).values()]

    assert len(set(tokens)) == 8
    assert not any(token in repr(one.tokens) for token in tokens)


def test_the_service_is_scraped_by_a_real_prometheus() -> None:
    """The assistant under traffic exposes its metrics, and Prometheus has them; without a backend it runs too."""
    options = StackOptions("none", parts=("llm", "prometheus", "service"), usual_ports=False)
    with Stack(options) as stack:
        until = time.monotonic() + 30
        calls = None
        while not calls and time.monotonic() < until:
            time.sleep(0.5)
            calls = prometheus.ask(
                stack.urls.prometheus, 'airuntime_executions_total{primitive="model_retry",status="ok"}'
            )
        ttl = prometheus.ask(stack.urls.prometheus, 'airuntime_tunable_value{tunable="answer_cache.ttl_seconds"}')
        pids = stack.pids

    assert calls is not None
    assert calls > 0
    assert ttl == 300
    assert all(gone(pid) for pid in pids.values())


def finder(found: Sequence[str | None], *, root: bool, ran: list[str], docker: str | None = None) -> prometheus.Finder:
    """A finder on a machine where looking for Prometheus gives these answers in turn."""
    looks, others = iter(found), {"apt-get": "/usr/bin/apt-get", "docker": docker}

    def run(argv: Sequence[str]) -> bool:
        ran.append(" ".join(argv[:2]))
        return True

    return prometheus.Finder(lambda name: others[name] if name in others else next(looks), lambda: root, run)


def test_prometheus_on_the_path_is_used() -> None:
    """Nothing is installed when it is there."""
    ran: list[str] = []

    assert finder(["/bin/prometheus"], root=True, ran=ran).find(lambda _line: None) == ["/bin/prometheus"]
    assert ran == []


def test_prometheus_is_installed_by_apt_for_root() -> None:
    """Root gets it by apt, and is told so."""
    ran: list[str] = []
    said: list[str] = []

    assert finder([None, "/bin/prometheus"], root=True, ran=ran).find(said.append) == ["/bin/prometheus"]
    assert ran == ["apt-get update", "apt-get install"]
    assert "apt-get" in said[0]


def test_docker_runs_prometheus_where_there_is_nothing_else(tmp_path: Path) -> None:
    """A container with the folders and ports of this machine, of the image that the compose file names."""
    ran: list[str] = []
    program = finder([None, None], root=False, ran=ran, docker="/bin/docker").find(lambda _line: None, [tmp_path])

    argv = prometheus.command_line(program, tmp_path / "prometheus.yml", tmp_path / "data", 9090)

    compose = (Path(__file__).parents[2] / "docker-compose.yml").read_text(encoding="utf-8")
    image = argv.index(prometheus.IMAGE)
    assert ran == ["/bin/docker info"]
    assert argv[:4] == ["/bin/docker", "run", "--rm", "--network=host"]
    assert f"{tmp_path}:{tmp_path}" in argv[:image]
    assert argv[image + 1] == f"--config.file={tmp_path / 'prometheus.yml'}"
    assert f"image: {prometheus.IMAGE}\n" in compose


def test_without_prometheus_a_person_is_told_the_three_ways() -> None:
    """Who is not root gets a message that names them, and nothing is run."""
    ran: list[str] = []

    with pytest.raises(prometheus.PrometheusMissingError, match=r"(?s)install it.*apt.*Docker"):
        finder([None, None], root=False, ran=ran).find(lambda _line: None)
    assert ran == []
