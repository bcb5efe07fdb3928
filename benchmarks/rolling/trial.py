"""One rollout of one candidate in simulated time, by the backend's own engine on a database of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from ai_runtime_intelligent.contract.kinds import ArmName
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.growth import Growth
from ai_runtime_intelligent.flow.rollout import Dealing, Rollout
from ai_runtime_intelligent.flow.verdict import assess
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.api.runtime import config_view
from airuntime_backend.engine.apply import Changes
from airuntime_backend.engine.judging import policy_of
from airuntime_backend.engine.moves import Moves
from airuntime_backend.engine.pace import Pace
from airuntime_backend.engine.people import Asker
from airuntime_backend.engine.verify import Verifier
from airuntime_backend.ports import Move
from experimenting.calls import P95, P99, Candidate, seeded

from .house import OLD_VALUE, SERVICE, TUNABLE, Clock, Pricing, Seen, behaviour, manifest, suggestion, unguarded
from .replicas import Behaviour, Replica

REPLICAS: Final = 4
PER_SECOND: Final = 100
TICK_SECONDS: Final = 5.0
SCRAPE_SECONDS: Final = 15.0
POLL_SECONDS: Final = 15.0
PACE: Final = Pace(Growth((0.01, 0.1, 0.5), 60.0, 1800.0, 100), 60.0, SCRAPE_SECONDS, 90.0)
_MOST_SECONDS: Final = 4 * 3600.0


@dataclass(frozen=True)
class End:
    """How a rollout ended. Times are seconds since Apply.

    ``shown`` is one scrape before the first scrape of which the totals refute it: it may have shown just after the one
    before. It is looked for where the candidate is another one than the control. ``restored`` when the last
    replica had gone back. ``harmed`` is the candidate's share of all calls until then.
    """

    phase: str
    outcome: str
    seconds: float
    candidate_calls: int
    harmed: float
    shown: float | None
    restored: float | None


@dataclass
class House:
    """The engine, its database, and the replicas around it."""

    rng: np.random.Generator
    behaviours: dict[ArmName, Behaviour]
    clock: Clock = field(default_factory=Clock)
    seen: Seen = field(default_factory=Seen)
    ledger: SqlLedger = field(default_factory=lambda: SqlLedger("sqlite:///:memory:"))
    config: dict[str, Any] = field(default_factory=dict)
    rollout: Rollout = field(init=False)

    def __post_init__(self) -> None:
        moves = Moves(self.ledger)
        moves.listen(self._moved)
        ports = {"metrics": self.seen, "ledger": self.ledger, "clock": self.clock, "pace": PACE, "moves": moves}
        self.changes = Changes(**ports, window_seconds=600.0, guard=unguarded(self.seen, self.ledger))  # type: ignore[arg-type]
        self.verifier = Verifier(**ports, pricing=Pricing())  # type: ignore[arg-type]
        self.offsets = self.rng.integers(0, round(POLL_SECONDS / TICK_SECONDS), REPLICAS + 1)
        self.replicas = [
            Replica(f"house-{number}", SERVICE, TUNABLE, OLD_VALUE, np.random.default_rng(self.rng.integers(1 << 62)))
            for number in range(REPLICAS)
        ]

    def _moved(self, moved: Move) -> None:
        self.rollout = moved.after
        self.config = config_view(self.ledger.config(SERVICE)).model_dump(mode="json")

    def apply(self) -> None:
        """Put the service and the suggestion on record, and apply it."""
        self.ledger.put_manifest(manifest(), self.clock.now())
        self.ledger.add_suggestion(suggestion("one", self.clock.now()), self.clock.now())
        self.changes.apply("suggestion_one", 1, Asker("bench", "local"))

    def tick(self, number: int) -> None:
        """Serve, and where it is time poll, scrape and verify: each replica and the backend at its own offset."""
        self.clock.at += TICK_SECONDS
        for one, offset in zip(self.replicas, self.offsets, strict=False):
            one.serve(round(PER_SECOND * TICK_SECONDS / REPLICAS), self.clock.at, self.behaviours)
            if _due(number, offset, POLL_SECONDS):
                one.poll(self.config)
            if _due(number, 0, SCRAPE_SECONDS):
                one.scrape(self.seen.scraped, self.clock.at)
        if _due(number, int(self.offsets[-1]), SCRAPE_SECONDS):
            self.verifier.verify()

    def counted(self, arm: ArmName) -> ArmStats:
        """What an arm has counted on all replicas by now."""
        totals = (ArmStats.of(one.counted[key]) for one in self.replicas for key in one.counted if key[1] == arm)
        return sum(totals, ArmStats())

    @property
    def refuted(self) -> bool:
        """Whether the exact totals refute the candidate."""
        arms = self.counted("control"), self.counted("candidate")
        dealing = Dealing("call", None, 0.0, P95, P99)
        return assess(policy_of(suggestion("one", 0.0), dealing, *arms), *arms).outcome == "refuted"


def _due(tick: int, offset: int, every: float) -> bool:
    return tick % round(every / TICK_SECONDS) == offset


def run(of: Candidate, seed: int, number: int) -> End:
    """Roll one candidate out to its end, and on until all replicas obey that."""
    house = House(seeded(seed, number, repr(of)), {"control": behaviour(Candidate()), "candidate": behaviour(of)})
    house.apply()
    shown: float | None = None
    ended: float | None = None
    for tick in range(round(_MOST_SECONDS / TICK_SECONDS)):
        looked_for = house.rollout.phase == "watching" and of != Candidate() and _due(tick, 0, SCRAPE_SECONDS)
        house.tick(tick)
        now = (tick + 1) * TICK_SECONDS
        rollout = house.rollout
        if looked_for and shown is None and house.refuted:
            shown = now - SCRAPE_SECONDS
        if rollout.phase in ("kept", "rolled_back"):
            ended = now if ended is None else ended
            if all(one.experiment is None for one in house.replicas):
                break
    verdict = house.ledger.verdicts().get(rollout.id)
    calls = house.counted("candidate").calls
    house.ledger.close()
    outcome = verdict.outcome if verdict else ""
    restored = now if rollout.phase == "rolled_back" else None
    return End(rollout.phase, outcome, ended or now, calls, calls / (PER_SECOND * now), shown, restored)
