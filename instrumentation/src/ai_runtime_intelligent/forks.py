"""What a forked child begins anew: locks whose holders are not there, and work of threads that are not there either.

A child has only the thread that forked. Nobody in it gives back what another thread of the parent held at that moment.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Final, Protocol
from weakref import WeakMethod, WeakSet

from .quiet import failed


class Renewed(Protocol):
    """What does not stay in a child as it was in the parent."""

    def begin_anew(self) -> None:
        """Give up what threads of the parent held."""


_locks: Final[WeakSet[Any]] = WeakSet()
_renewed: Final[WeakSet[Renewed]] = WeakSet()


def lock() -> threading.Lock:
    """A lock that is free in a child, whoever held it in the parent."""
    made = threading.Lock()
    _locks.add(made)
    return made


def rlock() -> threading.RLock:
    """A re-entrant lock of the same kind."""
    made = threading.RLock()
    _locks.add(made)
    return made


def renew(holder: Renewed) -> None:
    """Let ``holder``, one of many that may come and go, begin anew in every child that is forked while it lives."""
    _renewed.add(holder)


def in_child(begin: Callable[[], None]) -> None:
    """Call ``begin``, a method of one of few objects, in every child that is forked while the object lives.

    It comes after what OpenTelemetry does in a child, if the object was made after OpenTelemetry's. What it raises is
    told, and goes no further.
    """
    if hasattr(os, "register_at_fork"):
        held = WeakMethod(begin)
        os.register_at_fork(after_in_child=lambda: _begin(held()))


def free(*holders: object) -> None:
    """Free every lock that is an attribute of ``holders``, which are not ours and do not do it themselves."""
    for holder in holders:
        for value in list(getattr(holder, "__dict__", {}).values()):
            if isinstance(value, _KINDS):
                _free(value)


def _free(held: Any) -> None:
    held._at_fork_reinit()  # noqa: SLF001 - as the standard library does it with its own


def _begin(begin: Callable[[], None] | None) -> None:
    try:
        if begin is not None:
            begin()
    except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
        failed("a forked child")


def _begin_all() -> None:
    for held in list(_locks):
        _free(held)
    for holder in list(_renewed):
        _begin(holder.begin_anew)


_KINDS: Final = (type(threading.Lock()), type(threading.RLock()))

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_all)
