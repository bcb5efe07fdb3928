"""Estimating how much memory a value holds, at bounded cost."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

_LIMIT: Final = 1000


def estimated_bytes(value: Any) -> int:
    """Bytes of ``value`` and what it holds, each object once; only the first thousand objects are looked at."""
    seen: set[int] = set()
    waiting, total = [value], 0
    while waiting and len(seen) < _LIMIT:
        item = waiting.pop()
        if id(item) not in seen:
            seen.add(id(item))
            total += sys.getsizeof(item, 0)
            waiting.extend(_held(item))
    return total


def _held(item: Any) -> Iterable[Any]:
    if isinstance(item, str | bytes | bytearray | int | float | type):
        return ()
    if isinstance(item, Mapping):
        return [*item.keys(), *item.values()][:_LIMIT]
    if isinstance(item, list | tuple | set | frozenset):
        return list(item)[:_LIMIT]
    return [attributes] if (attributes := getattr(item, "__dict__", None)) else ()
