"""Keeping our own failures away from the user's calls: told once, in one line, then swallowed.

The line says what kind of error it was and where. Its words are left out, as is the user's error during which it came:
they may quote what the user's calls handle.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import ParamSpec

P = ParamSpec("P")

_log = logging.getLogger("ai_runtime_intelligent")
_told: set[str] = set()
_MOST = 1000
_DEPTH = 4


def log_once(key: str, message: str, *args: object, level: int = logging.WARNING) -> None:
    """Log ``message`` unless something was logged under ``key`` before; after a thousand keys, nothing more.

    It never raises: neither when a handler of the user's does, nor while the interpreter ends.
    """
    try:
        if key not in _told and len(_told) < _MOST:
            _told.add(key)
            _log.log(level, message, *args)
    except Exception:  # noqa: BLE001, S110 - there is nobody left to tell
        pass


def forget(key: str) -> None:
    """Let ``key`` be logged again: the trouble that it told of is over."""
    _told.discard(key)


def failed(where: str) -> None:
    """Tell, once, that ``where`` failed, which is ours: the error being handled, by its type and place."""
    if where not in _told:
        log_once(
            where,
            "%s failed (%s); measurements are missing, calls are not affected",
            where,
            _described(sys.exc_info()[1]),
            level=logging.ERROR,
        )


def quiet(function: Callable[P, None]) -> Callable[P, None]:
    """Make ``function`` swallow its own errors; the first one of each function is logged."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed(function.__qualname__)

    return guarded


def _described(error: BaseException | None) -> str:
    """``TypeError at cells.py:55 < recorder.py:70``: the kind of ``error``, and the last lines that it went through."""
    try:
        places = list(_places(error.__traceback__ if error is not None else None))
        return f"{type(error).__name__} at {' < '.join(reversed(places[-_DEPTH:]))}"
    except Exception:  # noqa: BLE001 - the interpreter ends, and what this needs is gone
        return "an error"


def _places(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        yield f"{os.path.basename(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}"  # noqa: PTH119 - see places
        traceback = traceback.tb_next
