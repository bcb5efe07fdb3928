"""A callable object, measured: it has the attributes and the class of what it stands for."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from .definition import Definition
from .naming import MARK


class MeasuredCallable:
    """Calls ``measured``, and is ``target`` in everything else that can be asked of it by name."""

    __slots__ = ("__weakref__", "__wrapped__", "_airuntime_call", "_airuntime_definition")

    def __init__(self, target: Any, measured: Callable[..., Any], definition: Definition) -> None:
        object.__setattr__(self, "__wrapped__", target)
        object.__setattr__(self, "_airuntime_call", measured)
        object.__setattr__(self, "_airuntime_definition", definition)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # so that isinstance() sees the target
        return type(self.__wrapped__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """One execution."""
        return self._airuntime_call(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None or not hasattr(type(self.__wrapped__), "__get__"):
            return self
        return MethodType(self, instance)

    def __getattr__(self, name: str) -> Any:
        return self._airuntime_definition if name == MARK else getattr(self.__wrapped__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__wrapped__, name, value)

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == (other.__wrapped__ if type(other) is MeasuredCallable else other))

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)
