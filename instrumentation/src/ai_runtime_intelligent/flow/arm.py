"""Arm: what was measured on one side of a comparison, in blocks of time or call by call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import isfinite
from statistics import fmean, variance
from typing import Any, Final, Protocol

from ai_runtime_intelligent.contract.kinds import ARM_MEASURES

_BLOCK_EFFECT: Final = 1.4
_CALL_EFFECT: Final = 0.14

_BLOCKS_NEEDED: Final = 6
"""Fewer say too little of a skewed measure: with 4, more than 5 % of idle changes got a verdict."""

_PAIRS_NEEDED: Final = 10
"""Differences of blocks in which few keys have most of the calls are further from normal than blocks of all calls."""

_CALLS_NEEDED: Final = 300
"""So many see what happens once in a hundred calls with a probability of 95 % (the rule of three)."""


_NEARLY_ALL: Final = 0.99
"""Share of calls that must be weighed: two counters are not read at the same moment."""


@dataclass(frozen=True)
class Estimate:
    """A mean and how sure it is.

    ``variance`` and ``third`` are the central moments of one observation. ``hits`` is set where the mean is a share of
    the ``n`` observations. ``effect`` is the difference, in standard deviations, that comparisons are sharpest for, and
    ``needed`` the observations below which nothing is confirmed.
    """

    n: int
    mean: float
    variance: float
    third: float = 0.0
    hits: int | None = None
    effect: float = _BLOCK_EFFECT
    needed: int = _BLOCKS_NEEDED


class Arm(Protocol):
    """One side of a comparison."""

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate of a measure; None when it was not measured."""


@dataclass(frozen=True)
class Blocks:
    """An arm measured in blocks of time: one value a block and measure.

    Block values of a busy service are close to independent and normal even where single calls are not: the method
    of batch means (Law and Kelton, *Simulation Modeling and Analysis*, section 9.5.3).
    """

    values: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, blocks: Iterable[ArmStats]) -> Blocks:
        """The arm whose totals within each block are these; a block without calls has no value."""
        seen = [block for block in blocks if block.calls]
        values = {name: [block.mean(name) for block in seen] for name in ARM_MEASURES}
        return cls({name: tuple(mean for mean in means if mean is not None) for name, means in values.items()})

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate over the blocks that were measured; at least two are needed."""
        seen = [value for value in self.values.get(measure, ()) if isfinite(value)]
        return Estimate(len(seen), fmean(seen), variance(seen)) if len(seen) > 1 else None


@dataclass(frozen=True)
class Paired:
    """One of two arms that ran beside each other in the same blocks of time, with its keys dealt anew in each.

    What the keys of a block are like moves both arms, and against each other: only the differences within the blocks
    are independent of one another (Bojinov, Simchi-Levi, Zhao, *Design and analysis of switchback experiments*, 2023).
    Their variance stands at the candidate, and none at the control.
    """

    estimates: Mapping[str, Estimate]

    @classmethod
    def of(cls, control: Iterable[ArmStats], candidate: Iterable[ArmStats]) -> tuple[Paired, Paired]:
        """Both arms, from their totals within each block; a block in which one of them has no calls is left out."""
        blocks = list(zip(control, candidate, strict=True))
        pairs = {name: [_pair(name, *block) for block in blocks] for name in ARM_MEASURES}
        found = {name: [pair for pair in seen if pair is not None] for name, seen in pairs.items()}
        both = {name: _of_pairs(seen) for name, seen in found.items() if len(seen) > 1}
        return cls({name: one for name, (one, _) in both.items()}), cls({name: two for name, (_, two) in both.items()})

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate over the blocks; at least two are needed."""
        return self.estimates.get(measure)


def _pair(measure: str, control: ArmStats, candidate: ArmStats) -> tuple[float, float] | None:
    one, two = control.mean(measure), candidate.mean(measure)
    return (one, two) if one is not None and two is not None and isfinite(one) and isfinite(two) else None


def _of_pairs(pairs: list[tuple[float, float]]) -> tuple[Estimate, Estimate]:
    apart = [two - one for one, two in pairs]
    middle = fmean(apart)
    third = fmean((value - middle) ** 3 for value in apart)
    before, after = (fmean(values) for values in zip(*pairs, strict=True))
    n = len(pairs)
    return (
        Estimate(n, before, 0.0, needed=_PAIRS_NEEDED),
        Estimate(n, after, variance(apart), third, needed=_PAIRS_NEEDED),
    )


