"""A running experiment on one tunable of this process: which value a call obeys, and in which arm it is counted."""

from __future__ import annotations

from collections.abc import Callable
from time import time

from ai_runtime_intelligent.contract.kinds import PrimitiveKind
from ai_runtime_intelligent.primitives.frame import Frame, running
from ai_runtime_intelligent.quiet import failed

from .arms import Experiment


class Trial:
    """Deals the calls of one primitive to the arms of ``experiment``."""

    def __init__(self, experiment: Experiment, candidate: float, primitive: str, kind: PrimitiveKind) -> None:
        self.experiment = experiment
        self._candidate = candidate
        self._owner = (primitive, kind)

    def value(self, control: float, key: object) -> float:
        """The value for this call: the candidate's or ``control``. It never raises."""
        try:
            frame = running(*self._owner)
            by_time = self.experiment.mode == "block"
            return self._candidate if (self._by_time if by_time else self._by_call)(frame, key) else control
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Trial.value")
            return control

    def weigh(self, control: float, decide: Callable[[float], object]) -> None:
        """Note whether both values decide alike here. It never raises."""
        try:
            frame = running(*self._owner)
            if frame is not None:
                frame.weigh(self.experiment.rollout, touched=decide(control) != decide(self._candidate))
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Trial.weigh")

    def foresee(self, *, touched: bool, usd: float) -> None:
        """Note what the call costs under the control's value. It never raises."""
        try:
            frame = running(*self._owner)
            if frame is not None:
                frame.weigh(self.experiment.rollout, touched=touched, expected_usd=usd)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Trial.foresee")

    def _by_time(self, frame: Frame | None, key: object) -> bool:
        now = time()
        arm = self.experiment.arm(key, now)
        if frame is not None and frame.arm(self.experiment.rollout) is None:
            frame.join(self.experiment, arm, counted=self.experiment.counts(now))
        return arm == "candidate"

    def _by_call(self, frame: Frame | None, key: object) -> bool:
        """What nobody measures stays on the old value, and an execution stays in its arm."""
        if frame is None:
            return False
        arm = frame.arm(self.experiment.rollout)
        if arm is None:
            now = time()
            arm = self.experiment.arm(key, now)
            frame.join(self.experiment, arm, counted=self.experiment.counts(now))
        return arm == "candidate"
