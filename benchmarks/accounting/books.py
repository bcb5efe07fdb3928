"""The product's own books over a run: its bookkeeper and ledger, with the process' numbers in Prometheus' place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from ai_runtime_intelligent.apm.recorder import Recorder
from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.change import Current, Setting, plan
from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.evidence import gather
from ai_runtime_intelligent.flow.rollout import Dealing, Event, Rollout, advance, start
from ai_runtime_intelligent.flow.signal import Reading, Subject, Window, read
from ai_runtime_intelligent.flow.statement import Statement
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Tunable, propose
from ai_runtime_intelligent.intelligence.numbers import Numbers
from airuntime_backend.adapters.ledger import SqlBooks, SqlLedger
from airuntime_backend.adapters.prices import GenaiPrices
from airuntime_backend.engine.accounts import Accounts
from airuntime_backend.engine.bookkeeper import Bookkeeper, Terms
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import Move, Sample, Series

from .shop import CALLEES, ENTRY, SERVICE, SUBJECTS

_FIELDS = {metric.name: name for name, metric in metrics.ARM_TOTALS.items()}
_SETTLING = {metric.name: name for name, metric in metrics.SETTLING_TOTALS.items()}
_NAMES = (*_FIELDS, *_SETTLING, metrics.EXECUTIONS.name, metrics.COST.name)


@dataclass
class Seen:
    """The process' numbers at moments that are asked for later: a Prometheus that was scraped just then."""

    recorder: Recorder
    at: dict[float, Numbers] = field(default_factory=dict)

    def scrape(self, now: float) -> None:
        """Note all numbers."""
        self.at[now] = Numbers.of(self.recorder, now, _NAMES)

    def grown(self, start: float, end: float) -> Numbers:
        """By how much they grew between the last scrapes up to two moments."""
        return self._last(end).since(self._last(start))

    def _last(self, at: float) -> Numbers:
        moments = list(self.at)
        return self.at[moments[bisect_right(moments, at) - 1]]

    # the port of arms

    def read(self, rollout: Rollout, start: float, end: float) -> tuple[ArmStats, ArmStats]:
        """Control and candidate."""
        grown = self.grown(max(start, rollout.baseline.end), end)
        return self._arm(grown, rollout, "control"), self._arm(grown, rollout, "candidate")

    def blocks(
        self, rollout: Rollout, end: float, block_seconds: float, settle_seconds: float
    ) -> tuple[tuple[ArmStats, ArmStats], ...]:
        """The same in each block."""
        first = rollout.baseline.end
        count = int((end - first) // block_seconds)
        cuts = [first + index * block_seconds + settle_seconds for index in range(count + 1)]
        return tuple(
            self.read(replace(rollout, baseline=Window(one, one)), one, min(two, end)) for one, two in pairwise(cuts)
        )

    def settling(self, rollout: Rollout, start: float, end: float) -> tuple[ArmStats, ArmStats]:
        """Control and candidate while blocks settled."""
        grown = self.grown(max(start, rollout.baseline.end), end)
        return self._arm(grown, rollout, "control", _SETTLING), self._arm(grown, rollout, "candidate", _SETTLING)

    def _arm(self, grown: Numbers, rollout: Rollout, arm: str, fields: Mapping[str, str] = _FIELDS) -> ArmStats:
        sums: dict[str, float] = {}
        for name, field_name in fields.items():
            for labels, value in grown.samples[name].items():
                if labels[2:] == (rollout.id, arm):
                    sums[field_name] = sums.get(field_name, 0.0) + value
        return ArmStats.of(sums)

    # the port of metrics

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Calls by primitive, or the spend of the service, in the window that ends then."""
        if query == promql.NOW:
            return (Sample({}, max(self.at)),)
        seconds, end = _window_of(query), at or 0.0
        grown = self.grown(end - seconds, end)
        if query == promql.calls(_SCOPE, _span(seconds)):
            calls = grown.by_primitive(metrics.EXECUTIONS.name)
            return tuple(Sample(vars(subject), value) for subject, value in calls.items())
        if query == promql.cost_usd(_SCOPE, _span(seconds)):
            return (Sample({"service": SERVICE}, sum(grown.by_primitive(metrics.COST.name).values())),)
        return ()

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Books ask for no series."""
        raise NotImplementedError(f"{query} {start} {end} {step}")

    def samples(self, query: str, start: float, end: float) -> tuple[Series, ...]:
        """Books ask for no samples."""
        raise NotImplementedError(f"{query} {start} {end}")


_SCOPE = promql.Scope(promql.literal(SERVICE))


def _window_of(query: str) -> float:
    text = query.rpartition("[")[2].partition("]")[0]
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


def _span(seconds: float) -> str:
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{round(seconds * 1000)}ms"


class Clock:
    """The time of the run."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return self.at

    def steady(self) -> float:
        """The same: nobody sets this clock."""
        return self.at


class BooksOf:
    """Books of one run."""

    def __init__(self, seen: Seen, period: float) -> None:
        self.clock = Clock()
        self.ledger = SqlLedger("sqlite://")
        self.books = SqlBooks(self.ledger.engine)
        self.ledger.put_manifest(Manifest.model_validate(_manifest()), 0.0)
        self._keeper = Bookkeeper(
            metrics=seen,
            ledger=self.ledger,
            books=self.books,
            pricing=GenaiPrices(),
            clock=self.clock,
            terms=Terms(period, 0.0),
            arms=seen,
        )

    def begin(self, what: str, tunable: str, values: tuple[float, float], at: float, dealing: Dealing) -> Rollout:
        """Put the rollout of a change on record, its baseline the time before."""
        suggestion = propose(_evidence(what), _advice(tunable, *values), at)
        self.ledger.add_suggestion(suggestion, at)
        change = plan(suggestion, Current(values[0], Setting(SERVICE, tunable, None)), "benchmark", at)
        planned = start(change, Window(0.0, at) if not self.ledger.rollouts() else Window(at, at), at, 0.5, dealing)
        event = Event("begin", at, "benchmark", "apply")
        after = advance(planned, event)
        self.ledger.begin(self.ledger.suggestion(suggestion.id), Move(planned, after, event, "benchmark"))
        return self.move(after, Event("observed", at, "benchmark", "obeyed"))

    def move(self, rollout: Rollout, event: Event) -> Rollout:
        """Move a rollout."""
        after = advance(rollout, event)
        self.ledger.move(Move(rollout, after, event, "benchmark"))
        return after

    def close(self, at: float) -> Statement:
        """Book all that is over, and add it up."""
        self.clock.at = at
        self._keeper.book()
        statement = Accounts(self.ledger, self.books).read(0.0, at + 1).statement
        self.ledger.close()
        return statement


def _manifest() -> Mapping[str, Any]:
    kinds = {subject.primitive: subject.kind for subject in (*SUBJECTS.values(), ENTRY)}
    kinds |= {"fast_model": "llm", "premium_model": "llm"}
    primitives = [{"name": name, "kind": kind, "callees": CALLEES.get(name, [])} for name, kind in kinds.items()]
    return {"service": SERVICE, "version": "1", "primitives": primitives}


def _evidence(what: str) -> Any:
    subject: Subject = SUBJECTS[what]
    reading = Reading("waste", "1", "planted", {subject: 1.0}, {subject: 1.0})
    signals = read([reading], Window(0.0, 1.0))
    return gather(Finding(f"finding_{what}", subject, what, 1.0, 1.0, "planted", signals))


def _advice(tunable: str, before: float, after: float) -> Advice:
    known = Tunable(tunable, tunable.partition(".")[0], "float", before, before, 0.0, 86_400.0, "1", "")
    expected = Expected("usd_per_call", "USD", "lower", 1.0, 0.0, 0.5)
    return Advice("planted", known, after, "mend it", "it will cost less", expected, (), "low")
