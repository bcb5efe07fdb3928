"""One flight for one question: threads that ask the same at the same time wait for the first one's answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """The questions that are under way."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[Hashable, Future[T]] = {}

    def fly(self, question: Hashable, ask: Callable[[], T]) -> T:
        """What ``ask`` gives or raises, for the first one that asks and for everyone who asks meanwhile."""
        with self._lock:
            found = self._under_way.get(question)
            mine: Future[T] = Future()
            if found is None:
                self._under_way[question] = mine
        return found.result() if found is not None else self._ask(question, mine, ask)

    def _ask(self, question: Hashable, mine: Future[T], ask: Callable[[], T]) -> T:
        try:
            mine.set_result(ask())
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[question]
        return mine.result()
