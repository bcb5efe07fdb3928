"""A yard for code patches: a user's repository, the operator's commands beside it, and a suggestion with a patch."""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from ai_runtime_intelligent.flow.evidence import gather
from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.patch import PatchRun, plan_patch
from ai_runtime_intelligent.flow.signal import Signal, Subject, Window
from ai_runtime_intelligent.flow.suggestion import Diff, Suggestion, Tunable, propose
from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.adapters.advisor_rules import RulesAdvisor
from airuntime_backend.adapters.ledger import SqlLedger, SqlPatches
from airuntime_backend.adapters.patches import PatchBench, read_config
from airuntime_backend.adapters.sandbox import Cage
from airuntime_backend.app import create_app, services_of
from airuntime_backend.manifest import Manifest
from airuntime_backend.patch_ports import RefusedError
from airuntime_backend.ports import Case
from flask.testing import FlaskClient

from .backend import settings
from .flow import suggestion
from .world import Clock, World

STAGE: Final = Subject("shop", "lookups", "parallel")
SLOTS: Final = "lookups.max_concurrency"
FILE: Final = "shop/stage.py"
SOURCE: Final = '''"""Three look-ups, each of which waits."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep


class Stage:
    """Runs its branches, so many at once."""

    def __init__(self, name, branches, max_concurrency):
        self.name = name
        self.branches = branches
        self.max_concurrency = max_concurrency

    def run(self, asked):
        """What each branch gives."""
        with ThreadPoolExecutor(self.max_concurrency) as pool:
            return list(pool.map(lambda branch: branch(asked), self.branches))


def look_up(asked):
    """Wait as a database would."""
    sleep(0.03)
    return asked.upper()


LOOKUPS = Stage("lookups", [look_up, look_up, look_up], max_concurrency=1)
'''


def made(old: str, new: str, name: str = FILE, source: str = SOURCE) -> str:
    """A diff of a file in which one text stands for another."""
    assert old in source
    before, after = (text.splitlines(keepends=True) for text in (source, source.replace(old, new)))
    return "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"))


GOOD: Final = made("max_concurrency=1)", "max_concurrency=3)")
OTHER: Final = made("max_concurrency=1)", "max_concurrency=1 + 0)")
"""A patch that changes the code and nothing of what it does."""
WRONG: Final = made("    sleep(0.03)\n    return asked.upper()", "    sleep(0.001)\n    return asked.lower()")
"""A patch that makes it faster and gives other answers."""
CHECK: Final = """import sys
sys.path.insert(0, "src")
from shop.stage import LOOKUPS
answers = LOOKUPS.run("a")
assert len(answers) == 3, answers
print("3 answers")
"""
BENCH: Final = """import sys, time
sys.path.insert(0, "src")
from shop.stage import LOOKUPS
began = time.perf_counter()
LOOKUPS.run("a")
print(time.perf_counter() - began)
"""
REPLAY: Final = """import sys
sys.path.insert(0, "src")
from shop.stage import LOOKUPS
for line in sys.stdin:
    print(LOOKUPS.run(line.strip()))
"""


