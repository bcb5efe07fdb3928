"""``instrument()``: measure anyone's function, generator, method, class or object, or a block of code."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ai_runtime_intelligent.contract.kinds import PrimitiveKind
from ai_runtime_intelligent.runtime.places import doc_of, place_of

from .definition import CATALOG, Definition, LabelSet
from .naming import MARK
from .wrapping import measured

if TYPE_CHECKING:
    from .block import Instrument

T = TypeVar("T")


@overload
def instrument(
    target: T, *, name: str | None = None, kind: PrimitiveKind = "function", model: str | None = None
) -> T: ...


@overload
def instrument(
    target: None = None, *, name: str | None = None, kind: PrimitiveKind = "function", model: str | None = None
) -> Instrument: ...


def instrument(
    target: Any = None, *, name: str | None = None, kind: PrimitiveKind = "function", model: str | None = None
) -> Any:
    """Measure ``target``: a decorator with or without arguments, a call around something that exists, or a block.

    A function, coroutine function, generator or method gives one of its own sort and signature. A class and an object
    stay themselves: their ``execute`` is measured, and of a class without one its ``__call__``. Without a target, what
    is given decorates, or measures a block: ``with instrument(name="parse"):``. ``name`` defaults to the qualified
    name. With ``kind="llm"`` token usage is read from what is returned or streamed (in OpenAI's, Anthropic's or
    Gemini's shape) and priced; ``model`` names the model where the response does not.

    Raises TypeError for what can neither be called nor executed, ValueError for an unknown kind.
    """
    if target is None:
        from .block import Instrument  # noqa: PLC0415 - imports cost what they bring, see benchmarks

        return Instrument(name, kind, model)
    if isinstance(target, type):
        return _class(target, name, kind, model)
    if _is_measured(getattr(target, "execute", target)):
        return target
    if not callable(getattr(target, "execute", None)):
        return measured(_callable(target), CATALOG.define(_describe(target, name, kind, model)))
    return _object(target, name, kind, model)


def _is_measured(function: Any) -> bool:
    return isinstance(getattr(function, MARK, None), Definition)


def _callable(target: Any) -> Any:
    if callable(target) or isinstance(target, classmethod):
        return target
    raise TypeError(f"{target!r} is neither callable nor has an execute method")


def _class(cls: type, name: str | None, kind: PrimitiveKind, model: str | None) -> type:
    """``cls``, whose instances are measured from now on, those that exist already included."""
    from .base import Primitive  # noqa: PLC0415 - the same

    method = next((method for method in ("execute", "__call__") if _found(cls, method) is not None), None)
    if method is None:
        raise TypeError(f"{cls.__name__} has neither an execute method nor a __call__")
    found = _found(cls, method)
    if issubclass(cls, Primitive) or _is_measured(getattr(found, "__func__", found)):
        return cls
    definition = _describe(getattr(cls, method), name or _qualname(cls), kind, model)
    definition.span_name = f"{cls.__name__}.{method.strip('_')}"
    try:
        setattr(cls, method, measured(found, CATALOG.define(definition)))
    except TypeError as error:
        raise TypeError(f"{cls.__name__} cannot be changed: instrument what calls it") from error
    return cls


def _found(cls: type, name: str) -> Any:
    """The attribute as it stands in the class or the nearest of its bases, not bound to anything."""
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)


def _object(target: Any, name: str | None, kind: PrimitiveKind, model: str | None) -> Any:
    """``target``, whose ``execute`` is measured from now on; if it is of a known make, so is what it decides."""
    from .base import Primitive  # noqa: PLC0415 - the same
    from .foreign import measure  # noqa: PLC0415
    from .recognise import recognise  # noqa: PLC0415

    if isinstance(target, Primitive):
        return target
    if kind == "function" and (seen := recognise(target)) is not None:
        return measure(target, seen, name=name)
    try:
        target.execute = measured(target.execute, CATALOG.define(_describe(target, name, kind, model)))
    except AttributeError as error:
        message = f"{type(target).__name__} takes no attributes: instrument its execute method in the class"
        raise TypeError(message) from error
    return target


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
        known=_known(model) if kind == "llm" and model else (),
    )


def _known(model: str) -> tuple[LabelSet, ...]:
    from ai_runtime_intelligent.contract.metrics import UNPRICED  # noqa: PLC0415 - the same

    return ((UNPRICED, (model,)),)


def _qualname(target: Any) -> str:
    while isinstance(target, functools.partial):
        target = target.func
    target = getattr(target, "__func__", target)
    qualname = str(getattr(target, "__qualname__", type(target).__qualname__))
    return qualname.rpartition("<locals>.")[2]
