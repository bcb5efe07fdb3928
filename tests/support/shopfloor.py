"""Fakes of the ports of code patches, in memory: a workbench, a publisher and a forge that do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ai_runtime_intelligent.flow.patch import Branches, PatchRun, Ran
from ai_runtime_intelligent.flow.suggestion import Suggestion
from airuntime_backend.adapters.ledger import SqlPatches
from airuntime_backend.adapters.policy_file import NoPolicy
from airuntime_backend.app import services_of
from airuntime_backend.engine.guard import Guard
from airuntime_backend.engine.live import LiveWatch
from airuntime_backend.engine.patching import Patching, Shop
from airuntime_backend.engine.people import Asker
from airuntime_backend.engine.spans import Spans
from airuntime_backend.patch_ports import Proposal
from airuntime_backend.ports import Policies

from .yard import Yard, yard

EVE = Asker("eve", "token")
BRANCHES = Branches("b" * 40, "main", "airuntime/s", "c" * 40, "airuntime/revert-s", "d" * 40)
SLOW, FAST = (1.0, 1.1, 1.0, 1.05, 0.95, 1.0), (0.5, 0.55, 0.5, 0.6, 0.45, 0.5)


@dataclass
class Floor:
    """Workbench, publisher and forge in one. ``fails`` are errors by method, raised until they are taken out."""

    numbers: tuple[tuple[float, ...], tuple[float, ...]] = (SLOW, FAST)
    forged: bool = False
    fails: dict[str, BaseException] = field(default_factory=dict)
    did: list[str] = field(default_factory=list)
    branches: set[str] = field(default_factory=set)
    has: dict[str, bool | None] = field(default_factory=dict)
    pulls: int = 0

    def _do(self, what: str, *_about: object) -> None:
        self.did.append(what)
        if what in self.fails:
            raise self.fails[what]

    def serves(self, service: str) -> bool:
        """The workbench serves the shop; the forge, where there is one."""
        return service == "shop"

    def prepare(self, run: PatchRun, suggestion: Suggestion) -> Branches:
        """Always the same commits."""
        self._do("prepare", run, suggestion)
        return BRANCHES

    def check(self, run: PatchRun, suggestion: Suggestion) -> tuple[Ran, ...]:
        """A check that ended well."""
        self._do("check", run, suggestion)
        return (Ran("check", "ended well", 1.0),)

    def bench(self, run: PatchRun, suggestion: Suggestion) -> tuple[tuple[float, ...], tuple[float, ...], Ran]:
        """The numbers that it was told."""
        self._do("bench", run, suggestion)
        return (*self.numbers, Ran("bench", "ran", 1.0))

    def publish(self, run: PatchRun, suggestion: Suggestion) -> None:
        """Both branches are there."""
        self._do("publish", run, suggestion)
        self.branches |= {BRANCHES.branch, BRANCHES.revert_branch}

    def withdraw(self, run: PatchRun) -> None:
        """None of them is."""
        self._do("withdraw", run)
        self.branches.clear()

    def carries(self, run: PatchRun, revision: str) -> bool | None:
        """What it was told of the revision."""
        self._do("carries", run)
        return self.has.get(revision)

    def propose(self, run: PatchRun, suggestion: Suggestion, proposal: Proposal) -> str:
        """The one pull request."""
        self._do("propose", run, suggestion, proposal)
        self.pulls = 1
        return "https://forge.example/1"

    def close(self, run: PatchRun) -> None:
        """It is closed."""
        self._do("close", run)
        self.pulls = 0


class _NoForge:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def serves(self, service: str) -> bool:
        return self._floor.forged and self._floor.serves(service)

    def propose(self, run: PatchRun, suggestion: Suggestion, proposal: Proposal) -> str:
        return self._floor.propose(run, suggestion, proposal)

    def close(self, run: PatchRun) -> None:
        self._floor.close(run)


@dataclass
class Stand:
    """The engine before the fakes, on a real record."""

    yard: Yard
    floor: Floor
    patching: Patching

    def ask(self, revision: int = 1) -> None:
        """Ask for the patch."""
        self.patching.ask(self.yard.suggestion.id, revision, EVE)

    def revert(self, reason: str = "") -> None:
        """Take it back, at the revision that is on record."""
        self.patching.revert(self.yard.suggestion.id, self.run.revision, EVE, reason)

    def tried(self) -> PatchRun:
        """Ask for the patch and let it be tried."""
        self.ask()
        self.patching.work()
        return self.run

    def tick(self, seconds: float) -> PatchRun:
        """Let time pass, then one pass."""
        self.yard.clock.at += seconds
        self.patching.work()
        return self.run

    @property
    def run(self) -> PatchRun:
        """Where the patch stands."""
        return self.yard.record()

    def history(self) -> list[str]:
        """What was done, from the audit."""
        return [entry.action for entry in self.yard.ledger.audit(self.yard.suggestion.id)]


def engine(here: Yard, floor: Floor, policies: Policies | None = None) -> Patching:
    """The engine on the yard's record and clock, before fakes; without a policy everything is allowed."""
    live = LiveWatch(here.world, here.clock, Spans(10.0, 8))
    shop = Shop(floor, floor, _NoForge(floor))
    guard = Guard(
        metrics=here.world,
        ledger=here.ledger,
        policies=policies or NoPolicy(),
        window_seconds=300.0,
        settle_seconds=10.0,
    )
    patches = SqlPatches(here.ledger.engine)
    return Patching(ledger=here.ledger, patches=patches, clock=here.clock, shop=shop, live=live, guard=guard)


@contextmanager
def stand(tmp_path: Path, floor: Floor | None = None, **more: Any) -> Iterator[Stand]:
    """The engine before fakes; a suggestion with a patch is open."""
    floor = floor or Floor()
    with yard(tmp_path, **more) as here:
        assert services_of(here.app).patching.latest(here.suggestion.id) is None
        yield Stand(here, floor, engine(here, floor))
