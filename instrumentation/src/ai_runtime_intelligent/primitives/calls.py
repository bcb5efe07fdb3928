"""Calling whatever the user gave: a function, a coroutine function, or an object with ``execute``."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any

Call = Callable[[Any, Any], Awaitable[Any]]
PlainCall = Callable[[Any, Any], Any]


def as_call(target: Any) -> Call:
    """``target`` as ``await call(value, context)``.

    An ``execute`` gets the context as its second argument if it takes one, a function if it has a parameter of the
    name ``context``. Raises TypeError when ``target`` cannot be called.
    """
    plain = _as_plain(target)

    async def call(value: Any, context: Any) -> Any:
        result = plain(value, context)
        return await result if inspect.isawaitable(result) else result

    return call


def as_sync_call(target: Any) -> PlainCall:
    """``target`` as ``call(value, context)``, with the same arguments as :func:`as_call` would give it.

    Raises TypeError when ``target`` cannot be called; so does the call when it gives a coroutine.
    """
    plain = _as_plain(target)

    def call(value: Any, context: Any) -> Any:
        result = plain(value, context)
        if inspect.isawaitable(result):
            if isinstance(result, CoroutineType):
                result.close()  # it will not be awaited
            raise TypeError(f"{target!r} is asynchronous: await execute() instead of calling execute_sync()")
        return result

    return call


def as_reader(function: Callable[..., Any]) -> PlainCall:
    """A function of an input, such as a key, as ``read(value, context)``: one that needs two arguments gets both."""
    required = [p for p in _parameters(function).values() if p.kind in _POSITIONAL and p.default is p.empty]
    return function if len(required) > 1 else lambda value, _: function(value)


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _as_plain(target: Any) -> PlainCall:
    execute = getattr(target, "execute", None)
    if callable(execute):
        if _takes_two(execute):
            return lambda value, context: target.execute(value, context)  # noqa: PLW0108 - it may be instrumented later
        return lambda value, _: target.execute(value)
    if not callable(target):
        raise TypeError(f"{target!r} is neither callable nor has an execute method")
    if "context" in _parameters(target):
        return lambda value, context: target(value, context=context)
    return lambda value, _: target(value)


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}  # builtins without a signature


def _takes_two(execute: Callable[..., Any]) -> bool:
    kinds = [parameter.kind for parameter in _parameters(execute).values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds or sum(kind in _POSITIONAL for kind in kinds) > 1
