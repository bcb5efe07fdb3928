"""The call frame: who called whom, and which part of the time was a call's own.

The frame of the running execution lies in a context variable, so that tasks and ``asyncio.to_thread`` find their
parent. Several children may run at once: time during which at least one runs is not the parent's own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from ai_runtime_intelligent import guard
from ai_runtime_intelligent.contract.kinds import ArmName, Status
from ai_runtime_intelligent.quiet import failed, quiet

if TYPE_CHECKING:
    from ai_runtime_intelligent.apm.bound import Bound
    from ai_runtime_intelligent.apm.current import Span
    from ai_runtime_intelligent.apm.joined import Joined
    from ai_runtime_intelligent.runtime.arms import Experiment

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
    if isinstance(error, GeneratorExit) or _is_cancellation(error):
        return "cancelled"
    return "error"


def _is_cancellation(error: BaseException) -> bool:
    asyncio = sys.modules.get("asyncio")  # who never loaded it never cancelled a task, and need not wait for it now
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


def hide(error: BaseException) -> None:
    """Take the frame of the function that caught ``error`` out of its traceback: it reads as it would without us."""
    try:
        if error.__traceback__ is not None:  # set past a __setattr__ of the user's, which may refuse it
            BaseException.with_traceback(error, error.__traceback__.tb_next)
    except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
        failed("hide")


def current_frame() -> Frame | None:
    """The execution that runs here."""
    return _current.get()


class Frame:
    """One execution, from :meth:`open` to :meth:`close`, or as a context manager. It never raises or swallows."""

    __slots__ = (
        "_children",
        "_covered",
        "_elsewhere",
        "_parent",
        "_since",
        "_token",
        "bound",
        "joined",
        "question",
        "span",
        "started",
    )

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.joined: Joined | None = None
        self.question: int | None = None
        self.span: Span | None = None
        self.started = 0.0
        self._children = 0
        self._covered = 0.0
        self._elsewhere = False
        self._parent: Frame | None = None
        self._since = 0.0
        self._token: Token[Frame | None] | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is not None:
            hide(error)
        self.close(error)

    def open(self) -> None:
        """The execution begins, as a child of the one that runs here."""
        try:
            bound = self.bound
            self.span = bound.begin()
            self.started = now = perf_counter()
            self._enter(now)
            if self._parent is not None:
                self._parent.bound.definition.calls(bound.definition.name)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Frame.open")

    def asks(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """The execution sends a model what stands in these arguments."""
        try:
            self.question = self.bound.asked(self.span, args, kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Frame.asks")

    def close(self, error: BaseException | None, result: Any = None) -> None:
        """The execution ended, with ``error`` or with ``result``."""
        try:
            if self.started:
                self._close(perf_counter(), error, result)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Frame.close")
            self._step_aside()

    @quiet
    def _step_aside(self) -> None:
        """What failed half-way must leave neither itself nor its span to the caller."""
        self._leave(perf_counter())

    def _close(self, now: float, error: BaseException | None, result: Any) -> None:
        self._leave(now)
        if self._elsewhere:
            self.bound.withdraw()
            return
        seconds = now - self.started
        covered = self._covered_at(now) if self._children or self._covered else 0.0
        self._record(error, seconds, max(0.0, seconds - covered), result)

    def _record(self, error: BaseException | None, seconds: float, own: float, result: Any) -> None:
        self.bound.end(self.span, error, seconds, own, result)
        if self.question is not None and error is None:
            self.bound.settled(self.question)
        if self.joined is not None:
            self.joined.end(seconds, failed=error is not None)

    def arm(self, rollout: str) -> ArmName | None:
        """The arm that this execution is in; None before it has one."""
        return self.joined.arms.get(rollout) if self.joined is not None else None

    def join(self, experiment: Experiment, arm: ArmName, *, counted: bool = True) -> None:
        """Put this execution into an arm, and count it there at its end, or as one while the arm settles."""
        totals = self.bound.arm if counted else self.bound.settling
        self._joins().enter(experiment.rollout, arm, totals(experiment, arm))

    def weigh(self, rollout: str, *, touched: bool, expected_usd: float = 0.0) -> None:
        """Tell whether the values of an experiment's arms part in this execution, if it is in one of them."""
        if self.joined is not None and rollout in self.joined.arms:
            self.joined.weigh(rollout, touched=touched, expected_usd=expected_usd)

    def spend(self, usd: float) -> None:
        """A model was called within this execution, now or when it was over."""
        self._joins().spend(usd)

    def rate(self, score: float) -> None:
        """Somebody says how good the result is, 0..1."""
        self._joins().rate(score)

    def _joins(self) -> Joined:
        with guard.lock:
            self.joined = joined = self.joined or self.bound.joined()
        return joined

    def _enter(self, now: float) -> None:
        """Become the execution that runs here."""
        self._parent = parent = _current.get()
        self._token = _current.set(self)
        if parent is not None:
            parent.child_began(now)

    def _leave(self, now: float) -> None:
        """Let the one before run here again. May be repeated."""
        token, self._token = self._token, None
        try:
            if token is not None:
                _current.reset(token)
        except ValueError:
            pass  # a coroutine closed by the garbage collector ends in another context than it began in
        if self.span is not None:
            self.span.leave()
        parent, self._parent = self._parent, None  # a context that outlives the call must not hold the whole chain
        if parent is not None:
            parent.child_ended(now)

    def hand_over(self) -> None:
        """Record nothing at the end: the work of this call is done, and recorded, elsewhere."""
        self._elsewhere = True

    def child_began(self, now: float) -> None:
        """One more child runs since ``now``."""
        with guard.lock:
            if self._children == 0:
                self._since = now
            self._children += 1

    def child_ended(self, now: float) -> None:
        """One child less runs since ``now``."""
        with guard.lock:
            self._children -= 1
            if self._children == 0:
                self._covered += now - self._since

    def _covered_at(self, now: float) -> float:
        with guard.lock:
            return self._covered + (now - self._since if self._children else 0.0)


def running(primitive: str, kind: str) -> Frame | None:
    """The running execution, if it is one of this primitive."""
    frame = _current.get()
    if frame is None or frame.bound.definition.name != primitive or frame.bound.definition.kind != kind:
        return None
    return frame


def joined_here(primitive: str, kind: str) -> Joined | None:
    """What the running execution of this primitive keeps for the arms that it is in; None when it is in none."""
    frame = running(primitive, kind)
    return frame.joined if frame is not None else None


def frames_here() -> list[Frame]:
    """The running execution and all that wait for it."""
    found, frame = [], _current.get()
    while frame is not None:
        found.append(frame)
        frame = frame._parent  # noqa: SLF001 - of the same class
    return found


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
