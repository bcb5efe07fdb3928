"""A patch of the demo's serial stage, from a rule's diff to a proved branch.

Usage: ``PYTHONPATH=tests python tools/patch_demo.py``. The user's repository is a fresh one with the demo's own source.
The finding is put together here: its seconds are measured on the assistant with the waste ``serial``, how many branches
wait is told; all else is the product's.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.flow.evidence import gather
from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.signal import Signal, Subject, Window
from ai_runtime_intelligent.flow.suggestion import Suggestion, Tunable, propose
from ai_runtime_intelligent.runtime.manifest import manifest_of
from airuntime_backend.adapters.advisor_rules import RulesAdvisor
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.patches.making import drafter
from airuntime_backend.app import create_app, services_of
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Case
from airuntime_backend.settings import Settings
from airuntime_demo.assistant import build
from airuntime_demo.stores import Asked, Stores
from airuntime_demo.wastes import KNOBS
from support.yard import commit, git, snapshot

ROOT: Final = Path(__file__).resolve().parents[1]
SERVICE: Final = "support-assistant"
STAGE: Final = Subject(SERVICE, "context_lookup", "parallel")
ASKING: Final = '''
import asyncio, sys, time
sys.path.insert(0, "demo/src")
from openai.types.chat import ChatCompletion
from airuntime_demo.assistant import build
from airuntime_demo.stores import Asked, Stores
from airuntime_demo.wastes import KNOBS


class Completions:
    """A fake model that answers at once, always the same."""

    async def create(self, **asked):
        message = {"role": "assistant", "content": "Answer to " + asked["messages"][-1]["content"]}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return ChatCompletion.model_validate(
            {"id": "1", "created": 0, "model": asked["model"], "object": "chat.completion", "choices": [choice]})


class Client:
    completions = Completions()
    chat = property(lambda self: self)


async def answers(questions):
    assistant = build(Client(), Stores(7), KNOBS["serial"])
    return [await assistant(Asked("customer-1", question)) for question in questions]
'''
CHECK: Final = f"""{ASKING}
told = asyncio.run(answers(["Where is my parcel?"]))
assert told == ["Dear Customer 1, Answer to Where is my parcel? See also help: parcel."], told
print("the assistant answers")
"""
BENCH: Final = f"""{ASKING}
questions = int(sys.argv[1])
began = time.perf_counter()
asyncio.run(answers([f"Where is order {{number}}?" for number in range(questions)]))
print((time.perf_counter() - began) / questions)
"""
REPLAY: Final = f"""{ASKING}
print(*asyncio.run(answers(sys.stdin.read().splitlines())), sep="\\n")
"""


class _Answer:
    """A fake model for the measurement: what it says does not matter."""

    class chat:  # noqa: N801 - the client's names
        class completions:  # noqa: N801
            @staticmethod
            async def create(**_: object) -> object:
                """Answer at once."""
                message = type("Message", (), {"content": "so"})
                return type("Completion", (), {"choices": [type("Choice", (), {"message": message})]})


def main(questions: int = 8, path: str = "") -> int:
    """Run it; gives the exit code. A benchmark asks so many ``questions``; ``path`` is where commands find more."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository, operator = _repository(folder), _operator(folder, questions, path)
        settings = Settings(
            database_url=f"sqlite:///{folder}/state.db", cache_dir=f"{folder}/cache", patches=operator,
            source_roots=str(repository / "demo" / "src"),
        )  # fmt: skip
        ledger = SqlLedger(settings.database_url)
        try:
            done = _tried(settings, ledger, repository)
        finally:
            ledger.close()
    print(f"\n{time.monotonic() - began:.0f} s in all")
    return 0 if done else 1


def _tried(settings: Settings, ledger: SqlLedger, repository: Path) -> bool:
    app = create_app(settings, ledger=ledger)
    manifest, suggestion = _suggested(settings)
    ledger.put_manifest(manifest, time.time())
    ledger.add_suggestion(suggestion, time.time())
    print(f"{suggestion.title}\n{suggestion.claim}\n\n{suggestion.patch.text if suggestion.patch else 'no patch'}")
    before = snapshot(repository)
    client = app.test_client()
    asked = client.post(f"/suggestions/{suggestion.id}/patch", json={"revision": 1})
    if asked.status_code != 200:  # noqa: PLR2004 - HTTP's word for well
        print(asked.get_json())
        return False
    services_of(app).patching.work()
    told = client.get(f"/suggestions/{suggestion.id}").get_json()
    for entry in told["history"]:
        print(f"{entry['after']:<10} {entry['who']:<9} {entry['why']}")
    run = told["patch"]["run"]
    for ran in run["ran"]:
        print(f"  {ran['name']:<7} {ran['outcome']}, {ran['seconds']:.1f} s")
    return _shown(run, repository, before)


