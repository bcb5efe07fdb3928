"""A shop with changes that ran, and arms and a meter that say what they are told: for tests of the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.change import Current, Setting, plan
from ai_runtime_intelligent.flow.rollout import Dealing, Event, Rollout, advance, start
from ai_runtime_intelligent.flow.saving import Prices
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.suggestion import Suggestion, propose, step_of
from airuntime_backend.adapters.ledger import SqlBooks, SqlLedger
from airuntime_backend.engine.bookkeeper import Bookkeeper, Terms
from airuntime_backend.errors import UpstreamError
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Move, Sample, Series

from .arms import Call, totals
from .flow import advice, evidence
from .world import Clock, manifest, shape

HOUR = 3600.0
CACHE = Subject("shop", "answers", "cache")
MODEL = Subject("shop", "model", "llm")


def arm(calls: int, usd: float) -> ArmStats:
    """So many calls that cost so much each, give or take 1 %."""
    half = calls // 2
    return totals([Call(cost=usd * 1.01)] * half + [Call(cost=usd * 0.99)] * (calls - half))


@dataclass
class Arms:
    """Arms whose totals of each window are told; it raises while it is down."""

    told: Callable[[Rollout, float, float], tuple[ArmStats, ArmStats]] = lambda *_: (ArmStats(), ArmStats())
    settled: Callable[[Rollout, float, float], tuple[ArmStats, ArmStats]] = lambda *_: (ArmStats(), ArmStats())
    down: bool = False
    reads: list[tuple[str, float, float]] = field(default_factory=list)

    def read(self, rollout: Rollout, start: float, end: float) -> tuple[ArmStats, ArmStats]:
        """Control and candidate."""
        if self.down:
            raise UpstreamError("Prometheus cannot be reached: check that it runs")
        self.reads.append((rollout.id, start, end))
        return self.told(rollout, start, end)

    def blocks(
        self, rollout: Rollout, end: float, block_seconds: float, settle_seconds: float
    ) -> tuple[tuple[ArmStats, ArmStats], ...]:
        """The same, block by block; the first has all that was before it."""
        first = rollout.baseline.end
        starts = [first + index * block_seconds for index in range(int((end - first) // block_seconds))]
        told = [self.told(rollout, one + settle_seconds, one + block_seconds) for one in starts]
        return (self.told(rollout, 0.0, first + block_seconds), *told[1:])

    def settling(self, rollout: Rollout, start: float, end: float) -> tuple[ArmStats, ArmStats]:
        """What was paid while blocks settled."""
        return self.settled(rollout, start, end)


@dataclass
class MeterOf:
    """A Prometheus that counts calls by primitive and the shop's spend, as functions of the moment."""

    calls: Callable[[float], Mapping[Subject, float]] = lambda _: {CACHE: 1000.0, MODEL: 500.0}
    usd: Callable[[float], float | None] = lambda _: 5.0
    time: float | None = None
    """What its clock says, if it does."""
    down: bool = False

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """The growth over the window that ends then."""
        if self.down:
            raise UpstreamError("Prometheus cannot be reached: check that it runs")
        if query == promql.NOW:
            return () if self.time is None else (Sample({}, self.time),)
        asks, now = shape(query), at or 0.0
        if asks == shape(promql.calls(promql.EVERYTHING, "1s")):
            return tuple(Sample(vars(subject), value) for subject, value in self.calls(now).items())
        if asks == shape(promql.cost_usd(promql.EVERYTHING, "1s")):
            usd = self.usd(now)
            return () if usd is None else (Sample({"service": "shop"}, usd),)
        if metrics.UNPRICED.name in query:
            return (Sample({"service": "shop"}, 0.9),)
        return ()

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:  # noqa: ARG002 - the port
        """Nothing: books ask for sums only."""
        return ()

    def samples(self, query: str, start: float, end: float) -> tuple[Series, ...]:  # noqa: ARG002 - the port
        """Nothing: the arms are told apart."""
        return ()


@dataclass
class Shop:
    """The books of a shop, with all that moves them."""

    ledger: SqlLedger
    books: SqlBooks
    clock: Clock = field(default_factory=Clock)
    arms: Arms = field(default_factory=Arms)
    meter: MeterOf = field(default_factory=MeterOf)

    @classmethod
    def on(cls, url: str) -> Shop:
        """A shop on a database. Its cache calls a model."""
        ledger = SqlLedger(url)
        body = manifest()
        body["primitives"] = [
            {"name": "answers", "kind": "cache", "callees": ["model"]},
            {"name": "model", "kind": "llm"},
        ]
        ledger.put_manifest(Manifest.model_validate(body), 0.0)
        return cls(ledger, SqlBooks(ledger.engine))

    def bookkeeper(self) -> Bookkeeper:
        """A worker's bookkeeper."""
        return Bookkeeper(
            metrics=self.meter,
            ledger=self.ledger,
            books=self.books,
            pricing=self,
            clock=self.clock,
            terms=Terms(HOUR, 60.0),
            arms=self.arms,
        )

    def prices(self) -> Prices:
        """A dated table."""
        return Prices("a table", "2026-11-01")

    def book(self, at: float) -> None:
        """Let a worker keep the books at this moment."""
        self.clock.at = at
        self.bookkeeper().book()

    def apply(self, at: float, subject: Subject = CACHE, dealing: Dealing | None = None) -> Rollout:
        """Apply a change at this moment; its baseline is the hour before."""
        suggestion = self._suggestion(at, subject)
        self.ledger.add_suggestion(suggestion, at)
        current = Current(step_of(suggestion).before, Setting("shop", suggestion.target, None))
        planned = start(plan(suggestion, current, "eve", at), Window(at - HOUR, at), at, 0.5, dealing or Dealing())
        event = Event("begin", at, "eve", "apply")
        record = self.ledger.suggestion(suggestion.id)
        self.ledger.begin(record, Move(planned, advance(planned, event), event, "token"))
        return self.move(advance(planned, event), "observed", at)

    def move(self, rollout: Rollout, kind: str, at: float) -> Rollout:
        """Move a rollout."""
        event = Event(kind, at, "airuntime", kind)  # type: ignore[arg-type]  # a kind by its name
        after = advance(rollout, event)
        self.ledger.move(Move(rollout, after, event, "worker"))
        return after

    def _suggestion(self, at: float, subject: Subject) -> Suggestion:
        plain = propose(evidence(), advice(), at=at)
        name = f"{subject.primitive}.knob{at:.0f}"
        return replace(
            plain, subject=subject, tunable=replace(step_of(plain).tunable, name=name, primitive=subject.primitive)
        )
