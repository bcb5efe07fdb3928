"""Tunables: values with declared bounds that a running process obeys and that can be changed from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakMethod

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.contract.kinds import PrimitiveKind, TunableScope, TunableType
from ai_runtime_intelligent.quiet import log_once, quiet

if TYPE_CHECKING:
    from .arms import Experiment
    from .trial import Trial

Number = int | float
Listener = Callable[["Tunable"], None]

TUNABLES_CAP: Final = 2000
"""Tunables that can be set from outside; later ones work, at their defaults."""


@dataclass(frozen=True)
class TunableSpec:
    """What a tunable was declared to be. ``name`` is ``<primitive>.<what>``; both bounds belong to the range.

    ``scope`` says whose later calls a value touches, and so how an experiment may deal them to its arms.
    """

    name: str
    primitive: str
    kind: PrimitiveKind
    type: TunableType
    default: Number
    minimum: Number
    maximum: Number
    unit: str
    description: str
    scope: TunableScope = "call"

    def problem(self, value: object) -> str | None:
        """Why ``value`` cannot be taken, or None when it can."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{self.name} must be a number, got {value!r}"
        if not self.minimum <= value <= self.maximum:  # which NaN never is
            return f"{self.name} must be from {self.minimum} to {self.maximum} (unit {self.unit}), got {value!r}"
        if self.type == "int" and value != int(value):
            return f"{self.name} must be a whole number, got {value!r}"
        return None

    def problem_of(self, experiment: Experiment) -> str | None:
        """Why ``experiment`` cannot be run on it, or None when it can."""
        if self.scope == "process" and experiment.mode != "block":
            return f"{self.name} is one value for all calls: its experiments need mode 'block', got {experiment.mode!r}"
        return self.problem(experiment.candidate)

    def cast(self, value: Number) -> Number:
        """``value`` in the type of the tunable."""
        return int(value) if self.type == "int" else float(value)


class Tunable:
    """One value that is read on every call."""

    def __init__(self, spec: TunableSpec) -> None:
        self.spec = spec
        self._value = spec.cast(spec.default)
        self._trial: Trial | None = None
        self._watchers: list[WeakMethod[Callable[[], None]]] = []

    def get(self, key: object = None) -> Number:
        """The value to obey now. ``key`` is what carries the state of the call, such as a cache key.

        While an experiment runs, the call's arm decides, and the execution that asks is counted in it.
        """
        trial = self._trial
        return self._value if trial is None else trial.value(self._value, key)

    def weigh(self, decide: Callable[[Number], object]) -> None:
        """Tell which way this call goes under a value, at each place where the value decides, after ``get``.

        While an experiment runs, the call counts as touched once ``decide`` differed for the values of its arms.
        Calls that never do are the same in both arms, and a comparison without them is sharper (Deng, Hu, *Diluted
        treatment effect estimation for trigger analysis*, WSDM 2015). That holds only where the arms have no part in
        what ``decide`` knows: it must not ask what earlier calls have left behind.
        """
        trial = self._trial
        if trial is not None:
            trial.weigh(self._value, decide)

    def foresee(self, *, touched: bool, usd: float = 0.0) -> None:
        """Tell, after ``get``, whether this call is touched, and what it would cost with the value before the change.

        ``usd`` may be wrong, for the control tells by how much; the better it is, the sharper is the comparison: the
        difference estimator of Saerndal, Swensson, Wretman, *Model Assisted Survey Sampling*, 1992, section 6.3. It
        must not depend on the arm that the call is in.
        """
        trial = self._trial
        if trial is not None:
            trial.foresee(touched=touched, usd=usd)

    @property
    def value(self) -> Number:
        """The value that calls obey now; during an experiment, those of its control."""
        return self._value

    @property
    def experiment(self) -> Experiment | None:
        """The experiment that runs on it."""
        trial = self._trial
        return trial.experiment if trial is not None else None

    def obey(self, value: Number) -> None:
        """Take ``value``. Raises ValueError with the bounds when it is not one that was declared possible."""
        problem = self.spec.problem(value)
        if problem:
            raise ValueError(problem)
        self._value = self.spec.cast(value)
        self._tell()

    def try_out(self, experiment: Experiment | None) -> None:
        """Run ``experiment`` from now on, or none. Raises ValueError when it cannot be run on this tunable."""
        problem = self.spec.problem_of(experiment) if experiment is not None else None
        if problem:
            raise ValueError(problem)
        if experiment != self.experiment:
            self._trial = self._trial_of(experiment) if experiment is not None else None
            self._tell()

    def _trial_of(self, experiment: Experiment) -> Trial:
        from .trial import Trial  # noqa: PLC0415 - most processes never try anything out

        spec = self.spec
        return Trial(experiment, spec.cast(experiment.candidate), spec.primitive, spec.kind)

    def watch(self, told: Callable[[], None]) -> None:
        """Call ``told``, a method, whenever a value is taken, for as long as its object lives."""
        self._watchers = [*(held for held in self._watchers if held() is not None), WeakMethod(told)]

    @quiet
    def _tell(self) -> None:
        for watcher in self._watchers:
            told = watcher()
            if told is not None:
                told()


