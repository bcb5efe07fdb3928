"""Detector: whether the newest value of a series is unlike all before it, told as it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, isfinite
from typing import Protocol, SupportsFloat

from .rolling import Rolling
from .season import Expectation
from .tail import Tail

LEARNING = 100
"""Values before the first alarm."""
DOUBT = 200
"""Values after which a surprise still counts half: the tails of a short past are guesses."""
ALARM = 14.0
"""Sum of the surprises that is an alarm: what eleven views each see less than once in 18 values, all at once."""
REST_SHARE, REST_MIN, REST_MAX = 0.05, 30, 500
"""Values after an alarm that belong to the same incident: a share of all seen, within limits."""
SHORT, LONG, AGO = 12, 48, 4
"""The two windows in values, and how many windows back the level is compared with."""
NEIGHBOURS = 3
"""Values that must have been near for a value to be a known one."""
GAP = 20.0
"""Usual steps without a value after which the next is no move from the last."""
HUGE = 1e100
"""Values are cut here, so that their squares stay finite."""
STEP_WEIGHT = 0.05
"""Weight of the newest step in the usual one."""


class Dated(Protocol):
    """A moment such as a ``datetime``."""

    def timestamp(self) -> float:
        """Seconds since the epoch."""


class Detector:
    """An online detector for one series, without settings for it.

    It looks at each value in eleven ways: how far it is from the season, now and lately, and from the best forecast;
    whether its like was ever seen; level and variance over a short and a long window; how rough and how smooth the
    series is, and whether it stands still. The :class:`Tail` of each way tells how surprising that is after its own
    past, so a noisy, skewed or spiky series is no reason for an alarm. The surprises are added up, as Fisher's method
    adds logarithms of probabilities, and as NAB's anomaly likelihood judges an error by the errors before it (Ahmad
    et al., *Unsupervised Real-Time Anomaly Detection*, 2017): several views that are a little surprised count like
    one that is very surprised. An alarm also needs one view that is beyond all that it remembers. After an alarm it
    rests: one incident, one alarm.

    Memory is bounded, about 0.7 MB; the cost of an update does not grow with the series.
    """

    def __init__(self) -> None:
        self._expectation = Expectation()
        self._values = Tail()
        self._tails: dict[str, Tail] = {}
        self._windows = {size: Rolling(size) for size in (SHORT, LONG, SHORT * AGO, LONG * AGO)}
        self._moves = Rolling(LONG)
        self._offs = {source: Rolling(SHORT) for source in ("mean", "season")}
        self._still = 0
        self._last: float | None = None
        self._moment: float | None = None
        self._step = 0.0
        self._seen = self._rest_until = 0

    def update(self, timestamp: SupportsFloat | Dated, value: float | None) -> float:
        """Take the next value in and say how anomalous it is, 0..1; an alarm from 0.5.

        ``timestamp`` is in seconds since the epoch or a ``datetime``; what is missing or not finite is passed over.
        """
        moment = float(timestamp) if isinstance(timestamp, SupportsFloat) else timestamp.timestamp()
        if value is None or not isfinite(value) or not isfinite(moment):
            return 0.0
        return self._judge(*self._look(moment, max(-HUGE, min(HUGE, value))))

    def _look(self, moment: float, value: float) -> tuple[float, bool]:
        """How surprising the value is in all views together, and whether it is beyond all memory in one."""
        self._tick(moment)
        surprise, record = 0.0, False
        for name, number in self._views(moment, value):
            tail = self._tails.get(name) or self._tails.setdefault(name, Tail())
            surprise += tail.surprise(number)
            record = record or number > tail.largest
            tail.add(number)
        self._values.add(value)
        self._expectation.learn(moment, value, self._step)
        self._last = value
        self._seen += 1
        return surprise / (1 + DOUBT / self._seen), record

    def _tick(self, moment: float) -> None:
        passed = 0.0 if self._moment is None else moment - self._moment
        self._moment = moment
        if self._step and passed > GAP * self._step:
            self._last, passed = None, GAP * self._step
        if passed > 0:
            self._step += (passed - self._step) * (STEP_WEIGHT if self._step else 1.0)

    def _views(self, moment: float, value: float) -> Iterator[tuple[str, float]]:
        """Each way to look at the value; larger is more anomalous."""
        self._still = self._still + 1 if value == self._last else 0
        if self._seen:
            source, usual, best = self._expectation.usual(moment)
            lately = self._offs[source]
            lately.add(value - usual)
            yield source, abs(value - usual)
            yield f"{source} lately", abs(lately.mean)
            yield "forecast", abs(value - best)
        yield "novelty", self._values.gap(value, NEIGHBOURS)
        for window in self._windows.values():
            window.add(value)
        for size in (SHORT, LONG):
            now, ago = self._windows[size], self._windows[size * AGO]
            yield f"variance {size}", now.deviation
            if len(ago) >= 2 * len(now) and len(now) == size:
                before = (ago.mean * len(ago) - now.mean * len(now)) / (len(ago) - len(now))
                yield f"level {size}", abs(now.mean - before)
        yield "still", float(min(LONG, self._still) if self._still >= SHORT else 0)
        if self._last is not None:
            self._moves.add(abs(value - self._last))
            yield "rough", self._moves.mean
            yield "smooth", -self._moves.mean

    def _judge(self, surprise: float, record: bool) -> float:  # noqa: FBT001 - the two halves of one answer
        share = surprise / ALARM
        resting = self._seen <= max(LEARNING, self._rest_until)
        if share < 1 or resting or not record:
            return min(0.49, (0.25 if resting else 0.49) * share)
        self._rest_until = self._seen + int(min(REST_MAX, max(REST_MIN, REST_SHARE * self._seen)))
        return 1 - 0.5 * exp(1 - share)
