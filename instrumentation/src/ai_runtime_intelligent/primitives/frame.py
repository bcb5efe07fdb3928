"""The call frame: who called whom, and which part of the time was a call's own.

The frame of the running execution lies in a context variable, so that tasks and ``asyncio.to_thread`` find their
parent. Several children may run at once: time during which at least one runs is not the parent's own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from ai_runtime_intelligent.contract.kinds import Status
from ai_runtime_intelligent.quiet import quiet

if TYPE_CHECKING:
    from ai_runtime_intelligent.apm.bound import Bound
    from ai_runtime_intelligent.apm.spans import Span

_current: ContextVar[Frame | None] = ContextVar("airuntime_frame", default=None)


_TIMEOUTS: Final = frozenset({"TimeoutError", "Timeout", "TimeoutException", "APITimeoutError"})
"""What libraries call the timeouts that are not the built-in one."""


def _is_timeout(error_class: type[BaseException]) -> bool:
    return any(one.__name__ in _TIMEOUTS for one in error_class.__mro__)


def status_of(error: BaseException | None) -> Status:
    """How an execution that left with ``error`` ended."""
    if error is None:
        return "ok"
    if isinstance(error, TimeoutError) or _is_timeout(type(error)):
        return "timeout"
    if isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        return "cancelled"
    return "error"


class Frame:
    """One execution, as a context manager that never raises and never swallows."""

    __slots__ = (
        "_children",
        "_covered",
        "_elsewhere",
        "_lock",
        "_parent",
        "_since",
        "_token",
        "bound",
        "result",
        "span",
        "started",
    )

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.result: Any = None
        self.span: Span | None = None
        self.started = 0.0
        self._children = 0
        self._covered = 0.0
        self._elsewhere = False
        self._lock = threading.Lock()
        self._parent: Frame | None = None
        self._since = 0.0
        self._token: Token[Frame | None] | None = None

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.started:
            self._close(error)

    @quiet
    def _open(self) -> None:
        self._parent = _current.get()
        self.span = self.bound.begin()
        self._token = _current.set(self)
        self.started = perf_counter()
        if self._parent is not None:
            self._parent.child_began(self.started)
            self._parent.bound.definition.calls(self.bound.definition.name)

    @quiet
    def _close(self, error: BaseException | None) -> None:
        now = perf_counter()
        parent, self._parent = self._parent, None  # a context that outlives the call must not hold the whole chain
        result, self.result = self.result, None
        if parent is not None:
            parent.child_ended(now)
        self._leave()
        if self._elsewhere:
            self.bound.withdraw(self.span)
            return
        seconds = now - self.started
        self.bound.end(self.span, error, seconds, max(0.0, seconds - self._covered_at(now)), result)

    def _leave(self) -> None:
        # A coroutine closed by the garbage collector ends in another context than it began in.
        with suppress(ValueError):
            if self._token is not None:
                _current.reset(self._token)

    def hand_over(self) -> None:
        """Record nothing at the end: the work of this call is done, and recorded, elsewhere."""
        self._elsewhere = True

    def child_began(self, now: float) -> None:
        """One more child runs since ``now``."""
        with self._lock:
            if self._children == 0:
                self._since = now
            self._children += 1

    def child_ended(self, now: float) -> None:
        """One child less runs since ``now``."""
        with self._lock:
            self._children -= 1
            if self._children == 0:
                self._covered += now - self._since

    def _covered_at(self, now: float) -> float:
        with self._lock:
            return self._covered + (now - self._since if self._children else 0.0)


@contextmanager
def not_own() -> Iterator[None]:
    """Time inside is not the running execution's own: it waits for work that another execution does."""
    frame = _current.get()
    if frame is None:
        yield
        return
    frame.child_began(perf_counter())
    try:
        yield
    finally:
        frame.child_ended(perf_counter())
