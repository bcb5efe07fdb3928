"""Tunables of other people's primitives: attributes that they read on every execution, and so can be set meanwhile."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import PrimitiveKind, TunableType
from ai_runtime_intelligent.quiet import quiet
from ai_runtime_intelligent.runtime.tunables import TUNABLES, Number, Tunable, TunableSpec

from .recognise import Recognised, get


@dataclass(frozen=True)
class Knob:
    """An attribute that is a tunable. ``within`` is the attribute that has it, and ``more`` what is added to it."""

    what: str
    attribute: str
    type: TunableType
    minimum: Number
    maximum: Number
    unit: str
    about: str
    within: str = ""
    more: int = 0


KNOBS: Final[dict[PrimitiveKind, tuple[Knob, ...]]] = {
    "cache": (
        Knob("ttl_seconds", "ttl_seconds", "float", 1.0, 86400.0, "s", "How long an answer may be given again."),
    ),
    "retry": (
        Knob(
            "max_attempts",
            "max_retries",
            "int",
            1,
            10,
            "1",
            "Calls that one execution makes at most.",
            within="strategy",
            more=1,
        ),
        Knob(
            "max_backoff_seconds",
            "max_backoff",
            "float",
            0.0,
            600.0,
            "s",
            "Longest wait before a call.",
            within="strategy",
        ),
    ),
    "timeout": (Knob("timeout_seconds", "timeout_seconds", "float", 0.001, 3600.0, "s", "How long a call may take."),),
}
"""What can be set, by kind. Adaptive primitives set it themselves."""


class Setting:
    """One knob of one object: it obeys its tunable from the first change on, and until then is left alone."""

    def __init__(self, target: Any, knob: Knob, name: str, kind: PrimitiveKind) -> None:
        self._knob = knob
        self._original = _read(target, knob)
        default = self._original + knob.more
        bounds = min(knob.minimum, default), max(knob.maximum, default)
        spec = TunableSpec(
            f"{name}.{knob.what}",
            name,
            kind,
            knob.type,
            default,
            *bounds,
            unit=knob.unit,
            description=knob.about,
            scope="process",
        )
        self.tunable: Tunable = TUNABLES.declare(spec)
        self._obeyed: Number = default

    @quiet
    def follow(self, target: Any) -> None:
        """Set what the tunable says, if that has changed."""
        value = self.tunable.get()
        if value != self._obeyed:
            _write(target, self._knob, value - self._knob.more)
            self._obeyed = value

    def join(self) -> None:
        """Count the running execution in the arm of the experiment that runs on it, if one does."""
        self.tunable.get()

    @quiet
    def restore(self, target: Any) -> None:
        """Set what was there in the beginning, if it was changed."""
        default = self._original + self._knob.more
        if self._obeyed != default:
            _write(target, self._knob, self._original)
            self._obeyed = default


def settings_of(target: Any, seen: Recognised, name: str) -> list[Setting]:
    """The knobs that ``target`` has, under the primitive's ``name``."""
    knobs = () if seen.adaptive else KNOBS.get(seen.kind, ())
    return [Setting(target, knob, name, seen.kind) for knob in knobs if _is_number(_read(target, knob))]


def _read(target: Any, knob: Knob) -> Any:
    return get(get(target, knob.within) if knob.within else target, knob.attribute)


def _write(target: Any, knob: Knob, value: Number) -> None:
    if not knob.within:
        setattr(target, knob.attribute, value)
        return
    holder = copy.copy(getattr(target, knob.within))  # others may share it
    setattr(holder, knob.attribute, value)
    setattr(target, knob.within, holder)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
