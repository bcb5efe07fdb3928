"""Wrappers around functions, coroutine functions, methods and callable objects: from outside they are the same."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from types import BuiltinFunctionType, CoroutineType, FunctionType, MethodType
from typing import Any, Final

from .definition import Definition
from .frame import Frame, hide
from .naming import MARK

Function = Callable[..., Any]
Finish = Callable[[Any], Any]

_FUNCTIONS: Final = (FunctionType, BuiltinFunctionType)


def measured(function: Any, definition: Definition) -> Any:
    """``function``, every call of which is an execution. A method stays bound, a descriptor stays a descriptor."""
    if isinstance(function, staticmethod | classmethod):
        return type(function)(measured(function.__func__, definition))
    if isinstance(function, MethodType):
        return MethodType(measured(function.__func__, definition), function.__self__)
    wrapper = _wrapped(function, definition)
    if not isinstance(function, _FUNCTIONS):
        from .callables import MeasuredCallable  # noqa: PLC0415 - imports cost what they bring, see benchmarks

        return MeasuredCallable(function, wrapper, definition)
    setattr(wrapper, MARK, definition)
    return wrapper


def _wrapped(function: Function, definition: Definition) -> Function:
    # Of an object that is called, __call__ tells what it is.
    told = (function, getattr(function, "__call__", None))  # noqa: B004 - it is not asked whether it can be called
    is_async = any(map(inspect.isasyncgenfunction, told))
    if is_async or any(map(inspect.isgeneratorfunction, told)):
        from .generating import measured_generator  # noqa: PLC0415 - the same

        return measured_generator(function, definition, is_async=is_async)
    finish = _finish(definition)
    if any(map(inspect.iscoroutinefunction, told)):
        return _measured_async(function, definition, finish)
    return _measured_sync(function, definition, finish)


def _finish(definition: Definition) -> Finish | None:
    """What a result goes through before it is given out: the stream of a model is read on its way."""
    if definition.kind != "llm":
        return None
    from .streams import stand_in  # noqa: PLC0415 - loaded where a model is called

    return lambda result: stand_in(result, definition)


def _measured_async(function: Function, definition: Definition, finish: Finish | None) -> Function:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        bound = definition.bound
        if bound is None:
            try:
                return await function(*args, **kwargs)
            except BaseException as error:
                hide(error)
                raise
        frame = Frame(bound)
        frame.open()
        if finish is not None:
            frame.asks(args, kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            hide(error)
            frame.close(error)
            raise
        if finish is not None:
            result = finish(result)
        frame.close(None, result)
        return result

    return wrapper


def _measured_sync(function: Function, definition: Definition, finish: Finish | None) -> Function:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        bound = definition.bound
        if bound is None:
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                hide(error)
                raise
        frame = Frame(bound)
        frame.open()
        if finish is not None:
            frame.asks(args, kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            hide(error)
            frame.close(error)
            raise
        if type(result) is CoroutineType:
            frame.hand_over()
            result = _measured_async(_giving(result), definition, finish)()
        elif finish is not None:
            result = finish(result)
        frame.close(None, result)
        return result

    return wrapper


def _giving(coroutine: CoroutineType[Any, Any, Any]) -> Function:
    """A function whose work is the rest of ``coroutine``: there the work of a plain function that gave it is done."""

    def rest() -> Coroutine[Any, Any, Any]:
        return coroutine

    rest.__name__, rest.__qualname__ = coroutine.__name__, coroutine.__qualname__
    return rest