class Tunables:
    """All tunables of this process by name. Values set from outside also reach those declared later."""

    def __init__(self) -> None:
        self._lock = forks.rlock()
        self._tunables: dict[str, Tunable] = {}
        self._overrides: dict[str, Number] = {}
        self._experiments: dict[str, Experiment] = {}
        self._listeners: list[Listener] = []

    def declare(self, spec: TunableSpec) -> Tunable:
        """The tunable of this name; a different declaration under the same name replaces the earlier one.

        Raises ValueError when the default is not within the bounds.
        """
        problem = spec.problem(spec.default)
        if problem:
            raise ValueError(problem)
        with self._lock:
            held = self._tunables.get(spec.name)
            if held is not None and held.spec == spec:
                return held
            tunable = Tunable(spec)
            if held is None and len(self._tunables) >= TUNABLES_CAP:
                log_once("tunables", "more than %d tunables: later ones stay at their defaults", TUNABLES_CAP)
                return tunable
            self._tunables[spec.name] = tunable
            self._adopt(tunable)
            return tunable

    def _adopt(self, tunable: Tunable) -> None:
        value = self._overrides.get(tunable.spec.name)
        problem = tunable.spec.problem(value) if value is not None else None
        if problem:
            log_once(f"tunable:{problem}", "the remote config does not fit: %s; the default is kept", problem)
        elif value is not None:
            tunable.obey(value)
        self._try_out(tunable)
        self._tell(tunable)

    def _try_out(self, tunable: Tunable) -> None:
        experiment = self._experiments.get(tunable.spec.name)
        problem = tunable.spec.problem_of(experiment) if experiment is not None else None
        if problem:
            log_once(f"experiment:{problem}", "the experiment does not fit: %s; every call is its control", problem)
        else:
            tunable.try_out(experiment)

    def all(self) -> list[Tunable]:
        """Every tunable, by name."""
        with self._lock:
            return [self._tunables[name] for name in sorted(self._tunables)]

    def problems(self, values: Mapping[str, object]) -> list[str]:
        """Why ``values`` cannot be taken; names that nobody declared are not a problem."""
        with self._lock:
            known = [(self._tunables[name].spec, value) for name, value in values.items() if name in self._tunables]
        return [problem for spec, value in known if (problem := spec.problem(value))]

    def problems_of(self, experiments: Sequence[Experiment]) -> list[str]:
        """Why ``experiments`` cannot be run; those of names that nobody declared are not a problem."""
        with self._lock:
            known = [(self._tunables[e.tunable].spec, e) for e in experiments if e.tunable in self._tunables]
        return [problem for spec, experiment in known if (problem := spec.problem_of(experiment))]

    def apply(self, values: Mapping[str, Number], experiments: Sequence[Experiment] = ()) -> None:
        """Obey ``values`` and let every tunable that is not among them return to its default.

        ``experiments`` run from now on, and no others. Raises ValueError, and changes nothing, when one of the values
        or experiments cannot be taken.
        """
        with self._lock:
            problems = [*self.problems(values), *self.problems_of(experiments)]
            if problems:
                raise ValueError("; ".join(problems))
            self._overrides = dict(values)
            self._experiments = {experiment.tunable: experiment for experiment in experiments}
            for name, tunable in self._tunables.items():
                tunable.obey(values.get(name, tunable.spec.default))
                self._try_out(tunable)
                self._tell(tunable)

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every tunable now, and again whenever one is set."""
        with self._lock:
            self._listeners.append(listener)
            for tunable in self._tunables.values():
                listener(tunable)

    def unlisten(self, listener: Listener) -> None:
        """Call ``listener`` no more."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    @quiet
    def _tell(self, tunable: Tunable) -> None:
        for listener in self._listeners:
            listener(tunable)

    def clear(self) -> None:
        """Forget every tunable, override and experiment; for tests."""
        with self._lock:
            self._tunables.clear()
            self._overrides.clear()
            self._experiments.clear()


TUNABLES: Final = Tunables()
