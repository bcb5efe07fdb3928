"""Ageing: how much wider an interval gets while nobody measures any more."""

from __future__ import annotations

from typing import Final

from .interval import Interval

HALF_LIFE_SECONDS: Final = 14 * 86_400.0
"""After so long a measurement is worth half of the observations that it was made of."""

_MOST: Final = 60.0
"""Half-lives after which nothing is left that could be told in numbers."""


def aged(interval: Interval, seconds: float) -> Interval:
    """The interval so long after it was measured; the guess stays, for nothing says which way it went.

    Information is discounted at a steady rate, which widens the interval by the square root of what is lost: the
    discount of dynamic linear models (West and Harrison, *Bayesian Forecasting and Dynamic Models*, 1997, section 6.3),
    equal to a level that walks at random as fast as the measurement was sure (Harvey, *Forecasting, structural time
    series models and the Kalman filter*, 1989, section 4.1). Traffic, prompts and prices change: a model that forgets
    at a known rate says so, one with a constant interval would not.
    """
    half_lives = min(max(0.0, seconds) / HALF_LIFE_SECONDS, _MOST)
    return interval.widened(2 ** (half_lives / 2))
