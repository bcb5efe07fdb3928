"""A shop whose pages await their calls one after the other, seen by a backend that may patch its source."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ai_runtime_intelligent.contract import totals
from ai_runtime_intelligent.flow.signal import Subject
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.app import create_app, services_of
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Sample

from .backend import Backend, settings
from .world import Clock, World, raw
from .yard import commit, configured, git

PAGE: Final = Subject("shop", "page", "function")
FETCH: Final = Subject("shop", "fetch", "function")
FILE: Final = "shop/pages.py"
SOURCE: Final = '''"""Pages of the shop."""

import asyncio


async def fetch(name):
    """Ask for one part."""
    await asyncio.sleep(0.02)
    return name.upper()


async def page(asked):
    """Put a page together."""
    # who asks
    user = await fetch(f"user of {asked}")
    cart = await fetch(f"cart of {asked}")  # what is in it
    news = await fetch("news")
    return user, cart, news
'''
UNSAFE: Final = SOURCE.replace(
    """    cart = await fetch(f"cart of {asked}")  # what is in it
""",
    """    cart = await fetch(f"cart of {user}")
""",
).replace("""    news = await fetch("news")
""", """    news = await fetch(f"news for {cart}")
""")  # fmt: skip
"""Each call needs the one before."""
RUN: Final = 'import asyncio, sys, time\nsys.path.insert(0, "src")\nfrom shop.pages import page\n'
CHECK: Final = RUN + 'assert asyncio.run(page("a")) == ("USER OF A", "CART OF A", "NEWS")\n'
BENCH: Final = RUN + 'began = time.perf_counter()\nasyncio.run(page("a"))\nprint(time.perf_counter() - began)\n'
REPLAY: Final = RUN + "for line in sys.stdin:\n    print(asyncio.run(page(line.strip())))\n"


@dataclass
class Calls(World):
    """A world in which some primitives are called more often than others: ``times`` as often."""

    times: dict[Subject, float] = field(default_factory=dict)

    def _sums(self, found: Any, wanted: Any) -> Iterator[Sample]:
        for subject, values in found.items():
            for name, labels, value in raw(values, self.n * self.times.get(subject, 1.0)):
                if name in wanted:
                    more = dict(zip(wanted[name].by, labels, strict=True))
                    yield Sample({**vars(subject), **more, totals.TOTAL: name}, value)


def serial(times: float = 3.0) -> Calls:
    """Each page fetches so often, and that is nearly all of its time."""
    numbers = {PAGE: {"seconds_mean": 0.02 * times / 0.95, "error_ratio": 0.0}, FETCH: {"seconds_mean": 0.02}}
    return Calls(measures=lambda _: numbers, obeyed={}, times={FETCH: times})


def manifest(file: Path, source: str, revision: str = "") -> Manifest:
    """What the shop says of itself."""
    lines = source.splitlines()
    places = {name: next(n for n, line in enumerate(lines, 1) if f"def {name}(" in line) for name in ("fetch", "page")}
    about = {"file": str(file), "kind": "function"}
    primitives = [
        {"name": name, "line": line, "end_line": line + 4, "callees": ["fetch"] if name == "page" else [], **about}
        for name, line in places.items()
    ]
    return Manifest.model_validate({"service": "shop", "version": "1", "revision": revision, "primitives": primitives})


@dataclass
class Pages(Backend):
    """The backend, with the shop's repository."""

    repository: Path
    source: str

    def deployed(self, revision: str = "") -> None:
        """Let the shop say that it runs, and which commit."""
        self.ledger.put_manifest(manifest(self.repository / "src" / FILE, self.source, revision), self.clock.now())

    def work(self) -> None:
        """Let the worker do one pass over the patches."""
        services_of(self.app).patching.work()

    def git(self, *words: str) -> str:
        """What git says of the repository."""
        return git(self.repository, *words)

    def remedies(self) -> list[str]:
        """What a person is told to do about what was found."""
        told = self.ledger.diagnosis()
        return [finding.remedy for finding in told[0].findings] if told else []


@contextmanager
def pages(tmp_path: Path, world: World, source: str = SOURCE, **more: Any) -> Iterator[Pages]:
    """The shop's repository, the operator's commands beside it, and a backend that has looked at both once."""
    repository, operator = tmp_path / "repository", tmp_path / "operator"
    (repository / "src" / "shop").mkdir(parents=True)
    (repository / "src" / "shop" / "__init__.py").write_text("")
    (repository / "src" / FILE).write_text(source)
    git(repository, "init", "-q", "-b", "main")
    commit(repository, "the shop")
    operator.mkdir()
    (operator / "inputs.txt").write_text("a\nb\n")
    file = configured(
        operator,
        repository,
        replay=[sys.executable, "-B", str(operator / "replay.py")],
        inputs=str(operator / "inputs.txt"),
    )
    for name, text in (("check", CHECK), ("bench", BENCH), ("replay", REPLAY)):
        (operator / f"{name}.py").write_text(text)
    given = settings(tmp_path, **({"source_roots": str(repository / "src"), "patches": file} | more))
    ledger, clock = SqlLedger(given.database_url), Clock()
    app = create_app(given, metrics=world, ledger=ledger, clock=clock)
    with app.test_client() as client:
        here = Pages(client, world, clock, ledger, app, repository, source)
        here.deployed()
        here.tick()
        yield here
    ledger.close()
