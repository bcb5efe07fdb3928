"""The section ``experiments`` of the remote config, read strictly: what is dealt otherwise than told would be a lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, Final, cast

from ai_runtime_intelligent.contract.kinds import EXPERIMENT_MODES, ExperimentMode

from .arms import Experiment

_FIELDS: Final = frozenset({"rollout", "candidate", "share", "mode", "block_seconds", "settle_seconds", "slow_seconds"})
_BOUNDS: Final = frozenset({"p95", "p99"})


def read_experiments(section: Any) -> tuple[Experiment, ...]:
    """The experiments by tunable; None is none.

    Raises ValueError, naming field, value and what was expected, for everything that is not understood.
    """
    entries = _object(section or {}, "experiments", None)
    return tuple(_experiment(name, entry) for name, entry in entries.items())


def _experiment(tunable: str, entry: Any) -> Experiment:
    where = f"experiments.{tunable}"
    fields = _object(entry, where, _FIELDS)
    mode = fields.get("mode", "call")
    if mode not in EXPERIMENT_MODES:
        raise ValueError(f"{where}.mode must be one of {', '.join(EXPERIMENT_MODES)}, got {mode!r}")
    block = _optional(fields.get("block_seconds"), f"{where}.block_seconds")
    if mode == "block" and block is None:
        raise ValueError(f"{where}.block_seconds is needed in mode 'block'")
    slow = _object(fields.get("slow_seconds") or {}, f"{where}.slow_seconds", _BOUNDS)
    return Experiment(
        tunable,
        _text(fields.get("rollout"), f"{where}.rollout"),
        _number(fields.get("candidate"), f"{where}.candidate", "a finite number", lambda value: -inf < value < inf),
        float(_number(fields.get("share"), f"{where}.share", "a number from 0 to 1", lambda value: 0 <= value <= 1)),
        cast("ExperimentMode", mode),
        block,
        _settle(fields.get("settle_seconds", 0), f"{where}.settle_seconds", block or inf),
        _optional(slow.get("p95"), f"{where}.slow_seconds.p95"),
        _optional(slow.get("p99"), f"{where}.slow_seconds.p99"),
    )


def _object(value: Any, where: str, known: frozenset[str] | None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object, got {type(value).__name__}")  # noqa: TRY004 - bad data
    unknown = sorted(value.keys() - known) if known is not None else []
    if known is not None and unknown:
        raise ValueError(f"{where}.{unknown[0]} is unknown; known are {', '.join(sorted(known))}")
    return value


def _number(value: Any, where: str, expected: str, good: Callable[[float], bool]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not good(value):
        raise ValueError(f"{where} must be {expected}, got {value!r}")
    return value


def _optional(value: Any, where: str) -> float | None:
    """Seconds above 0, or none."""
    return None if value is None else float(_number(value, where, "a number above 0", lambda given: 0 < given < inf))


def _settle(value: Any, where: str, block: float) -> float:
    expected = f"a number from 0 to below block_seconds ({block:g})"
    return float(_number(value, where, expected, lambda given: 0 <= given < block))


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{where} must be text, got {value!r}")
    return value
