"""The background: two backends on one machine keep out of each other's way, whoever of them dies."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import cast

from airuntime_backend.background import Background
from airuntime_backend.engine.worker import Worker
from support.launcher import within


class Passes:
    """A worker that counts its passes, and is held in them while ``free`` is not set."""

    def __init__(self) -> None:
        self.begun = 0
        self.free = threading.Event()
        self.free.set()

    def verify(self) -> None:
        """Look at the rollouts."""
        self.begun += 1
        assert self.free.wait(30)

    def analyse(self) -> None:
        """Nothing."""

    rounds: Mapping[str, object] = MappingProxyType({})


@contextmanager
def started(passes: Passes) -> Iterator[None]:
    """A background that looks every tenth of a second."""
    background = Background(cast("Worker", passes), lambda: None, 60.0, 0.1)
    background.start()
    try:
        yield
    finally:
        passes.free.set()
        background.stop()


def test_one_that_hangs_does_not_keep_another_from_its_passes() -> None:
    """Though both are on one database, and one dies, or hangs, in the middle of a pass."""
    one, two = Passes(), Passes()
    with started(one), started(two):
        one.free.clear()
        assert within(60, lambda: one.begun > 0)
        held = two.begun

        assert within(60, lambda: two.begun >= held + 3)


def test_two_of_a_kind_never_run_at_once() -> None:
    """While one pass lasts no other begins."""
    passes = Passes()
    passes.free.clear()
    with started(passes):
        assert within(60, lambda: passes.begun == 1)
        assert not within(1, lambda: passes.begun > 1)
        passes.free.set()
        assert within(60, lambda: passes.begun > 2)
