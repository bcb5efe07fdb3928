"""One planted waste, or three together: mended in a run, and the same questions asked of the waste untouched."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from ai_runtime_intelligent import setup_apm
from ai_runtime_intelligent.flow.rollout import Dealing, Event, Rollout
from ai_runtime_intelligent.flow.statement import Statement
from ai_runtime_intelligent.primitives import shared
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.runtime import trial
from ai_runtime_intelligent.runtime.arms import Experiment
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from airuntime_demo.bill import Bill
from airuntime_demo.wastes import Knobs

from .books import BooksOf, Seen
from .clock import FastLoop
from .provider import Provider
from .shop import Traffic, build

BLOCK, SETTLE = 20.0, 2.0
"""Seconds of a time block, and until it has settled: as in the product, a third as long. In that time the last answer
that was fetched in the block before has become too old for the old value."""
RATES = {"cache": 60.0, "router": 60.0, "retry": 60.0, "serial": 6.0, "three together": 25.0}
"""Questions a second: more where a saving is small beside what calls differ by chance. No bill tells a serial stage."""
HOLDOUT = 0.2
"""Share of calls on the old value once a change is kept. A smaller one tells the same later: its error is as large when
it has seen as many calls."""
HEALTHY = Knobs()


@dataclass(frozen=True)
class Mend:
    """One change: the tunable, its healthy value, and how calls are dealt."""

    what: str
    tunable: str
    before: float
    after: float
    dealing: Dealing


MENDS = {
    "cache": Mend("cache", "answer_cache.ttl_seconds", 1.0, HEALTHY.ttl_seconds, Dealing("key", BLOCK, SETTLE)),
    "router": Mend("router", "model_router.threshold", 0.0, HEALTHY.threshold, Dealing()),
    "retry": Mend("retry", "model_retry.max_attempts", 8, HEALTHY.max_attempts, Dealing()),
    "serial": Mend(
        "serial", "context_lookup.max_concurrency", 1, HEALTHY.max_concurrency, Dealing("process", BLOCK, SETTLE)
    ),
}


@dataclass(frozen=True)
class Case:
    """Which wastes are planted, and mended in this order. ``phase`` is in seconds of the compressed time."""

    name: str
    mends: tuple[str, ...]
    phase: float
    rate: float
    holdout: float = HOLDOUT

    @property
    def end(self) -> float:
        """When the run ends: a phase before, two for each change."""
        return self.phase * (1 + 2 * len(self.mends))

    def knobs(self) -> Knobs:
        """What the hurried author wrote."""
        planted = {MENDS[name].tunable.partition(".")[2]: MENDS[name].before for name in self.mends}
        if "retry" in self.mends:
            planted["backoff_seconds"] = 0.0
        return Knobs(**{**vars(HEALTHY), **planted})


@dataclass(frozen=True)
class Row:
    """What came of one case, in USD. ``without`` and ``bill`` are the fake model's own bills of the same questions."""

    name: str
    seed: int
    calls: int
    without: float
    bill: float
    metered: float
    booked: float
    low: float
    high: float
    changes: tuple[tuple[str, float], ...]

    @property
    def saved(self) -> float:
        """By how much the bill is smaller."""
        return self.without - self.bill

    @property
    def error(self) -> float:
        """By how much the books miss the bill without the changes, as a share of it."""
        return abs(self.bill + self.booked - self.without) / self.without

    @property
    def met(self) -> bool:
        """Whether the books agree with the bill within 1 %, and the meter with it within a thousandth."""
        return self.error <= 0.01 and abs(self.metered - self.bill) <= 0.001 * self.bill  # noqa: PLR2004 - the bar