def _shown(run: dict[str, object], repository: Path, before: dict[str, bytes]) -> bool:
    after = snapshot(repository)
    touched = [name for name in before if after.get(name) != before[name]]
    print(f"\nfiles of the repository, git's own too, that are not as before: {len(touched)} of {len(before)}")
    print(git(repository, "for-each-ref", "--format=%(refname:short) %(objectname:short) %(subject)"))
    branches = run["branches"]
    if isinstance(branches, dict):
        print(f"\n{git(repository, 'show', '--stat', '--format=%B', str(branches['branch']))}")
    return run["phase"] == "branched" and not touched


def _suggested(settings: Settings) -> tuple[Manifest, Suggestion]:
    """The rule's suggestion for the stage as it is, with its numbers measured."""
    seconds = asyncio.run(_measured())
    manifest = Manifest.model_validate(manifest_of(SERVICE).to_json())
    primitive, spec = manifest.primitive(STAGE.primitive), manifest.tunable("context_lookup.max_concurrency")
    if primitive is None or spec is None:
        raise SystemExit("the demo has no context_lookup with max_concurrency")
    numbers = {"seconds_mean": seconds, "branches_per_call": 3.0, "queue_share": 1.0}
    window = Window(time.time() - 600, time.time())
    signals = tuple(Signal(STAGE, name, "1", "measured", value, 20, window, "") for name, value in numbers.items())
    finding = Finding("finding_demo", STAGE, "serial_stage", 1.0, 0.99, "3 branches run in turn", signals)
    shown = spec.model_dump(exclude={"scope", "description"})
    case = Case(finding, primitive, {"max_concurrency": Tunable(**shown, description=spec.description)})
    advice, drafts = RulesAdvisor().advise(case), drafter(settings)
    if advice is None or drafts is None:
        raise SystemExit("the rule has no advice, or the extra 'patches' is not installed")
    suggestion = propose(gather(finding), advice, time.time())
    return manifest, replace(suggestion, patch=drafts.draft(case, suggestion).diff)


async def _measured() -> float:
    """Mean seconds of 20 answers with a model that answers at once: those of the stage."""
    assistant, seconds = build(_Answer(), Stores(7), KNOBS["serial"]), []  # type: ignore[arg-type] # a fake
    for number in range(20):
        began = time.perf_counter()
        await assistant(Asked("customer-1", f"order {number}"))
        seconds.append(time.perf_counter() - began)
    return statistics.fmean(seconds)


def _repository(folder: Path) -> Path:
    repository = folder / "repository"
    shutil.copytree(ROOT / "demo" / "src", repository / "demo" / "src", ignore=shutil.ignore_patterns("__pycache__"))
    git(repository, "init", "-q", "-b", "main")
    commit(repository, "the support assistant")
    return repository


def _operator(folder: Path, questions: int, path: str) -> Path:
    operator = folder / "operator"
    operator.mkdir()
    for name, text in (("check", CHECK), ("bench", BENCH), ("replay", REPLAY)):
        (operator / f"{name}.py").write_text(text)
    (operator / "inputs.txt").write_text("Where is my parcel?\nHow do I cancel a subscription?\nwhere is my parcel\n")
    names = ("check", "bench", "replay")
    lines = [f'{name} = ["{sys.executable}", "{operator / name}.py", "{questions}"]' for name in names]
    file = operator / "patches.toml"
    file.write_text(
        f'[services.{SERVICE}]\nrepository = "{folder / "repository"}"\nroots = ["demo/src"]\n'
        f'inputs = "{operator / "inputs.txt"}"\n' + "\n".join(lines) + "\n"
        f'[services.{SERVICE}.env]\nPYTHONPATH = "{path}"\n'
    )
    return file


if __name__ == "__main__":
    raise SystemExit(main())
