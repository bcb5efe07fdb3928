"""When to look at the numbers: from the path of a call, but never so that the call feels it."""

from __future__ import annotations

import threading
import time
import weakref
from contextlib import suppress
from typing import Final

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.flow.finding import Limits
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.quiet import quiet

from .advisor import Advisor
from .numbers import Source

_SHARE: Final = 0.01
"""Of the time, at most, that is spent on looking."""

_AT_ONCE: Final = 0.01
"""Seconds; a look that takes longer is left to a thread."""

_SOME: Final = 10


class Looks:
    """The suggestions of one recorder, brought up to date by whoever asks often enough."""

    def __init__(self, source: Source, min_samples: int) -> None:
        self._advisor = Advisor(source, Limits(min_calls=min_samples), time.time())
        self._lock = forks.lock()
        self._calls = 0
        self._looked_at = 0
        self._due_calls = min_samples
        self._due = 0.0
        self._cost = 0.0
        self._suggestions: tuple[Suggestion, ...] = ()

    def suggestions(self) -> tuple[Suggestion, ...]:
        """What stands now, after one more call."""
        self._calls += 1
        if self._is_due() and self._lock.acquire(blocking=False):
            if self._cost > _AT_ONCE:
                self._look_in_thread()
            else:
                self._look()
        return self._suggestions

    def _is_due(self) -> bool:
        """After twice as many calls, and in between when time allows."""
        if self._calls >= self._due_calls:
            return True
        return self._looked_at > 0 and self._calls - self._looked_at >= _SOME and time.perf_counter() >= self._due

    def _look_in_thread(self) -> None:
        try:
            threading.Thread(target=self._look, name="airuntime-look", daemon=True).start()
        except RuntimeError:  # too many threads, or the interpreter ends
            self._lock.release()

    @quiet
    def _look(self) -> None:
        started = time.perf_counter()
        try:
            self._suggestions = self._advisor.analyse(time.time()).suggestions
        finally:
            ended = time.perf_counter()
            self._cost = ended - started
            self._due = ended + self._cost / _SHARE
            self._looked_at = self._calls
            self._due_calls = 2 * self._calls
            self._lock.release()


_looks: Final[weakref.WeakKeyDictionary[Source, dict[int, Looks]]] = weakref.WeakKeyDictionary()
_making: Final = forks.lock()


def looks_of(source: Source, min_samples: int) -> Looks:
    """The looks of ``source`` that conclude from so many observations; the same ones for everyone who asks."""
    with suppress(KeyError):
        return _looks[source][min_samples]
    with _making:
        held = _looks.setdefault(source, {})
        if min_samples not in held:
            held[min_samples] = Looks(source, min_samples)
        return held[min_samples]