def git(folder: Path, *words: str) -> str:
    """What git says there, as a user without settings of his own."""
    who = {f"GIT_{whose}_{key}": "user" for whose in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, **who}
    done = subprocess.run(  # noqa: S603 - words of the tests' own
        ["git", *words],  # noqa: S607 - whichever git there is
        cwd=folder, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def commit(folder: Path, message: str = "more") -> str:
    """Commit whatever is there."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, git's own too, byte by byte; links are what they point to."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = str(path.readlink()).encode()
        elif path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def user_repository(folder: Path) -> Path:
    """A repository with a stash, a hook, a setting of its own and something that is not tracked."""
    (folder / "src" / "shop").mkdir(parents=True)
    (folder / "src" / "shop" / "__init__.py").write_text("")
    (folder / "src" / FILE).write_text(SOURCE)
    (folder / "README.md").write_text("The shop.\n")
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "the shop")
    (folder / "README.md").write_text("stashed\n")
    git(folder, "stash", "-q")
    git(folder, "config", "shop.colour", "green")
    for name in ("post-checkout", "pre-commit", "reference-transaction", "post-commit", "pre-push", "post-rewrite"):
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch '{folder.parent}/hook-ran-{name}'\n")
        hook.chmod(0o755)
    (folder / "notes.txt").write_text("not tracked\n")
    return folder


def stage_case(file: str) -> Case:
    """What a rule looks at: three branches that share one slot."""
    numbers = {"queue_share": 1.9, "branches_per_call": 3.0, "seconds_mean": 0.09}
    window = Window(0, 600)
    signals = tuple(Signal(STAGE, name, "1", "measured", value, 900, window, "q") for name, value in numbers.items())
    finding = Finding("finding_1", STAGE, "serial_stage", 1.9, 0.99, "branches run in turn", signals)
    primitive = next(one for one in _manifest(file).primitives if one.name == "lookups")
    slots = Tunable(SLOTS, "lookups", "int", 1.0, 1.0, 1.0, 64.0, "1", "")
    return Case(finding, primitive, {"max_concurrency": slots})


def _manifest(file: str, revision: str = "") -> Manifest:
    return Manifest.model_validate(
        {
            "service": "shop",
            "version": "1",
            "revision": revision,
            "primitives": [{"name": "lookups", "kind": "parallel", "file": file, "line": 28, "end_line": 28}],
            "tunables": [
                {
                    "name": SLOTS,
                    "primitive": "lookups",
                    "type": "int",
                    "value": 1,
                    "default": 1,
                    "minimum": 1,
                    "maximum": 64,
                }
            ],
        }
    )


@dataclass
class Yard:
    """The backend with the user's repository and the operator's folder."""

    client: FlaskClient
    app: Any
    ledger: SqlLedger
    world: World
    clock: Clock
    repository: Path
    operator: Path
    suggestion: Suggestion

    @property
    def workshop(self) -> Path:
        """Where patches are tried."""
        return self.operator.parent / "cache" / "patches"

    def ask(self, verb: str = "patch", revision: int = 1, **more: Any) -> Any:
        """Ask for the patch, or for something about it."""
        return self.client.post(f"/suggestions/{self.suggestion.id}/{verb}", json={"revision": revision, **more})

    def work(self) -> None:
        """Let the worker do one pass over the patches."""
        services_of(self.app).patching.work()

    def patch(self) -> dict[str, Any]:
        """The patch as the API shows it."""
        found: dict[str, Any] = self.client.get(f"/suggestions/{self.suggestion.id}").get_json()["patch"]
        return found

    def run(self) -> dict[str, Any]:
        """Ask for the patch, let it be tried, and give where it stands."""
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        self.work()
        found: dict[str, Any] = self.patch()["run"]
        return found

    def deployed(self, revision: str) -> None:
        """Let the service say that it runs this commit."""
        file = str(self.repository / "src" / FILE)
        self.ledger.put_manifest(_manifest(file, revision), self.clock.now())

    def record(self) -> PatchRun:
        """The patch as it is on record."""
        return SqlPatches(self.ledger.engine).patches()[-1]


def configured(operator: Path, repository: Path, **more: Any) -> Path:
    """The operator's file, with commands that lie beside it; ``more`` replaces or adds what a service has."""
    for name, text in (("check", CHECK), ("bench", BENCH), ("replay", REPLAY)):
        (operator / f"{name}.py").write_text(text)
    given: dict[str, Any] = {
        "repository": str(repository),
        "roots": ["src"],
        **{name: [sys.executable, "-B", str(operator / f"{name}.py")] for name in ("check", "bench")},
    }
    tables = {name: value for name, value in (given | more).items() if isinstance(value, dict)}
    lines = ["[services.shop]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in (given | more).items() if name not in tables]
    for name, table in tables.items():
        lines += [f"[services.shop.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    file = operator / "patches.toml"
    file.write_text("\n".join(lines) + "\n")
    return file


@contextmanager
def yard(
    tmp_path: Path, diff: str | None = GOOD, *, given: dict[str, Any] | None = None, **more: Any
) -> Iterator[Yard]:
    """A backend that knows the shop's repository and offers this diff; ``given`` is of the operator's file."""
    repository = user_repository(tmp_path / "repository")
    operator = tmp_path / "operator"
    operator.mkdir()
    file = configured(operator, repository, **(given or {}))
    world, clock = World(), Clock()
    wanted = settings(tmp_path, source_roots=str(repository / "src"), **({"patches": file} | more))
    ledger = SqlLedger(wanted.database_url)
    app = create_app(wanted, metrics=world, ledger=ledger, clock=clock)
    case = stage_case(str(repository / "src" / FILE))
    ledger.put_manifest(_manifest(case.primitive.file), clock.now())
    advice = RulesAdvisor().advise(case)
    assert advice is not None
    proposed = propose(gather(case.finding), advice, clock.now())
    offered = replace(proposed, patch=Diff("rule serial_stage", diff) if diff else None)
    ledger.add_suggestion(offered, clock.now())
    with app.test_client() as client:
        yield Yard(client, app, ledger, world, clock, repository, operator, offered)
    ledger.close()


class Bench:
    """A workbench on a user's repository, without a backend."""

    def __init__(self, tmp_path: Path, **more: Any) -> None:
        self.repository = user_repository(tmp_path / "repository")
        (tmp_path / "operator").mkdir()
        config = read_config(configured(tmp_path / "operator", self.repository, **more))
        self.bench = PatchBench(config, tmp_path / "patches", Redactor(["a-token-of-ours"]), Cage())

    def planned(self, text: str) -> tuple[PatchRun, Suggestion]:
        """A run of that patch."""
        return plan_patch(suggestion(), Diff("rule", text), "eve", 1_000.0), suggestion()

    def prepared(self, text: str = GOOD) -> tuple[PatchRun, Suggestion]:
        """A run that has its commits."""
        run, about = self.planned(text)
        return replace(run, branches=self.bench.prepare(run, about)), about

    def refused(self, text: str) -> str:
        """Why the patch is not tried; nothing of the repository has changed."""
        before = snapshot(self.repository)
        with pytest.raises(RefusedError) as error:
            self.bench.prepare(*self.planned(text))
        assert snapshot(self.repository) == before
        assert not list(self.bench.folder.glob("*"))
        return error.value.reason
