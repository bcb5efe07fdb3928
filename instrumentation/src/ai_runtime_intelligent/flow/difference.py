"""Difference: how far two arms are apart, as an interval that may be looked at whenever one likes.

``docs/design/030-experiments.md`` tells why these methods were chosen and what they were measured to do.
"""

from __future__ import annotations

from math import cbrt, exp, expm1, hypot, log, log1p, sqrt
from typing import Final

from .arm import Estimate

Bounds = tuple[float, float]

_RESOLUTION: Final = 1e-9
"""Sums of floating-point numbers tell means apart no further than by this share of them."""


def difference(one: Estimate, two: Estimate, alpha: float, factor: float = 1.0) -> Bounds:
    """The interval of ``two.mean - factor * one.mean``.

    It holds at all looks together with probability 1 - ``alpha``: a confidence sequence. Its width is Robbins' normal
    mixture boundary (*Statistical methods related to the law of the iterated logarithm*, 1970), which holds for means
    by their central limit (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, *Time-uniform central limit theory and
    asymptotic confidence sequences*, Annals of Statistics 2024, theorem 2.2). Its clock is the information in the
    difference (Jennison and Turnbull, *Group Sequential Methods*, 2000, chapter 11), so that shares may grow.
    """
    z = _boundary(one, two, alpha)
    if one.hits is not None and two.hits is not None:
        low, high = _of_shares(one, two, z, factor)
    else:
        low, high = _of_means(one, two, z, factor)
    blur = _RESOLUTION * max(abs(one.mean), abs(two.mean))
    return low - blur, high + blur


def _boundary(one: Estimate, two: Estimate, alpha: float) -> float:
    """How many standard errors wide the interval is on each side."""
    scaled = one.effect * two.effect * one.n * two.n / (one.n + two.n)
    return sqrt((scaled + 1) / scaled * log((scaled + 1) / alpha**2))


def _of_means(one: Estimate, two: Estimate, z: float, factor: float) -> Bounds:
    """Welch's two means, with three corrections for few and skewed observations.

    The variance of the smaller arm is floored (:func:`_floored`); the boundary is widened to the Student quantile of
    the same tail, with Welch and Satterthwaite's degrees of freedom; and each side is widened, never narrowed, by the
    inverse of Hall's cubic transformation (*On the removal of skewness by transformation*, JRSS B 1992).
    """
    parts = (factor**2 * _floored(one, two) / one.n, _floored(two, one) / two.n)
    error = sqrt(sum(parts))
    centre = two.mean - factor * one.mean
    if error == 0:
        return centre, centre
    share = parts[0] / sum(parts)  # powers of shares, not of the parts: those of the smallest numbers would be 0
    z = _student(z, 1 / (share**2 / (one.n - 1) + (1 - share) ** 2 / (two.n - 1)))
    skew = (two.third / two.n**2 - factor**3 * one.third / one.n**2) / error / error / error
    return centre - max(z, _hall(z, skew)) * error, centre + max(z, _hall(z, -skew)) * error


def _floored(arm: Estimate, other: Estimate) -> float:
    """The variance of an arm, no less than the other's by as much as the other has more observations.

    The mean and the variance of few skewed observations are low together, when the rare large ones are missing: without
    a floor, a candidate with few skewed calls is called better up to three times as often as it may be. With the
    control's variance the mean of few non-negative numbers has a light lower tail (Maurer, *A bound on the deviation
    probability for sums of non-negative random variables*, 2003).
    """
    return max(arm.variance, (1 - min(1.0, arm.n / other.n)) * other.variance)


def _student(z: float, freedom: float) -> float:
    """The Student quantile whose tail is the normal's at z (Abramowitz and Stegun, 26.7.5, to the second order)."""
    first = (z**3 + z) / (4 * freedom)
    return z + first + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _hall(z: float, skew: float) -> float:
    """Where Hall's transformation of a mean of this skewness reaches z."""
    root = cbrt(1 + skew * z)
    return 3 * z / (root * root + root + 1)


def _of_shares(one: Estimate, two: Estimate, z: float, factor: float) -> Bounds:
    """Likelihood limits of each share, joined by the method of variance estimates recovery (Zou and Donner, 2008).

    Normal limits fail for the few errors of a small arm; those of the likelihood hold with one hit, and with none.
    """
    centre = two.mean - factor * one.mean
    one_low, one_high = _limit(one, z, -1), _limit(one, z, +1)
    two_low, two_high = _limit(two, z, -1), _limit(two, z, +1)
    return (
        centre - hypot(two.mean - two_low, factor * (one_high - one.mean)),
        centre + hypot(two_high - two.mean, factor * (one.mean - one_low)),
    )


def _limit(share: Estimate, z: float, side: int) -> float:
    """The share at which the likelihood's signed root is z, above (+1) or below (-1) the observed one.

    Newton's method from outside: the logarithm of the likelihood is concave, so no step goes beyond the root.
    """
    hits = share.hits or 0
    misses = share.n - hits
    least = _log_likelihood(hits, misses, share.mean) - z * z / 2
    at = _outside(share, hits, misses, least, side)
    span = abs(at - share.mean)
    for _ in range(_STEPS if 0 < at < 1 else 0):
        step = (_log_likelihood(hits, misses, at) - least) / (hits / at - misses / (1 - at))
        at -= step
        if side * step <= _CLOSE * span:
            break
    return at


def _outside(share: Estimate, hits: int, misses: int, least: float, side: int) -> float:
    """A share that is no nearer than the limit: by Pinsker's inequality, and by the rarer outcome alone."""
    pinsker = share.mean + side * sqrt((_log_likelihood(hits, misses, share.mean) - least) / (2 * share.n))
    if side < 0:
        return max(pinsker, exp(least / hits)) if hits else 0.0
    return min(pinsker, -expm1(least / misses)) if misses else 1.0


_STEPS: Final = 50
_CLOSE: Final = 1e-5
"""A step so small, as a share of the first distance, leaves no more than its square."""


def _log_likelihood(hits: int, misses: int, share: float) -> float:
    hit = hits * log(share) if hits else 0.0
    return hit + (misses * log1p(-share) if misses else 0.0)
