"""State that all primitives of one name share, as they share their metrics and tunables.

A primitive that is built anew for every request then still learns, and still has one budget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from cachetools import LRUCache

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.contract.kinds import PrimitiveKind

T = TypeVar("T")

SHARED_CAP: Final = 2000
"""Names whose state is kept; past it the least recently used one begins anew."""

_lock: Final = forks.lock()
_states: Final[LRUCache[tuple[str, str], Any]] = LRUCache(maxsize=SHARED_CAP)


def shared(name: str, kind: PrimitiveKind, make: Callable[[], T]) -> T:
    """The state of all primitives of this name and kind; ``make`` gives the first one theirs."""
    with _lock:
        if (name, kind) not in _states:
            _states[name, kind] = make()
        state: T = _states[name, kind]
        return state


def clear() -> None:
    """Forget every state; for tests."""
    with _lock:
        _states.clear()
