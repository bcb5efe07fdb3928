"""Where a definition stands in the user's source."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, NamedTuple

from ai_runtime_intelligent.quiet import failed

_PACKAGE = __name__.partition(".")[0]


class Place(NamedTuple):  # loading dataclasses would cost more than all of this
    """A line of source. ``is_def`` says that ``line`` belongs to a function's definition, decorators included."""

    file: str
    line: int
    function: str
    module: str
    is_def: bool = False


def place_of(target: Any) -> Place:
    """The definition of a callable or of an object's ``execute``; of a callable without source, the caller's line."""
    try:
        return _place_of(target)
    except Exception:  # noqa: BLE001 - what somebody else's attributes do when they are looked at
        failed("place_of")
        return Place("", 0, "", "")


def _place_of(target: Any) -> Place:
    function = _function_behind(target)
    code: CodeType | None = getattr(function, "__code__", None)
    if code is None:
        return caller_place()
    module = str(getattr(function, "__module__", "") or "")
    return Place(_absolute(code.co_filename), code.co_firstlineno, code.co_qualname, module, is_def=True)


def _function_behind(target: Any) -> Any:
    target = inspect.unwrap(getattr(target, "execute", target))
    while isinstance(target, functools.partial):
        target = target.func
    if not hasattr(target, "__code__") and not hasattr(target, "__func__") and hasattr(target, "__call__"):  # noqa: B004
        target = target.__call__
    return inspect.unwrap(getattr(target, "__func__", target))


def caller_place() -> Place:
    """The line of the first caller outside this package."""
    frame = inspect.currentframe()
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    if frame is None:
        return Place("", 0, "", "")
    file = _absolute(frame.f_code.co_filename)
    return Place(file, frame.f_lineno, frame.f_code.co_qualname, str(frame.f_globals.get("__name__", "")))


def _absolute(file: str) -> str:
    return os.path.abspath(file)  # noqa: PTH100 - loading pathlib is a tenth of what importing the decorator costs


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE


def doc_of(function: Callable[..., Any] | Any, limit: int = 2000) -> str:
    """The docstring, without indentation, at most ``limit`` characters."""
    try:
        return (inspect.getdoc(_function_behind(function)) or "")[:limit]
    except Exception:  # noqa: BLE001 - the same
        failed("doc_of")
        return ""
