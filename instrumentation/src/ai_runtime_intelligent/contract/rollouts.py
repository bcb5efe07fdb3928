"""Named queries about experiments: what each replica counts and obeys, as it is, for the backend to add up itself.

An extrapolated growth is a guess, and a sequential test must not be fed guesses: no ``rate``, and no ``increase``.
"""

from __future__ import annotations

from collections.abc import Callable

from . import metrics

_NAMES = "|".join(metric.name for metric in metrics.ARM_TOTALS.values())
_SETTLING = "|".join(metric.name for metric in metrics.SETTLING_TOTALS.values())


def _text(value: str) -> str:
    """A label value in quotes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _matchers(labels: dict[str, str]) -> str:
    return ",".join(f"{name}={_text(value)}" for name, value in labels.items())


def totals(rollout: str, **labels: str) -> str:
    """All totals of both arms, a series for each replica; ``labels`` choose replicas."""
    return f'{{__name__=~"{_NAMES}",{_matchers({"rollout": rollout, **labels})}}}'


def settling(rollout: str, **labels: str) -> str:
    """The same of calls while a time block settles."""
    return f'{{__name__=~"{_SETTLING}",{_matchers({"rollout": rollout, **labels})}}}'


Totals = Callable[..., str]
"""Which totals of a rollout: :func:`totals` or :func:`settling`."""


def latest(rollout: str, window: str, of: Totals = totals) -> str:
    """The last value of each of them within the window, of replicas too that are gone."""
    return f"last_over_time({of(rollout)}[{window}])"


def resets(rollout: str, window: str) -> str:
    """How often the counters of a replica began anew in the window; nothing where they did not."""
    calls = f"{metrics.ARM_TOTALS['calls'].name}{{{_matchers({'rollout': rollout})}}}"
    return f"resets({calls}[{window}]) > 0"


def shares(rollout: str) -> str:
    """The candidate's share that each replica obeys now; 0 when it has ended the experiment."""
    return f"{metrics.ARM_SHARE.name}{{{_matchers({'rollout': rollout, 'arm': 'candidate'})}}}"


def generations(service: str) -> str:
    """The generation of the config that each replica obeys now."""
    return f"{metrics.CONFIG_GENERATION.name}{{{_matchers({'service': service})}}}"


def values(service: str, tunable: str) -> str:
    """The value that each replica obeys now; during an experiment that of its control."""
    return f"{metrics.TUNABLE_VALUE.name}{{{_matchers({'service': service, 'tunable': tunable})}}}"
