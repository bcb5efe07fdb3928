"""Repeats: whether a model is asked exactly what it answered a while ago.

Nothing that was asked is kept: only a salted 64-bit hash of it, in this process, for an hour.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
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

_TEXTS: Final = (str, bytes, bytearray)
_NUMBERS: Final = (int, float)
_LISTS: Final = (list, tuple, deque)
_SETS: Final = (set, frozenset)


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
        number = hash((reading.of(tuple(args)), reading.of(kwargs)))
    except _NotSeenError:
        return None
    return number if reading.texts else None


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[str, ...] | None:
    """What a dataclass has; None of another class. Kept, for asking takes longer than reading."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


class _NotSeenError(Exception):
    """What is asked is not to be seen."""


class _Reading:
    """What values are, as hashables that differ where they do, and whether a text was among them.

    Runs before every call of a model, so the types of JSON are told apart by their exact class, before all others.
    """

    def __init__(self) -> None:
        self.texts = False
        self._values = 0

    def of(self, value: Any, depth: int = 0, inside: int = 0) -> Hashable:
        """What a value is, ``inside`` so many objects that are no data."""
        kind = type(value)
        if kind is str:
            self.texts = self.texts or (value != "" and not inside)
            return value  # type: ignore[no-any-return] # it is a str
        if kind is dict:
            return ("dict", self._pairs(value, depth, inside))
        if kind is list:
            return ("list", self._items(value, depth, inside))
        return self._other(value, depth, inside)

    def _other(self, value: Any, depth: int, inside: int) -> Hashable:
        """The same of what is no text, dict or list."""
        if isinstance(value, Enum):
            return (type(value).__qualname__, value.name)
        if isinstance(value, _TEXTS):
            self.texts = self.texts or (bool(value) and not inside)
            return hash(bytes(value) if isinstance(value, bytearray) else value)
        if value is None or isinstance(value, _NUMBERS):
            return (repr(value),)  # Python says that 1 and True are equal, and hashes -1 and -2 alike
        parts = self._parts(value, depth, inside)
        return self._object(value, depth, inside + 1) if parts is None else (type(value).__qualname__, parts)

    def _parts(self, value: Any, depth: int, inside: int) -> Hashable | None:
        """What a container or a record holds; None when it is neither."""
        if isinstance(value, _LISTS):
            return self._items(value, depth, inside)
        if isinstance(value, Mapping):
            return self._pairs(value, depth, inside)
        if isinstance(value, _SETS):
            return frozenset(self._items(value, depth, inside))
        if (names := _fields(type(value))) is not None:  # type: ignore[arg-type] # a class can be hashed
            return self._items([getattr(value, name, None) for name in names], depth, inside)
        if hasattr(type(value), "model_fields"):
            return self._items((vars(value), getattr(value, "__pydantic_extra__", None)), depth, inside)
        return None

    def _items(self, values: Collection[Any], depth: int, inside: int) -> tuple[Hashable, ...]:
        self._go(len(values), depth)
        return tuple([self.of(one, depth + 1, inside) for one in values])

    def _pairs(self, values: Mapping[Any, Any], depth: int, inside: int) -> Hashable:
        self._go(2 * len(values), depth)
        return frozenset(
            [(self.of(name, depth + 1, 1), self.of(one, depth + 1, inside)) for name, one in values.items()]
        )

    def _go(self, values: int, depth: int) -> None:
        """Look at so many more values. Raises :class:`_NotSeenError` where that is too many, or too deep."""
        self._values += values
        if self._values > _MOST or depth >= _DEEPEST:
            raise _NotSeenError

    def _object(self, value: Any, depth: int, inside: int) -> Hashable:
        held = getattr(value, "__dict__", None)
        if inside > _INSIDE or (inside > 1 and held is None) or callable(value):
            return id(value)
        if held is None:
            raise _NotSeenError
        return (id(value), self._pairs(dict(held), depth, inside))
