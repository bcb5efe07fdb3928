"""Simulated calls of a service, and what a candidate does to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

SIGMA: Final = 1.0
"""Of the logarithm of a call's seconds: the mean is 1.65 s, and the skewness 6.2."""

P95, P99 = (exp(SIGMA * NormalDist().inv_cdf(quantile)) for quantile in (0.95, 0.99))

ERRORS: Final = 0.01
PRICES: Final = ((0.6, 0.0), (0.32, 0.001), (0.08, 0.02))
"""Shares of the calls and their USD: most are answered by a cache, few go to a model twenty times as dear."""

TOKENS_SIGMA: Final = 0.8
"""Of the logarithm by which the size of a call multiplies its cost."""


def seeded(seed: int, run: int, what: str) -> np.random.Generator:
    """The randomness of one run: another one for each of what is simulated."""
    return np.random.default_rng([seed, run, crc32(what.encode())])


@dataclass(frozen=True)
class Candidate:
    """By what the new value multiplies the seconds, errors and costs, and what it adds to the quality.

    ``tail_seconds`` > 1 makes every hundredth call so many times slower, and all others faster: the mean stays.
    """

    seconds: float = 1.0
    errors: float = 1.0
    cost: float = 1.0
    quality: float = 0.0
    tail_seconds: float = 1.0


@dataclass(frozen=True)
class Calls:
    """Calls in their order, one entry each."""

    candidate: NDArray[np.bool_]
    seconds: Numbers
    failed: NDArray[np.bool_]
    cost: Numbers
    quality: Numbers


def draw(rng: np.random.Generator, shares: Numbers, of: Candidate) -> Calls:
    """As many calls as ``shares``, each on the candidate with the share at its place."""
    n = len(shares)
    candidate = rng.random(n) < shares
    return Calls(
        candidate,
        rng.lognormal(0.0, SIGMA, n) * np.where(candidate, _slower(rng, n, of), 1.0),
        rng.random(n) < ERRORS * np.where(candidate, of.errors, 1.0),
        _cost(rng, n) * np.where(candidate, of.cost, 1.0),
        np.clip(rng.beta(9.0, 1.0, n) + np.where(candidate, of.quality, 0.0), 0.0, 1.0),
    )


def _slower(rng: np.random.Generator, n: int, of: Candidate) -> Numbers:
    if of.tail_seconds == 1:
        return np.full(n, of.seconds)
    rest = (1 - 0.01 * of.tail_seconds) / 0.99
    return np.where(rng.random(n) < 0.01, of.tail_seconds, rest) * of.seconds  # noqa: PLR2004 - every hundredth


def _cost(rng: np.random.Generator, n: int) -> Numbers:
    shares, prices = zip(*PRICES, strict=True)
    return rng.choice(prices, size=n, p=shares) * rng.lognormal(0.0, TOKENS_SIGMA, n)


def moments(measure: str, of: Candidate) -> tuple[float, float]:
    """The true mean and variance of a measure over the candidate's calls; without ``tail_seconds``."""
    if measure == "error_ratio":
        return _of_share(ERRORS * of.errors)
    if measure in ("slow_p95_ratio", "slow_p99_ratio"):
        bound = (P95 if measure == "slow_p95_ratio" else P99) / of.seconds
        return _of_share(1 - NormalDist(0.0, SIGMA).cdf(float(np.log(bound))))
    if measure == "seconds_mean":
        mean, square = (of.seconds**power * _power(SIGMA, power) for power in (1, 2))
    elif measure == "usd_per_call":
        mean, square = (_price(power) * of.cost**power * _power(TOKENS_SIGMA, power) for power in (1, 2))
    else:
        raise ValueError(f"the moments of {measure} are not known")
    return mean, square - mean**2


def _of_share(share: float) -> tuple[float, float]:
    return share, share * (1 - share)


def _price(power: int) -> float:
    return sum(share * price**power for share, price in PRICES)


def _power(sigma: float, power: int) -> float:
    """The mean of a power of a log-normal number."""
    return exp((power * sigma) ** 2 / 2)
