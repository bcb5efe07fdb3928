"""The remote config document, read strictly: it is taken whole or refused whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .arms import Experiment
from .experiments import read_experiments
from .tunables import TUNABLES, Number


class ConfigRefusedError(ValueError):
    """A remote config that this process does not obey; the message says why."""


@dataclass(frozen=True)
class Config:
    """Values to obey. ``rollouts`` names, by tunable, the rollout that a value belongs to.

    ``experiments`` are the tunables on which another value is tried out beside that one.
    """

    generation: int
    values: Mapping[str, Number]
    rollouts: Mapping[str, str]
    experiments: tuple[Experiment, ...] = ()


def read_config(body: bytes, service: str) -> Config:
    """The document in ``body``.

    Raises ConfigRefusedError when it is malformed, meant for another service, or gives a tunable of this process a
    value outside its bounds. Names that nobody declared here are left alone: they may belong to another version.
    """
    document = _object(_parsed(body), "the document")
    if document.get("service", service) != service:
        raise ConfigRefusedError(f"it is for service {document['service']!r}, not {service!r}")
    tunables = _object(document.get("tunables"), "tunables")
    entries = {name: _object(entry, f"tunables.{name}") for name, entry in tunables.items()}
    values = {name: _number(entry.get("value"), name) for name, entry in entries.items()}
    experiments = _experiments(document.get("experiments"))
    problems = [*TUNABLES.problems(values), *TUNABLES.problems_of(experiments)]
    if problems:
        raise ConfigRefusedError("; ".join(problems))
    return Config(_generation(document.get("generation")), values, _rollouts(entries), experiments)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ConfigRefusedError(f"it is not JSON: {error}") from error


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigRefusedError(f"{what} must be an object, got {type(value).__name__}")
    return value


def _number(value: Any, name: str) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigRefusedError(f"{name} must be a number, got {value!r}")
    return value


def _generation(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigRefusedError(f"generation must be a whole number from 0, got {value!r}")
    return value


def _experiments(value: Any) -> tuple[Experiment, ...]:
    try:
        return read_experiments(value)
    except ValueError as error:
        raise ConfigRefusedError(str(error)) from error


def _rollouts(entries: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    named = {name: entry.get("rollout") for name, entry in entries.items()}
    wrong = [name for name, rollout in named.items() if rollout is not None and not isinstance(rollout, str)]
    if wrong:
        raise ConfigRefusedError(f"the rollout of {wrong[0]} must be text, got {named[wrong[0]]!r}")
    return {name: rollout for name, rollout in named.items() if rollout}
