"""The operator's commands on code that nobody has proved: under limits, alone, and gone at the end."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
from airuntime_backend.adapters.sandbox import Cage, Limits, cage
from airuntime_backend.patch_ports import BrokenError, RefusedError
from support.config_backend import eventually
from support.yard import GOOD, OTHER, REPLAY, WRONG, Bench, snapshot

MARK: Final = "a process of the test of commands"
FORKS: Final = f"""
import os, sys, time
# {MARK}
for _ in range(120):
    if os.fork() == 0:
        os.setsid()
        time.sleep(300)
time.sleep(300)
"""
DAEMON: Final = f"""
import os, time
# {MARK}
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(300)
    os._exit(0)
print("started it")
"""
GIT: Final = """
import subprocess
for words in (["config", "user.name", "eve"], ["config", "core.hooksPath", "/tmp"], ["stash"], ["branch", "taken"],
              ["commit", "--allow-empty", "-qm", "mine"], ["update-ref", "refs/heads/main", "HEAD"], ["gc", "-q"]):
    subprocess.run(["git", "-c", "user.email=e@e", "-c", "user.name=eve", *words], capture_output=True)
"""
BAD: Final[dict[str, tuple[str, dict[str, float], str]]] = {
    "fails": ("raise SystemExit(3)", {}, "the check ended with exit code 3"),
    "hangs": (f"import time  # {MARK}\ntime.sleep(300)", {"seconds": 0.5}, "the check took longer than 0.5 s"),
    "hangs with its pipes closed": (
        f"import os, time  # {MARK}\nos.close(1)\nos.close(2)\ntime.sleep(300)",
        {"seconds": 0.5},
        "the check took longer than 0.5 s",
    ),
    "forks": (FORKS, {"processes": 40}, "the check had more than 40 processes"),
    "fills the log": (
        "import os\nwhile True: os.write(1, b'x' * 65536)", {"output_kb": 200}, "the check printed more than 200 kB"
    ),
    "fills the disk with a file": (
        "open('big', 'wb').write(b'0' * 50_000_000)", {"disk_mb": 10}, "the check wrote 10 MB or more"
    ),
    "fills the disk with files": (
        "import time\nfor n in range(40): open(f'f{n}', 'wb').write(b'0' * 1_000_000)\ntime.sleep(300)",
        {"disk_mb": 10},
        "the check wrote 10 MB or more",
    ),
    "fills its temporary folder": (
        "import os\nfor at in (os.environ['TMPDIR'], '.'): open(at + '/big', 'wb').write(b'0' * 6_000_000)",
        {"disk_mb": 10},
        "the check wrote 10 MB or more",
    ),
    "takes memory at once": ("x = bytearray(2_000_000_000)", {"memory_mb": 200}, "the check ended with exit code 1"),
}  # fmt: skip


def left() -> list[int]:
    """Processes of these tests that still run."""
    return [
        one.pid
        for one in psutil.process_iter(["cmdline", "status"])
        if one.info["status"] != psutil.STATUS_ZOMBIE and any(MARK in word for word in one.info["cmdline"] or ())
    ]


def checked(tmp_path: Path, code: str, **limits: float) -> str:
    """Why a check that is this program is refused, empty if it is not; the repository is as before, nothing runs on."""
    here = Bench(tmp_path, check=[sys.executable, "-c", code], limits=limits)
    run = here.prepared()
    before = snapshot(here.repository)
    why = ""
    try:
        here.bench.check(*run)
    except RefusedError as error:
        why = error.reason
    assert snapshot(here.repository) == before
    assert left() == []
    assert not list(here.bench.folder.glob("*"))
    return why


@pytest.mark.parametrize(("code", "limits", "why"), BAD.values(), ids=BAD)
def test_a_check_that_does_harm_is_ended_and_refused(
    tmp_path: Path, code: str, limits: dict[str, float], why: str
) -> None:
    """Each limit has its own words; nothing of the command is left, neither files nor processes."""
    assert checked(tmp_path, code, **limits) == why


def test_what_a_check_leaves_running_is_ended_with_it(tmp_path: Path) -> None:
    """Even a process that left its session and whose parent is gone."""
    assert checked(tmp_path, DAEMON) == ""


def test_a_check_that_plays_with_git_plays_with_a_copy(tmp_path: Path) -> None:
    """Settings, stash and branches that it makes are of the workshop and go with it."""
    assert checked(tmp_path, GIT) == ""


def test_a_command_sees_no_environment_but_the_operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no token, no home of the user's; what the operator's file gives is there."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-do-not-show")
    code = "import json, os\nopen(os.environ['SHOP_OUT'], 'w').write(json.dumps(dict(os.environ)))"
    out = tmp_path / "environment.json"
    here = Bench(tmp_path, check=[sys.executable, "-c", code], env={"SHOP_OUT": str(out)})

    here.bench.check(*here.prepared())

    seen = json.loads(out.read_text())
    assert set(seen) - {"LC_CTYPE"} == {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE", "HOME", "TMPDIR", "SHOP_OUT"}
    assert seen["HOME"] != os.environ.get("HOME")
    assert "sk-do-not-show" not in out.read_text()


def test_a_check_runs_on_the_patched_code_in_a_work_tree_of_its_own(tmp_path: Path) -> None:
    """It finds the patched file, git's word for its commit, and nothing that is not committed."""
    code = (
        "import pathlib, subprocess\n"
        "assert 'max_concurrency=3' in pathlib.Path('src/shop/stage.py').read_text()\n"
        "assert not pathlib.Path('notes.txt').exists()\n"
        "print(subprocess.run(['git', 'rev-parse', 'HEAD'], capture_output=True, text=True, check=True).stdout)"
    )
    here = Bench(tmp_path, check=[sys.executable, "-c", code])
    run, about = here.prepared()

    (ran,) = here.bench.check(run, about)

    assert run.branches is not None
    assert (ran.name, ran.outcome, ran.output.strip()) == ("check", "ended well", run.branches.commit)


