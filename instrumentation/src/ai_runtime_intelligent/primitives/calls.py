"""Calling whatever the user gave: a function, a coroutine function, or an object with ``execute``."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

Call = Callable[[Any, Any], Awaitable[Any]]


def as_call(target: Any) -> Call:
    """``target`` as ``await call(value, context)``.

    An ``execute`` gets the context as its second argument if it takes one, a function if it has a parameter of the
    name ``context``. Raises TypeError when ``target`` cannot be called.
    """
    execute = getattr(target, "execute", None)
    if callable(execute):
        return _positional(execute) if _takes_two(execute) else _alone(execute)
    if not callable(target):
        raise TypeError(f"{target!r} is neither callable nor has an execute method")
    return _named(target) if "context" in _parameters(target) else _alone(target)


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}  # builtins without a signature


def _takes_two(execute: Callable[..., Any]) -> bool:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    kinds = [parameter.kind for parameter in _parameters(execute).values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds or sum(kind in positional for kind in kinds) > 1


def _positional(function: Callable[..., Any]) -> Call:
    async def call(value: Any, context: Any) -> Any:
        result = function(value, context)
        return await result if inspect.isawaitable(result) else result

    return call


def _named(function: Callable[..., Any]) -> Call:
    async def call(value: Any, context: Any) -> Any:
        result = function(value, context=context)
        return await result if inspect.isawaitable(result) else result

    return call


def _alone(function: Callable[..., Any]) -> Call:
    async def call(value: Any, context: Any) -> Any:  # noqa: ARG001 - same shape as its siblings
        result = function(value)
        return await result if inspect.isawaitable(result) else result

    return call
