"""``instrument()``: measure anyone's function, coroutine function or object with ``execute``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from types import CoroutineType
from typing import Any, TypeVar, overload

from ai_runtime_intelligent.contract.kinds import PrimitiveKind
from ai_runtime_intelligent.contract.metrics import UNPRICED
from ai_runtime_intelligent.runtime.places import doc_of, place_of

from .base import Primitive
from .definition import CATALOG, Definition
from .foreign import measure
from .frame import Frame
from .naming import MARK as _MARK
from .recognise import recognise

T = TypeVar("T")


@overload
def instrument(
    target: T, *, name: str | None = None, kind: PrimitiveKind = "function", model: str | None = None
) -> T: ...


@overload
def instrument(
    target: None = None, *, name: str | None = None, kind: PrimitiveKind = "function", model: str | None = None
) -> Callable[[T], T]: ...


def instrument(
    target: Any = None, *, name: str | None = None, kind: PrimitiveKind = "function", model: str | None = None
) -> Any:
    """Measure ``target``: a decorator with or without arguments, or a call around something that exists.

    A function gives a function of the same signature; an object keeps its identity and has its ``execute`` measured.
    ``name`` defaults to the qualified name. With ``kind="llm"`` token usage is read from the returned object or stream
    (in OpenAI's, Anthropic's or Gemini's shape) and priced; ``model`` names the model where the response does not.

    Raises TypeError for what cannot be measured by one call, such as generators and classes; ValueError for an
    unknown kind.
    """
    if target is None:
        return functools.partial(instrument, name=name, kind=kind, model=model)
    if isinstance(target, Primitive) or hasattr(getattr(target, "execute", target), _MARK):
        return target
    if kind == "function" and (seen := recognise(target)) is not None:
        return measure(target, seen, name=name)
    _refuse(target)
    definition = CATALOG.define(_describe(target, name, kind, model))
    if callable(getattr(target, "execute", None)):
        return _with_measured_execute(target, definition)
    return _measured(target, definition)


def _refuse(target: Any) -> None:
    if isinstance(target, type):
        raise TypeError(f"instrument() takes no class: instrument {target.__name__}.execute, or an instance")
    function = getattr(target, "execute", target)
    if not callable(function):
        raise TypeError(f"{target!r} is neither callable nor has an execute method")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("instrument() takes no generator function: its work is done after it has returned")


def _describe(target: Any, name: str | None, kind: PrimitiveKind, model: str | None) -> Definition:
    qualname = _qualname(target)
    has_execute = callable(getattr(target, "execute", None))
    return Definition(
        name or qualname,
        kind,
        span_name=f"{type(target).__name__}.execute" if has_execute else qualname,
        place=place_of(target),
        doc=doc_of(target),
        model=model,
        known=((UNPRICED, (model,)),) if kind == "llm" and model else (),
    )


def _qualname(target: Any) -> str:
    while isinstance(target, functools.partial):
        target = target.func
    qualname = str(getattr(target, "__qualname__", type(target).__qualname__))
    return qualname.rpartition("<locals>.")[2]


def _with_measured_execute(target: Any, definition: Definition) -> Any:
    try:
        target.execute = _measured(target.execute, definition)
    except AttributeError as error:
        message = f"{type(target).__name__} takes no attributes: instrument its execute method in the class"
        raise TypeError(message) from error
    return target


def _measured(function: Callable[..., Any], definition: Definition) -> Callable[..., Any]:
    if definition.kind == "llm":
        from .streams import passing_streams  # noqa: PLC0415 - loaded where a model is called

        function = passing_streams(function, definition)
    is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - objects whose __call__ is a coroutine function
    )
    wrapper = _measured_async(function, definition) if is_async else _measured_sync(function, definition)
    setattr(wrapper, _MARK, definition)
    return wrapper


def _measured_async(function: Callable[..., Any], definition: Definition) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        bound = definition.bound
        if bound is None:
            return await function(*args, **kwargs)
        frame = Frame(bound)
        frame.open()
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            frame.close(error)
            raise
        frame.close(None, result)
        return result

    return wrapper


def _measured_sync(function: Callable[..., Any], definition: Definition) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        bound = definition.bound
        if bound is None:
            return function(*args, **kwargs)
        frame = Frame(bound)
        frame.open()
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            frame.close(error)
            raise
        if type(result) is CoroutineType:
            frame.hand_over()
            result = _awaited(result, definition)
        frame.close(None, result)
        return result

    return wrapper


async def _awaited(coroutine: Coroutine[Any, Any, Any], definition: Definition) -> Any:
    """The rest of a plain function that returned a coroutine: there its work is done."""
    bound = definition.bound
    if bound is None:
        return await coroutine
    frame = Frame(bound)
    frame.open()
    try:
        result = await coroutine
    except BaseException as error:
        frame.close(error)
        raise
    frame.close(None, result)
    return result