@dataclass(frozen=True)
class ArmStats:
    """Totals of one arm whose calls ran beside the other arm's; totals of several processes add up.

    ``squared_`` and ``cubed_`` are sums over calls of the second and third power. ``cost_usd`` is in USD, ``quality`` a
    sum of scores 0..1 over the ``rated`` calls. ``slow_p95`` and ``slow_p99`` count calls slower than the bounds that
    were pinned at the start, the 95th and 99th percentile of the old value. ``hits`` are those of the ``asked`` calls
    that a cache answered; ``attempts`` are summed over the ``tried`` calls, those of a retry. Of the ``weighed`` calls
    the primitive told whether they go another way under the other arm's value; the ``touched`` ones do.
    ``expected_usd`` is what these were expected to cost with the control's value, 0 where nothing was expected.
    """

    calls: int = 0
    errors: int = 0
    slow_p95: int = 0
    slow_p99: int = 0
    seconds: float = 0.0
    squared_seconds: float = 0.0
    cubed_seconds: float = 0.0
    cost_usd: float = 0.0
    squared_cost_usd: float = 0.0
    cubed_cost_usd: float = 0.0
    rated: int = 0
    quality: float = 0.0
    squared_quality: float = 0.0
    cubed_quality: float = 0.0
    asked: int = 0
    hits: int = 0
    tried: int = 0
    attempts: float = 0.0
    squared_attempts: float = 0.0
    cubed_attempts: float = 0.0
    weighed: int = 0
    touched: int = 0
    expected_usd: float = 0.0
    touched_cost_usd: float = 0.0
    squared_touched_cost_usd: float = 0.0
    cubed_touched_cost_usd: float = 0.0

    @classmethod
    def of(cls, totals: Mapping[str, float]) -> ArmStats:
        """The totals by name; names that are not there are 0, and unknown ones left out."""
        counts = {"calls", "errors", "slow_p95", "slow_p99", "rated", "asked", "hits", "tried", "weighed", "touched"}
        known = {field.name: totals.get(field.name, 0.0) for field in fields(cls)}
        values: dict[str, Any] = {name: round(value) if name in counts else value for name, value in known.items()}
        return cls(**values)

    def __add__(self, other: ArmStats) -> ArmStats:
        return ArmStats(
            **{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)}
        )

    def where_touched(self) -> ArmStats | None:
        """Number and cost, less the expected one, of the calls that the values of the arms tell apart.

        None where that is not known of nearly all calls. Squares and cubes are of the cost alone.
        """
        if self.weighed < _NEARLY_ALL * self.calls:
            return None
        return ArmStats(
            calls=self.touched,
            cost_usd=self.touched_cost_usd - self.expected_usd,
            squared_cost_usd=self.squared_touched_cost_usd,
            cubed_cost_usd=self.cubed_touched_cost_usd,
        )

    def mean(self, measure: str) -> float | None:
        """The mean of a measure; None when no call has it."""
        names = _SUMS.get(measure)
        n = int(getattr(self, names[0])) if names else 0
        return float(getattr(self, names[1])) / n if names and n else None

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate over the calls; at least two are needed, and finite sums."""
        names = _SUMS.get(measure)
        if names is None:
            return None
        n, *sums = (getattr(self, name) for name in names)
        if n < 2 or not all(isfinite(value) for value in sums):  # noqa: PLR2004 - a variance needs two
            return None
        return _of_share(n, sums[0]) if len(sums) == 1 else _of_powers(n, *sums)


_SUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "seconds_mean": ("calls", "seconds", "squared_seconds", "cubed_seconds"),
    "slow_p95_ratio": ("calls", "slow_p95"),
    "slow_p99_ratio": ("calls", "slow_p99"),
    "error_ratio": ("calls", "errors"),
    "usd_per_call": ("calls", "cost_usd", "squared_cost_usd", "cubed_cost_usd"),
    "quality_mean": ("rated", "quality", "squared_quality", "cubed_quality"),
    "cache_hit_ratio": ("asked", "hits"),
    "retry_attempts_per_call": ("tried", "attempts", "squared_attempts", "cubed_attempts"),
}
"""Of each measure: its number of observations, its sum, and its sums of squares and cubes."""


def _of_share(n: int, hits: float) -> Estimate:
    hits = max(0, min(n, round(hits)))  # counters are read one after the other
    share = hits / n
    return Estimate(n, share, share * (1 - share), hits=hits, effect=_CALL_EFFECT, needed=_CALLS_NEEDED)


def _of_powers(n: int, total: float, squared: float, cubed: float) -> Estimate:
    mean = total / n
    spread = max(0.0, squared - n * mean * mean) / (n - 1)
    third = cubed / n - 3 * mean * squared / n + 2 * mean**3
    return Estimate(n, mean, spread, third, effect=_CALL_EFFECT, needed=_CALLS_NEEDED)
