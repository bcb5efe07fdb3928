"""Streamed answers of models: handed on as they are, and read while the caller reads them.

What a call cost is known when its stream ends, is closed, fails or is dropped, and is told then. The caller holds a
stand-in that behaves as the stream: the same chunks, attributes and type under ``isinstance``.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import perf_counter
from types import TracebackType
from typing import Any, Final, Self

from ai_runtime_intelligent.quiet import quiet

from .definition import Definition
from .frame import hide
from .llm import Answer, answered, model_of, reported

Done = Callable[[Answer, BaseException | None], None]

_MOST_TEXT: Final = 65_536


class Watch:
    """What a stream has told so far. Later numbers replace earlier ones, as all three APIs mean them.

    ``items`` came, the ``first`` of them at that ``perf_counter()``.
    """

    __slots__ = ("_answer", "_error", "_followers", "_model", "_piece", "_room", "_texts", "_usage", "first", "items")

    def __init__(self, piece: Callable[[Any], str] | None = None) -> None:
        """With ``piece``, which gives the text of one chunk, the answer has the text of all, as far as it is kept."""
        self._piece = piece
        self._texts: list[str] = []
        self._room = _MOST_TEXT
        self.items = 0
        self.first: float | None = None
        self._model: str | None = None
        self._usage: dict[str, Any] = {}
        self._followers: list[Done] = []
        self._answer: Answer | None = None
        self._error: BaseException | None = None

    @quiet
    def see(self, chunk: Any) -> None:
        """Read one chunk."""
        if self.first is None:
            self.first = perf_counter()
        self.items += 1
        self._model = self._model or model_of(chunk)
        self._usage.update(reported(chunk) or {})
        if self._piece is not None and self._room > 0:
            self._texts.append(self._piece(chunk)[: self._room])
            self._room -= len(self._texts[-1])

    @quiet
    def end(self, error: BaseException | None = None) -> None:
        """The stream is over; only the first time counts."""
        if self._answer is None:
            answer = answered(self._model, self._usage or None)
            self._answer, self._error = replace(answer, text="".join(self._texts)), error
            self._tell(self._answer)

    def left(self, error: BaseException) -> None:
        """The stream was left by ``error``, which for an iterator that has ended is no failure."""
        self.end(None if isinstance(error, StopIteration | StopAsyncIteration) else error)
        hide(error)

    def follow(self, done: Done) -> None:
        """Tell ``done`` the answer, and the error if there was one, when the stream is over."""
        self._followers.append(done)
        if self._answer is not None:
            self._tell(self._answer)

    @property
    def answer(self) -> Answer | None:
        """What the stream told, when it is over."""
        return self._answer

    def _tell(self, answer: Answer) -> None:
        followers, self._followers = self._followers, []
        for done in followers:
            done(answer, self._error)


class Stream:
    """The stand-in for a stream; see its two kinds below."""

    __slots__ = ("__weakref__", "_airuntime_stream", "_airuntime_watch")

    def __init__(self, stream: Any, watch: Watch | None = None) -> None:
        object.__setattr__(self, "_airuntime_stream", stream)
        object.__setattr__(self, "_airuntime_watch", watch or Watch())

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # so that isinstance() sees the stream
        return type(self._airuntime_stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._airuntime_stream, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._airuntime_stream, name, value)

    def __repr__(self) -> str:
        return repr(self._airuntime_stream)

    def __del__(self) -> None:
        self._airuntime_watch.end()


class SyncStream(Stream):
    """A stand-in for an iterator or a generator."""

    __slots__ = ()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            chunk = self._airuntime_stream.__next__()
        except BaseException as error:
            self._airuntime_watch.left(error)
            raise
        self._airuntime_watch.see(chunk)
        return chunk

    def __enter__(self) -> Any:
        entered = self._airuntime_stream.__enter__()
        return self if entered is self._airuntime_stream else entered

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> Any:
        try:
            return self._airuntime_stream.__exit__(kind, error, tb)
        finally:
            self._airuntime_watch.end()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._airuntime_stream, name)
        if name in ("send", "throw"):
            return functools.partial(self._step, found)
        return functools.partial(self._close, found) if name == "close" else found

    def _step(self, step: Callable[..., Any], *args: Any) -> Any:
        try:
            chunk = step(*args)
        except BaseException as error:
            self._airuntime_watch.left(error)
            raise
        self._airuntime_watch.see(chunk)
        return chunk

    def _close(self, close: Callable[[], Any]) -> Any:
        try:
            return close()
        finally:
            self._airuntime_watch.end()


class AsyncStream(Stream):
    """A stand-in for an asynchronous iterator or generator."""

    __slots__ = ()

    def __aiter__(self) -> Any:
        if hasattr(self._airuntime_stream, "__anext__"):
            return self
        return AsyncStream(aiter(self._airuntime_stream), self._airuntime_watch)

    def __anext__(self) -> Awaitable[Any]:
        return self._step(self._airuntime_stream.__anext__)

    async def __aenter__(self) -> Any:
        entered = await self._airuntime_stream.__aenter__()
        return self if entered is self._airuntime_stream else entered

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> Any:
        try:
            return await self._airuntime_stream.__aexit__(kind, error, tb)
        finally:
            self._airuntime_watch.end()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._airuntime_stream, name)
        if name in ("asend", "athrow"):
            return functools.partial(self._step, found)
        return functools.partial(self._close, found) if name in ("close", "aclose") else found

    async def _step(self, step: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        try:
            chunk = await step(*args)
        except BaseException as error:
            self._airuntime_watch.left(error)
            raise
        self._airuntime_watch.see(chunk)
        return chunk

    async def _close(self, close: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await close()
        finally:
            self._airuntime_watch.end()


def watch_of(result: Any) -> Watch | None:
    """The watch of a stand-in, None for everything else."""
    return result._airuntime_watch if issubclass(type(result), Stream) else None  # noqa: SLF001 - our own


def stand_in(result: Any, definition: Definition) -> Any:
    """``result``, or its stand-in where it is a stream and ``definition`` is measured."""
    kind = type(result)
    if definition.bound is None or issubclass(kind, Stream):
        return result
    if hasattr(kind, "__anext__") or hasattr(kind, "__aiter__"):
        return AsyncStream(result)
    return SyncStream(result) if hasattr(kind, "__next__") else result
