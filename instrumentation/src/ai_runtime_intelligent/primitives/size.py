"""Estimating how much memory a value holds, at bounded cost."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

_LIMIT: Final = 1000
_SAMPLE: Final = 200


def estimated_bytes(value: Any) -> int:
    """Bytes of ``value`` and what it holds, each object once.

    Only the first thousand objects are looked at, of one container the first two hundred items: the rest is taken to
    be like them.
    """
    seen: set[int] = set()
    waiting: deque[tuple[Any, float]] = deque([(value, 1.0)])
    total = weight = 0.0
    while waiting and len(seen) < _LIMIT:
        item, stands_for = waiting.popleft()
        if id(item) in seen:
            continue
        seen.add(id(item))
        total += stands_for * sys.getsizeof(item, 0)
        weight += stands_for
        items, share = _held(item)
        waiting.extend((one, stands_for * share) for one in items)
    return round(total + sum(stands_for for _, stands_for in waiting) * total / max(weight, 1.0))


def _held(item: Any) -> tuple[Sequence[Any], float]:
    """A sample of what ``item`` holds, and how many objects each of the sample stands for."""
    if isinstance(item, str | bytes | bytearray | int | float | type):
        return (), 1.0
    if isinstance(item, Mapping):
        sample = [part for pair in _some(item.items()) for part in pair]
        return sample, _share(2 * len(item), sample)
    if isinstance(item, list | tuple | set | frozenset | deque):
        sample = _some(item)
        return sample, _share(len(item), sample)
    return _attributes(item), 1.0


def _attributes(item: Any) -> list[Any]:
    slots = [name for cls in type(item).__mro__ for name in _names(getattr(cls, "__slots__", ()))]
    found = [getattr(item, name, None) for name in slots if not name.startswith("__")]
    attributes = getattr(item, "__dict__", None)
    return [*found, attributes] if attributes else found


def _names(slots: Any) -> Iterable[str]:
    return (slots,) if isinstance(slots, str) else slots


def _some(items: Iterable[Any]) -> list[Any]:
    return list(islice(items, _SAMPLE))


def _share(count: int, sample: list[Any]) -> float:
    return count / len(sample) if sample else 1.0
