"""Repeats: whether a model is asked exactly what it answered a while ago.

Nothing that was asked is kept: only a salted 64-bit hash of it, in this process, for an hour.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from cachetools import TTLCache

from ai_runtime_intelligent import guard

REMEMBERED: Final = 4_096
"""Questions of one primitive that are remembered, the latest."""
SECONDS: Final = 3_600.0
"""For how long."""

_MOST: Final = 10_000
"""Values that one question may be made of: beyond them nobody can tell in time."""
_DEEPEST: Final = 16
_INSIDE: Final = 2
"""How deep the attributes of objects that are no data count: a conversation's history does, a client's sockets do not.
Deeper ones count as the objects that they are."""


class Repeats:
    """The questions of one primitive that were answered lately."""

    def __init__(self) -> None:
        self._answered: TTLCache[Hashable, None] = TTLCache(REMEMBERED, SECONDS)

    def knows(self, question: int) -> bool:
        """Whether its answer was there already."""
        with guard.lock:
            return question in self._answered

    def answered(self, question: int) -> None:
        """It was answered now."""
        with guard.lock:
            self._answered[question] = None


def question_of(args: Iterable[Any], kwargs: Mapping[str, Any]) -> int | None:
    """A number that stands for what is asked with these arguments; None where that is not to be seen.

    Equal arguments have equal numbers, as far as they are data: texts, numbers, containers, dataclasses and pydantic
    models. Arguments without any text ask nothing that is seen here, and what has no state to look at may be anything.
    """
    reading = _Reading()
    try:
        number = hash((tuple(reading.of(one) for one in args), reading.of(kwargs)))
    except _NotSeenError:
        return None
    return number if reading.texts else None


class _NotSeenError(Exception):
    """What is asked is not to be seen."""


class _Reading:
    """Numbers of values, and whether a text was among them."""

    def __init__(self) -> None:
        self.texts = 0
        self._values = 0

    def of(self, value: Any, depth: int = 0, inside: int = 0) -> Hashable:
        """The number of a value, ``inside`` so many objects that are no data."""
        self._values += 1
        if self._values > _MOST or depth > _DEEPEST:
            raise _NotSeenError
        if isinstance(value, Enum):
            return (type(value).__qualname__, value.name)
        if isinstance(value, str | bytes | bytearray):
            self.texts += bool(value) and not inside
            return hash(bytes(value)) if isinstance(value, bytearray) else hash(value)
        if value is None or isinstance(value, int | float):
            return repr(value)  # Python says that 1 and True are equal, and hashes -1 and -2 alike
        parts = self._parts(value, depth + 1, inside)
        return self._object(value, depth + 1, inside + 1) if parts is None else hash((type(value).__qualname__, parts))

    def _parts(self, value: Any, depth: int, inside: int) -> Hashable | None:
        """What a container or a record holds; None when it is neither."""
        if isinstance(value, Mapping):
            return frozenset((self.of(name, depth, 1), self.of(one, depth, inside)) for name, one in value.items())
        if isinstance(value, list | tuple | deque):
            return tuple([self.of(one, depth, inside) for one in value])
        if isinstance(value, set | frozenset):
            return frozenset(self.of(one, depth, inside) for one in value)
        if is_dataclass(value) and not isinstance(value, type):
            return tuple([self.of(getattr(value, field.name, None), depth, inside) for field in fields(value)])
        if hasattr(type(value), "model_fields"):
            extra = getattr(value, "__pydantic_extra__", None)
            return (self.of(vars(value), depth, inside), self.of(extra, depth, inside))
        return None

    def _object(self, value: Any, depth: int, inside: int) -> Hashable:
        held = getattr(value, "__dict__", None)
        if inside > _INSIDE or (inside > 1 and held is None) or callable(value):
            return id(value)
        if held is None:
            raise _NotSeenError
        return hash((id(value), self._parts(dict(held), depth, inside)))
