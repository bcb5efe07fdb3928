"""Change: a target, its value before and after, and the exact inverse."""

from __future__ import annotations

from dataclasses import dataclass

from .identity import identify
from .suggestion import Suggestion, step_of


class ChangeError(ValueError):
    """Raised when the target does not report the value that the suggestion starts from."""


@dataclass(frozen=True)
class Setting:
    """A tunable's value in the remote config; None means that there is none and the declared default holds."""

    service: str
    tunable: str
    value: float | None


@dataclass(frozen=True)
class Current:
    """What the target reports: the value obeyed, and the setting that the remote config has for it."""

    value: float
    setting: Setting


@dataclass(frozen=True)
class Change:
    """One change of one tunable. ``inverse`` restores the config exactly as it was."""

    id: str
    suggestion: str
    before: float
    after: float
    forward: Setting
    inverse: Setting
    asked_by: str


def plan(suggestion: Suggestion, current: Current, asked_by: str, at: float) -> Change:
    """Plan the change that a suggestion asks for.

    Raises:
        ChangeError: the target obeys another value than the one that the suggestion starts from.
        SuggestionError: it offers a patch of the code alone.
    """
    step = step_of(suggestion)
    if current.value != step.before:
        raise ChangeError(
            f"{step.tunable.name} is {current.value:g} now, the suggestion starts from "
            f"{step.before:g}: wait for a new suggestion"
        )
    forward = Setting(suggestion.subject.service, step.tunable.name, step.after)
    return Change(
        id=identify("change", suggestion.id, current, asked_by, at),
        suggestion=suggestion.id,
        before=current.value,
        after=step.after,
        forward=forward,
        inverse=current.setting,
        asked_by=asked_by,
    )
