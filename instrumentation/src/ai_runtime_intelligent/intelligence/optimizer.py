"""The embedded loop: finds, tries, judges and keeps or undoes, one change at a time, within one process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.flow.finding import Limits
from ai_runtime_intelligent.flow.growth import Growth
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.suggestion import Suggestion, step_of
from ai_runtime_intelligent.flow.verdict import Verdict
from ai_runtime_intelligent.quiet import failed, log_once
from ai_runtime_intelligent.runtime.tunables import TUNABLES, Number, Tunable

from .advisor import Advisor
from .numbers import Source
from .trial_run import Pace, TrialRun

_log = logging.getLogger("ai_runtime_intelligent")

INTERVAL_SECONDS: Final = 10.0
"""Between two looks; also the length of a time block, where all calls share a value."""

DEADLINE_SECONDS: Final = 3600.0
"""How long one share may go without a verdict."""

_STEPS: Final = (0.1, 0.5)
_HISTORY: Final = 100


@dataclass(frozen=True)
class Tried:
    """One change that was tried: where its rollout ended, and the last verdict; None when it was ended before one."""

    suggestion: Suggestion
    rollout: Rollout
    verdict: Verdict | None


class Optimizer:
    """Changes this process' own tunables, for the better or not at all.

    What the advisor suggests is tried on a share of the calls, at first ``learning_rate`` of them and never more than
    half, side by side with the old value; the share grows while no guardrail can break. What is confirmed is kept,
    everything else goes back, and is not tried again. Nothing is concluded from fewer than ``min_samples`` calls.
    Everything ends with the process: a kept value is not remembered beyond it.

    It must be the only one that sets tunables: with a backend, that is the backend.
    """

    def __init__(
        self,
        source: Source,
        *,
        learning_rate: float = 0.01,
        min_samples: int = 100,
        interval_seconds: float = INTERVAL_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises ValueError when ``learning_rate`` is not above 0 and at most 1, or the others are not above 0."""
        _check(learning_rate, min_samples, interval_seconds)
        self.kept: dict[str, Number] = {}
        self.history: list[Tried] = []
        self._source = source
        self._clock = clock
        self._interval = interval_seconds
        self._advisor = Advisor(source, Limits(min_calls=min_samples), clock())
        first = min(learning_rate, _STEPS[-1])
        steps = (first, *(step for step in _STEPS if step > first))
        growth = Growth(steps, min(3 * interval_seconds, 30.0), DEADLINE_SECONDS, min_samples)
        self._pace = Pace(growth, interval_seconds)
        self._trial: TrialRun | None = None
        self._settled: set[tuple[Subject, str, float | None, float | None]] = set()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        forks.in_child(self._begin_in_child)

    @property
    def trial(self) -> Rollout | None:
        """The change that is on trial now."""
        return self._trial.rollout if self._trial is not None else None

    def start(self) -> Self:
        """Begin to look, in the background."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="airuntime-optimizer", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Look no more; every tunable returns to its default. May be repeated. Waits a second at most."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=0.9)
        if self._trial is not None or self.kept:
            self._trial = None
            self.kept.clear()
            TUNABLES.apply({})

    def _begin_in_child(self) -> None:
        if self._thread is not None:
            self.start()

    def _work(self) -> None:
        stopping = self._stopping
        while not stopping.wait(self._until_next_block()):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - a thread that dies would leave a change on trial for good
                failed("Optimizer.look")

    def _until_next_block(self) -> float:
        """Seconds until a time block ends: a look then sees whole blocks."""
        return self._interval - self._clock() % self._interval

    def look(self) -> None:
        """One step: begin a trial if something is suggested, or judge the one that runs."""
        now = self._clock()
        if self._trial is not None:
            self._judge(self._trial, now)
            return
        suggested = self._advisor.analyse(now).suggestions
        new = next((one for one in suggested if _key(one) not in self._settled), None)
        if new is not None:
            self._begin(new, now)

    def _begin(self, suggestion: Suggestion, now: float) -> None:
        tunable = _tunable(suggestion.target)
        self._settled.add(_key(suggestion))
        if tunable is None or tunable.experiment is not None:
            return
        held = self.kept.get(tunable.spec.name)
        trial = self._trial = TrialRun(self._source, suggestion, tunable.spec, self._pace, held=held, at=now)
        try:
            self._apply()
        except ValueError as error:
            self._trial = None
            log_once("optimizer", "%s cannot be tried: %s", suggestion.title, error)
            return
        trial.observed(now)
        _log.info("%s: on trial with %g of the calls", suggestion.title, trial.rollout.share)

    def _judge(self, trial: TrialRun, now: float) -> None:
        verdict = trial.judge(now)
        if trial.rollout.phase == "watching":
            self._apply()
            return
        suggestion, rollout = trial.suggestion, trial.rollout
        if rollout.phase == "kept":
            step = step_of(suggestion)
            self.kept[step.tunable.name] = step.after
        self._trial = None
        self._apply()
        self.history = [*self.history, Tried(suggestion, rollout, verdict)][-_HISTORY:]
        self._advisor.begin_anew(now)
        _log.info("%s: %s, %s", suggestion.title, rollout.phase.replace("_", " "), rollout.why)

    def _apply(self) -> None:
        """Let the process obey what was kept, and run what is on trial."""
        TUNABLES.apply(self.kept, [self._trial.experiment] if self._trial is not None else [])


def _check(learning_rate: float, min_samples: int, interval_seconds: float) -> None:
    if not 0 < learning_rate <= 1:
        raise ValueError(f"learning_rate must be above 0 and at most 1, got {learning_rate!r}")
    if min_samples < 1:
        raise ValueError(f"min_samples must be 1 or more, got {min_samples!r}")
    if not interval_seconds > 0:
        raise ValueError(f"interval_seconds must be above 0, got {interval_seconds!r}")


def _key(suggestion: Suggestion) -> tuple[Subject, str, float | None, float | None]:
    return suggestion.subject, suggestion.target, suggestion.from_value, suggestion.to_value


def _tunable(name: str) -> Tunable | None:
    return next((tunable for tunable in TUNABLES.all() if tunable.spec.name == name), None)
