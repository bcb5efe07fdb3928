"""What an execution in an arm of an experiment adds to the arm's totals."""

from __future__ import annotations

from collections.abc import Mapping

from ai_runtime_intelligent import guard
from ai_runtime_intelligent.contract.kinds import ArmName

from .cells import Number


class ArmTotals:
    """The totals of one arm of one primitive: sums, and sums of squares and cubes, of which ``cells`` are kept."""

    def __init__(self, cells: Mapping[str, Number], slow_p95: float | None, slow_p99: float | None) -> None:
        self._cells = cells
        self._bounds = (("slow_p95", slow_p95), ("slow_p99", slow_p99))

    def count(self, seconds: float, *, failed: bool) -> None:
        """Add one execution."""
        with guard.lock:
            self._add("calls")
            self._add("errors", float(failed))
            for name, bound in self._bounds:
                self._add(name, float(bound is not None and seconds > bound))
            self._raise("seconds", 0.0, seconds)

    def spend(self, before: float, after: float) -> None:
        """An execution that had cost ``before`` USD now costs ``after``."""
        with guard.lock:
            self._raise("cost_usd", before, after)

    def answer(self, *, hit: bool) -> None:
        """Add what a cache answered one execution."""
        with guard.lock:
            self._add("asked")
            self._add("hits", float(hit))

    def attempt(self, times: int) -> None:
        """Add the attempts of one execution."""
        with guard.lock:
            self._add("tried")
            self._raise("attempts", 0.0, times)

    def rate(self, score: float) -> None:
        """Add the rating of one execution."""
        with guard.lock:
            self._add("rated")
            self._raise("quality", 0.0, score)

    def weigh(self, expected_usd: float | None) -> None:
        """Add one execution of which it is known whether the arms' values tell it apart; None: they do not."""
        with guard.lock:
            self._add("weighed")
            self._add("touched", float(expected_usd is not None))
            self._add("expected_usd", expected_usd or 0.0)

    def spend_touched(self, before: float, after: float) -> None:
        """A touched execution that had cost ``before`` USD now costs ``after``."""
        with guard.lock:
            self._raise("touched_cost_usd", before, after)

    def _raise(self, name: str, before: float, after: float) -> None:
        self._add(name, after - before)
        self._add(f"squared_{name}", after**2 - before**2)
        self._add(f"cubed_{name}", after**3 - before**3)

    def _add(self, name: str, by: float = 1) -> None:
        cell = self._cells.get(name)
        if cell is not None:
            cell.value += by


class Joined:
    """What one execution costs and is worth, and the arms of experiments that it is in.

    Its cost and its rating may come while it runs, or later: a stream is paid for when it is over.
    """

    __slots__ = ("_attempts", "_cost", "_ended", "_expected", "_hit", "_rating", "_totals", "arms")

    def __init__(self) -> None:
        self.arms: dict[str, ArmName] = {}
        self._totals: dict[str, ArmTotals] = {}
        self._expected: dict[str, float | None] = {}
        self._attempts = 0
        self._cost = 0.0
        self._hit: bool | None = None
        self._rating: float | None = None
        self._ended = False

    def enter(self, rollout: str, arm: ArmName, totals: ArmTotals) -> None:
        """Belong to ``arm`` from now on, and be counted in ``totals``."""
        self.arms[rollout] = arm
        self._totals[rollout] = totals

    @property
    def cost(self) -> float:
        """What it has cost until now, in USD."""
        return self._cost

    def weigh(self, rollout: str, *, touched: bool, expected_usd: float) -> None:
        """Tell whether the values of an experiment's arms part here; once they did, the execution is touched."""
        before = self._expected.get(rollout)
        self._expected[rollout] = expected_usd if touched else before

    def spend(self, usd: float) -> None:
        """A model was called within this execution."""
        with guard.lock:
            before, self._cost = self._cost, self._cost + usd
            if self._ended:
                self._spend(before)

    def rate(self, score: float) -> None:
        """Somebody says how good the result is; the first one counts, for a counter never falls."""
        with guard.lock:
            if self._rating is not None:
                return
            self._rating = score
            if self._ended:
                for totals in self._totals.values():
                    totals.rate(score)

    def answer(self, *, hit: bool) -> None:
        """A cache answered, or had to ask further."""
        self._hit = hit

    def attempt(self) -> None:
        """One more attempt ended."""
        self._attempts += 1

    def end(self, seconds: float, *, failed: bool) -> None:
        """The execution is over."""
        with guard.lock:
            self._ended = True
            for rollout, totals in self._totals.items():
                totals.count(seconds, failed=failed)
                if rollout in self._expected:
                    totals.weigh(self._expected[rollout])
                if self._hit is not None:
                    totals.answer(hit=self._hit)
                if self._attempts:
                    totals.attempt(self._attempts)
                if self._rating is not None:
                    totals.rate(self._rating)
            self._spend(0.0)

    def _spend(self, before: float) -> None:
        for rollout, totals in self._totals.items():
            totals.spend(before, self._cost)
            if self._expected.get(rollout) is not None:
                totals.spend_touched(before, self._cost)
