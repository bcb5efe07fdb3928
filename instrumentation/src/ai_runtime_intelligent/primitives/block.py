"""What ``instrument(name=...)`` gives: a decorator, and a context manager around a block of code."""

from __future__ import annotations

from types import TracebackType
from typing import Any, TypeVar

from ai_runtime_intelligent.contract.kinds import PrimitiveKind
from ai_runtime_intelligent.runtime.places import caller_place

from .definition import CATALOG, Definition
from .frame import Frame, current_frame

T = TypeVar("T")


class Execution:
    """One run of a block.

    When the block calls a model, what is set as ``result`` is read as its response, and what is set as ``request`` is
    recorded as what it was asked, if that may be recorded at all.
    """

    __slots__ = ("frame", "request", "result")

    def __init__(self, frame: Frame | None) -> None:
        self.frame = frame
        self.request: Any = None
        self.result: Any = None


class Instrument:
    """Measures what it decorates, or the block that it is entered for. May be entered again and at the same time."""

    def __init__(self, name: str | None, kind: PrimitiveKind, model: str | None) -> None:
        self._name = name
        self._kind: PrimitiveKind = kind
        self._model = model
        self._under_way: list[Execution] = []

    def __call__(self, target: T) -> T:
        """Measure ``target``, as :func:`instrument` does."""
        from .instrument import instrument  # noqa: PLC0415 - each of the two gives the other

        return instrument(target, name=self._name, kind=self._kind, model=self._model)

    def __enter__(self) -> Execution:
        bound = self._definition().bound
        execution = Execution(Frame(bound) if bound is not None else None)
        self._under_way.append(execution)
        if execution.frame is not None:
            execution.frame.open()
        return execution

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        execution = self._ended()
        if execution.frame is not None:
            if execution.request is not None:
                execution.frame.asks((execution.request,), {})
            execution.frame.close(error, execution.result)

    async def __aenter__(self) -> Execution:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, tb)

    def _definition(self) -> Definition:
        """That of the first block of this name and kind."""
        name = self._name or ""
        held = CATALOG.find(name, self._kind)
        return held or CATALOG.define(
            Definition(name, self._kind, span_name=name, place=caller_place(), model=self._model)
        )

    def _ended(self) -> Execution:
        """The execution that ends: the one that runs here, for blocks of one object may run at the same time."""
        frame, under_way = current_frame(), self._under_way
        mine = next((execution for execution in reversed(under_way) if execution.frame is frame), under_way[-1])
        under_way.remove(mine)
        return mine