def test_a_command_that_is_not_there_says_nothing_of_the_patch(tmp_path: Path) -> None:
    """The patch is not refused for a mistake in the operator's file."""
    here = Bench(tmp_path, check=["/no/such/program"])
    run = here.prepared()

    with pytest.raises(BrokenError, match="'/no/such/program' cannot be run: No such file or directory"):
        here.bench.check(*run)


def replayed(tmp_path: Path, patch: str, replay: str = REPLAY) -> tuple[Bench, Any]:
    """A bench that replays two recorded inputs, and a prepared run."""
    inputs = tmp_path / "inputs.txt"
    inputs.write_text("first\nsecond\n")
    here = Bench(tmp_path, replay=[sys.executable, "-B", "-c", replay], inputs=str(inputs))
    return here, here.prepared(patch)


def test_the_same_outputs_on_recorded_inputs_are_proved(tmp_path: Path) -> None:
    """As many lines as there are inputs, the same byte by byte."""
    here, run = replayed(tmp_path, GOOD)

    assert [(one.name, one.outcome) for one in here.bench.check(*run)] == [
        ("check", "ended well"),
        ("replay", "2 lines of output are the same"),
    ]


@pytest.mark.parametrize(
    ("patch", "replay", "why"),
    [
        (WRONG, REPLAY, "the new code gives another output at line 1"),
        (OTHER, "import uuid\nprint(uuid.uuid4())", "the replay of the old code differs from itself at line 1"),
        (OTHER, "pass", "the replay of the old code printed nothing"),
        (OTHER, "raise SystemExit(2)", "the replay of the old code ended with exit code 2"),
    ],
)
def test_outputs_that_are_not_the_same_are_refused(tmp_path: Path, patch: str, replay: str, why: str) -> None:
    """Whether the new code differs, or a replay cannot tell."""
    here, run = replayed(tmp_path, patch, replay)

    with pytest.raises(RefusedError) as error:
        here.bench.check(*run)

    assert error.value.reason.startswith(why)
    assert error.value.ran[0].name == "check"


@pytest.mark.parametrize("which", ["bench", "replay"])
@pytest.mark.parametrize(
    ("code", "limits", "why"),
    [
        (f"import time  # {MARK}\ntime.sleep(300)", {"seconds": 0.5}, "took longer than 0.5 s"),
        (FORKS, {"processes": 40}, "had more than 40 processes"),
        ("import os\nwhile True: os.write(1, b'x' * 65536)", {"output_kb": 200}, "printed more than 200 kB"),
        ("open('big', 'wb').write(b'0' * 50_000_000)", {"disk_mb": 10}, "wrote 10 MB or more"),
    ],
)
def test_a_benchmark_or_a_replay_is_held_to_the_same_limits(
    tmp_path: Path, which: str, code: str, limits: dict[str, float], why: str
) -> None:
    """It is told which of them it was and of which code; the repository is as it was."""
    here = Bench(tmp_path, **{which: [sys.executable, "-c", code]}, limits=limits)
    run, before = here.prepared(), snapshot(here.repository)
    told = {"bench": "the benchmark of the new code", "replay": "the replay of the old code"}

    with pytest.raises(RefusedError) as error:
        (here.bench.bench if which == "bench" else here.bench.check)(*run)

    assert error.value.reason == f"{told[which]} {why}"
    assert snapshot(here.repository) == before
    assert left() == []
    assert not list(here.bench.folder.glob("*"))


@pytest.mark.parametrize(
    ("bench", "why"),
    [
        ("print('fast')", "the benchmark of the new code printed 'fast' on its last line, expected a number"),
        ("print('nan')", "the benchmark of the new code printed 'nan'"),
        ("pass", "the benchmark of the new code printed ''"),
        ("raise SystemExit(1)", "the benchmark of the new code ended with exit code 1"),
    ],
)
def test_a_benchmark_without_a_number_is_refused(tmp_path: Path, bench: str, why: str) -> None:
    """Nothing is read into it."""
    here = Bench(tmp_path, bench=[sys.executable, "-c", bench])
    run = here.prepared()

    with pytest.raises(RefusedError) as error:
        here.bench.bench(*run)

    assert error.value.reason.startswith(why)


def test_a_cage_ends_its_command_when_it_is_told_to_stop(tmp_path: Path) -> None:
    """Whoever asked for it is gone: the command does not run on."""
    code = f"# {MARK}\nimport os, signal, time\nos.kill(os.getppid(), signal.SIGTERM)\ntime.sleep(300)"

    done = Cage().run([sys.executable, "-c", code], folder=tmp_path, env={}, limits=Limits(seconds=20))

    assert (done.told, done.good) == ("was stopped", False)
    assert left() == []


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP"])
def test_a_command_does_not_outlive_the_launcher_that_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Neither when it kills it nor when it stops it: that is given up, and the command with it."""
    monkeypatch.setattr(cage, "_GRACE_SECONDS", 0.5)
    code = f"# {MARK}\nimport os, signal, time\nos.kill(os.getppid(), signal.{how})\ntime.sleep(300)"

    with pytest.raises(BrokenError):
        Cage().run([sys.executable, "-c", code], folder=tmp_path, env={}, limits=Limits(seconds=1))

    assert eventually(lambda: left() == [])
