"""Traffic that does not wait for answers: arrivals by a timetable, as real users make them.

Open-loop load shows queueing that a loop of "ask, wait, ask" hides (Schroeder, Wierman and Harchol-Balter, *Open
versus closed: a cautionary tale*, NSDI 2006).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, count
from typing import Final

from .questions import catalogue, new_question, typed
from .stores import CUSTOMERS, Asked

NEW_SHARE: Final = 0.18
"""Share of questions that nobody asked before: they reach the model however well the cache works."""

ZIPF_EXPONENT: Final = 0.75
MAX_IN_FLIGHT: Final = 200


@dataclass(frozen=True)
class Arrival:
    """One question and when it arrives, in seconds after the start."""

    at: float
    asked: Asked


def arrivals(seed: int, rate: float) -> Iterator[Arrival]:
    """Endless Poisson arrivals, ``rate`` a second: Zipf over the catalogue, and a share of new questions."""
    rng = random.Random(f"{seed}-traffic")
    known = catalogue(seed)
    weights = list(accumulate(1 / rank**ZIPF_EXPONENT for rank in range(1, len(known) + 1)))
    at = 0.0
    for number in count(1):
        at += rng.expovariate(rate)
        new = rng.random() < NEW_SHARE
        question = new_question(rng, 20_000 + number) if new else rng.choices(known, cum_weights=weights)[0]
        yield Arrival(at, Asked(f"customer-{rng.randrange(CUSTOMERS)}", typed(rng, question)))


@dataclass
class Tally:
    """What became of the questions. ``dropped`` ones found the most allowed in flight already."""

    asked: int = 0
    answered: int = 0
    failed: int = 0
    dropped: int = 0


class OpenLoop:
    """Asks every question at its time, whether or not earlier ones are answered; at most ``most`` at once."""

    def __init__(
        self, ask: Callable[[Asked], Awaitable[object]], failures: type[Exception], *, most: int = MAX_IN_FLIGHT
    ) -> None:
        self.tally = Tally()
        self._ask, self._failures, self._most = ask, failures, most
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, timetable: Iterator[Arrival], stop: asyncio.Event) -> None:
        """Ask until the timetable ends or ``stop`` is set; then give up what is under way."""
        start = asyncio.get_running_loop().time()
        try:
            for arrival in timetable:
                if await _stopped(stop, start + arrival.at):
                    return
                self._launch(arrival.asked)
            await asyncio.gather(*self._tasks)
        finally:
            await self._cancel()

    def _launch(self, asked: Asked) -> None:
        self.tally.asked += 1
        if len(self._tasks) >= self._most:
            self.tally.dropped += 1
            return
        task = asyncio.create_task(self._one(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _one(self, asked: Asked) -> None:
        try:
            await self._ask(asked)
        except self._failures:
            self.tally.failed += 1
        else:
            self.tally.answered += 1

    async def _cancel(self) -> None:
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _stopped(stop: asyncio.Event, due: float) -> bool:
    """Wait until ``due`` on the loop's clock; True as soon as ``stop`` is set."""
    wait = due - asyncio.get_running_loop().time()
    if wait > 0:
        try:
            await asyncio.wait_for(stop.wait(), wait)
        except TimeoutError:
            return False
    else:
        await asyncio.sleep(0)  # late: let the tasks run, and go on
    return stop.is_set()
