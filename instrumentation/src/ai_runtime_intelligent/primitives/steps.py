"""An execution that runs in steps: between two of them the caller's code runs."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from ai_runtime_intelligent.contract.metrics import FIRST_ITEM, ITEMS
from ai_runtime_intelligent.quiet import failed

from .frame import Frame

if TYPE_CHECKING:
    from ai_runtime_intelligent.apm.bound import Bound

    from .streams import Watch


class Steps(Frame):
    """The execution of a generator. It is measured from its first step, and its own time is that of its steps."""

    __slots__ = ("_asked", "_before", "_items", "_own", "_resumed", "_watch")

    def __init__(self, bound: Bound, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None) -> None:
        super().__init__(bound)
        self._items = 0
        self._own = 0.0
        self._resumed = 0.0
        self._before = 0.0
        self._watch = _watch(bound)
        self._asked = None if self._watch is None else (args, kwargs or {})

    def resume(self) -> None:
        """A step begins: the execution starts, or goes on below whatever runs here now."""
        if not self.started:
            self.open()
            if self._asked is not None:
                self.asks(*self._asked)
                self._asked = None
            self._resumed = self.started
            return
        try:
            self._resumed = now = perf_counter()
            self._before = self._covered_at(now)
            self._enter(now)
            if self.span is not None:
                self.span.enter()
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Steps.resume")

    def pause(self, item: Any) -> None:
        """A step gave ``item``: the caller's code runs."""
        try:
            if self.started:
                self._pause(perf_counter(), item)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Steps.pause")

    def _pause(self, now: float, item: Any) -> None:
        self._own += self._own_since(now)
        self._leave(now)
        self._items += 1
        self.bound.count(ITEMS, ())
        if self._items == 1:
            self.bound.observe(FIRST_ITEM, now - self.started)
        if self._watch is not None:
            self._watch.see(item)

    def _own_since(self, now: float) -> float:
        return max(0.0, now - self._resumed - (self._covered_at(now) - self._before))

    def _close(self, now: float, error: BaseException | None, result: Any) -> None:
        self._leave(now)
        if self._watch is not None:
            self._watch.end(error)
            result = self._watch.answer
        self._record(error, now - self.started, self._own + self._own_since(now), result)


def _watch(bound: Bound) -> Watch | None:
    """What reads the items of a generator that calls a model."""
    if bound.definition.kind != "llm":
        return None
    from .streams import Watch  # noqa: PLC0415 - loaded where a model is called

    return Watch(bound.piece)


class _NotMeasured:
    """The steps of a generator that nobody measures."""

    def resume(self) -> None:
        """Nothing."""

    def pause(self, item: Any) -> None:
        """Nothing."""

    def close(self, error: BaseException | None) -> None:
        """Nothing."""


NOT_MEASURED: Final = _NotMeasured()