class _Run:
    """One run of the shop."""

    def __init__(self, case: Case, seed: int) -> None:
        self._case, self._seed = case, seed
        self._running: dict[str, tuple[Rollout, Experiment]] = {}

    async def untouched(self) -> Bill:
        """The bill when nothing is changed, nor measured."""
        provider, traffic = self._shop()
        await traffic.until(self._case.end)
        bill = _copy(provider.bill)
        await traffic.end()
        return bill

    async def mended(self) -> tuple[Bill, float, Statement]:
        """The bill, the spend that was metered, and the books, when each waste is mended after the other."""
        apm = setup_apm("shop", export_to_prometheus=False)
        provider, traffic = self._shop()
        if apm.recorder is None:
            raise RuntimeError("nothing is measured: unset AIRUNTIME_DISABLED")
        seen = Seen(apm.recorder)
        seen.scrape(0.0)
        books, phase, at = BooksOf(seen, self._case.phase), self._case.phase, self._case.phase
        await self._to(traffic, seen, at)
        for name in self._case.mends:
            mend = MENDS[name]
            rollout = books.begin(name, mend.tunable, (mend.before, mend.after), at, mend.dealing)
            self._deal(mend, rollout, 0.5)
            await self._to(traffic, seen, at + phase)
            kept = Event("confirmed", at + phase, "benchmark", "kept", 1 - self._case.holdout)
            rollout = books.move(rollout, kept)
            self._deal(mend, rollout, 1 - self._case.holdout)
            await self._to(traffic, seen, at + 2 * phase)
            at += 2 * phase
        metered = sum(seen.grown(0.0, at).by_primitive("airuntime_cost_usd_total").values())
        bill = _copy(provider.bill)
        statement = books.close(at)
        await traffic.end()
        apm.shutdown()
        return bill, metered, statement

    def _shop(self) -> tuple[Provider, Traffic]:
        provider = Provider(self._seed, limited="retry" in self._case.mends)
        ask = build(provider, self._case.knobs(), stores="serial" in self._case.mends)
        return provider, Traffic(ask, self._seed, self._case.rate)

    async def _to(self, traffic: Traffic, seen: Seen, at: float) -> None:
        """Go on block by block: arms that are dealt by blocks are read by blocks, once each has settled."""
        now = asyncio.get_running_loop().time()
        dealings = [MENDS[name].dealing for name in self._case.mends]
        settles = {one.settle_seconds for one in dealings if one.block_seconds}
        edges = {block * BLOCK + settle for block in range(int(now // BLOCK), int(at // BLOCK)) for settle in settles}
        for stop in sorted({edge for edge in edges if edge > now} | {at}):
            await traffic.until(stop)
            seen.scrape(stop)

    def _deal(self, mend: Mend, rollout: Rollout, share: float) -> None:
        dealing = mend.dealing
        self._running[mend.tunable] = (
            rollout,
            Experiment(
                mend.tunable, rollout.id, mend.after, share, dealing.mode, dealing.block_seconds, dealing.settle_seconds
            ),
        )
        TUNABLES.apply({}, [experiment for _, experiment in self._running.values()])


def _copy(bill: Bill) -> Bill:
    return Bill(bill.calls.copy(), bill.prompt_tokens.copy(), bill.completion_tokens.copy(), dict(bill.usd))


def _usd(bill: Bill) -> float:
    return float(sum(bill.usd.values()))


def untouched(case: Case, seed: int) -> float:
    """The bill in USD when nothing is changed."""
    return _usd(_fast(case, seed, "untouched"))


def mended(case: Case, seed: int) -> tuple[Bill, float, Statement]:
    """Bill, metered spend in USD and books when each waste is mended after the other."""
    told: tuple[Bill, float, Statement] = _fast(case, seed, "mended")
    return told


def compared(case: Case, seed: int, without: float, told: tuple[Bill, float, Statement]) -> Row:
    """Both, of the same questions, beside each other. Raises RuntimeError when nothing was booked."""
    bill, metered, statement = told
    usd = statement.saved.usd
    if usd is None:
        raise RuntimeError(f"nothing was booked of {case.name}")
    changes = tuple((line.tunable, line.saved.usd.mid if line.saved.usd else 0.0) for line in statement.lines)
    return Row(case.name, seed, bill.calls.total(), without, _usd(bill), metered, usd.mid, usd.low, usd.high, changes)


def _fast(case: Case, seed: int, how: str) -> Any:
    _forget()
    random.seed(seed)
    loop = FastLoop(0.0)
    try:
        # Experiments tell time blocks by this clock, and nobody looks at spans.
        with patch.object(trial, "time", loop.time), patch.dict(os.environ, OTEL_TRACES_SAMPLER="always_off"):
            return loop.run_until_complete(getattr(_Run(case, seed), how)())
    finally:
        loop.close()
        _forget()


def _forget() -> None:
    for held in (CATALOG, TUNABLES, shared):
        held.clear()


def cases(phase: float, names: Sequence[str]) -> list[Case]:
    """Each waste by itself, and three that touch the same calls: twice as long, since the chance in each adds up."""
    mends = {**{name: (name,) for name in MENDS}, "three together": ("router", "cache", "retry")}
    return [Case(name, mends[name], phase * min(2, len(mends[name])), RATES[name]) for name in mends if name in names]
