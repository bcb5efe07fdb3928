"""Names for objects that have none: told by what they are made of, and numbered where that is not enough."""

from __future__ import annotations

import weakref
from typing import Any, Final

from ai_runtime_intelligent import forks

from .naming import name_of, shortened
from .recognise import Recognised, get

MOST: Final = 16
"""Living objects of one make that get a number of their own; more of them share the name without one."""


def made_name(target: Any, seen: Recognised) -> str:
    """The name that somebody gave ``target``, else its class and what it is made of: its routes or its parts."""
    cls = type(target).__name__
    given = get(target, "name")
    if isinstance(given, str) and given and given != cls:
        return shortened(given)
    made_of = list(seen.parts) if seen.kind == "router" else [_short(part) for part in seen.parts.values()]
    made_of = made_of or _function_in(target)
    joint = {"sequential": " >> ", "parallel": " | "}.get(seen.kind, ", ")
    return shortened(f"{cls}({joint.join(made_of)})" if made_of else cls)


def _short(part: Any) -> str:
    """One part, without its own parts: a name must not grow with the depth of what it names."""
    return ", ".join(_function_in(part)) or name_of(part)


def _function_in(target: Any) -> list[str]:
    """The name of the function that an object only wraps."""
    name = get(get(target, "func"), "__name__")
    return [name] if isinstance(name, str) and name != "<lambda>" else []


class Numbers:
    """Numbers for objects of the same name, in the order in which they are first seen; a dead one's is free again."""

    def __init__(self) -> None:
        self._lock = forks.lock()
        self._taken: dict[str, list[weakref.ref[Any]]] = {}

    def tell_apart(self, target: Any, name: str) -> str:
        """``name``, with a number when a living object has it already."""
        with self._lock:
            number = self._number(target, self._taken.setdefault(name, []))
        return name if number <= 1 else f"{name} #{number}"

    def _number(self, target: Any, taken: list[weakref.ref[Any]]) -> int:
        try:
            reference = weakref.ref(target)
        except TypeError:
            return 0
        for i, held in enumerate(taken):
            if held() is None:
                taken[i] = reference
                return i + 1
        if len(taken) >= MOST:
            return 0
        taken.append(reference)
        return len(taken)

    def clear(self) -> None:
        """Begin anew; for tests."""
        with self._lock:
            self._taken.clear()


NUMBERS: Final = Numbers()
