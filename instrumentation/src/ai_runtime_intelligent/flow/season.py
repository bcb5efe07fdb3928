"""Season: what a value usually is at this time of day, at this hour of the week, at this place in a cycle."""

from __future__ import annotations

DAY, WEEK = 86_400.0, 604_800.0
CYCLES = (7, 12, 24, 48, 168, 288)
"""Lengths of cycles in values, for series whose timestamps do not tell: hours of a day or week, minutes of an hour."""
FORGET = 0.005
"""Least weight of the newest number in a slow mean: the latest 200 count."""
FAST = 0.2
"""Weight of the newest value in a fast mean."""


class Profile:
    """The mean of the values at each phase of one period, over the latest periods.

    ``period`` is in seconds and cut into ``bins``; without bins it is in samples, each with a phase of its own.
    """

    PERIODS = 10
    """Periods remembered."""
    MIN_SEEN = 3
    """Values at a phase before it predicts."""
    MIN_JUDGED = 50
    """Predictions compared before one is given out."""

    def __init__(self, period: float, bins: int | None = None) -> None:
        self._period, self._bins = period, bins
        self._means = [0.0] * (bins or int(period))
        self._seen = [0] * len(self._means)
        self._judged = 0
        self.error = 0.0
        """Mean absolute error of the latest predictions."""

    def predict(self, timestamp: float, position: int) -> float | None:
        """The usual value at this time; None before it is known."""
        phase = self._phase(timestamp, position)
        known = self._judged >= self.MIN_JUDGED and self._seen[phase] >= self.MIN_SEEN
        return self._means[phase] if known else None

    def learn(self, timestamp: float, position: int, value: float, step: float) -> None:
        """Take a value in; ``step`` are the usual seconds between two values."""
        phase = self._phase(timestamp, position)
        self._seen[phase] += 1
        off = value - self._means[phase]
        if self._seen[phase] > self.MIN_SEEN:
            self._judged += 1
            self.error += (abs(off) - self.error) * max(FORGET, 1 / self._judged)
        a_period = self._period / self._bins / step if self._bins and step > 0 else 1.0
        self._means[phase] += off * max(1 / self._seen[phase], 1 / (self.PERIODS * max(1.0, a_period)))

    def _phase(self, timestamp: float, position: int) -> int:
        if self._bins is None:
            return position % len(self._means)
        return int(timestamp % self._period / self._period * self._bins) % self._bins


class Level:
    """A forecast that knows no time: the mean of the latest values, by the weight of the newest."""

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._seen = 0
        self.value = 0.0
        self.error = 0.0

    def learn(self, value: float) -> None:
        """Take a value in; the first is taken whole."""
        self._seen += 1
        off = value - self.value
        if self._seen > 1:
            self.error += (abs(off) - self.error) * max(FORGET, 1 / self._seen)
        self.value += off * max(self._weight, 1 / self._seen) if self._weight < 1 else off


class Expectation:
    """What the next value should be: by season, and by whatever forecast was the best of late.

    The forecasts compete by their mean absolute error of late, so no period must be known beforehand.
    """

    def __init__(self) -> None:
        self._profiles = (Profile(DAY, 96), Profile(WEEK, 168), *(Profile(cycle) for cycle in CYCLES))
        self._slow, self._fast, self._last = Level(FORGET), Level(FAST), Level(1.0)
        self._position = 0

    def usual(self, timestamp: float) -> tuple[str, float, float]:
        """Whether it is a season or a mean that knows best what is usual, and that; and the best forecast of all."""
        slow = [(self._slow.error, self._slow.value, "mean")]
        for profile in self._profiles:
            value = profile.predict(timestamp, self._position)
            if value is not None:
                slow.append((profile.error, value, "season"))
        fast = [(level.error, level.value, "") for level in (self._last, self._fast)]
        _, usual, source = min(slow)
        return source, usual, min(fast + slow)[1]

    def learn(self, timestamp: float, value: float, step: float) -> None:
        """Let every forecast see the value; ``step`` are the usual seconds between two."""
        for profile in self._profiles:
            profile.learn(timestamp, self._position, value, step)
        for level in (self._slow, self._fast, self._last):
            level.learn(value)
        self._position += 1
