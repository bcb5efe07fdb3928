"""Keeping our own failures away from the user's calls: told once, then swallowed."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")

_log = logging.getLogger("ai_runtime_intelligent")
_told: set[str] = set()
_MOST = 1000


def log_once(key: str, message: str, *args: object, level: int = logging.WARNING) -> None:
    """Log ``message`` unless something was logged under ``key`` before; after a thousand keys, nothing more."""
    if key not in _told and len(_told) < _MOST:
        _told.add(key)
        _log.log(level, message, *args)


def forget(key: str) -> None:
    """Let ``key`` be logged again: the trouble that it told of is over."""
    _told.discard(key)


def failed(where: str) -> None:
    """Tell, once and with the traceback of the error being handled, that ``where`` failed, which is ours."""
    if where not in _told:
        _told.add(where)
        _log.exception("%s failed; measurements are missing, calls are not affected", where)


def quiet(function: Callable[P, None]) -> Callable[P, None]:
    """Make ``function`` swallow its own errors; the first one of each function is logged with its traceback."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed(function.__qualname__)

    return guarded
