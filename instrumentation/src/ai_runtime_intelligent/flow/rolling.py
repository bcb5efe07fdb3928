"""Rolling: sums over the latest numbers, at a cost that does not grow with how many they are."""

from __future__ import annotations

from collections import deque
from math import sqrt


class Rolling:
    """Mean and standard deviation of the latest ``size`` numbers.

    The sums are made anew each time the window has been filled, about a number that is in it: so neither what left it
    nor a large offset costs precision.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._numbers: deque[float] = deque(maxlen=size)
        self._origin = self._total = self._squares = 0.0
        self._until_anew = 0

    def add(self, number: float) -> None:
        """Take a number in and, when full, the oldest out."""
        self._until_anew -= 1
        if self._until_anew < 0:
            self._numbers.append(number)
            self._anew(number)
            return
        self._count(number, 1)
        if len(self._numbers) == self._size:
            self._count(self._numbers[0], -1)
        self._numbers.append(number)

    def _anew(self, origin: float) -> None:
        self._origin, self._until_anew = origin, self._size
        self._total = self._squares = 0.0
        for number in self._numbers:
            self._count(number, 1)

    def _count(self, number: float, sign: int) -> None:
        off = number - self._origin
        self._total += sign * off
        self._squares += sign * off * off

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def mean(self) -> float:
        """Mean of the numbers in the window; it must not be empty."""
        return self._origin + self._total / len(self._numbers)

    @property
    def deviation(self) -> float:
        """Standard deviation of the numbers in the window; it must not be empty."""
        off = self._total / len(self._numbers)
        return sqrt(max(0.0, self._squares / len(self._numbers) - off * off))
