"""Work beside us: it is done in order, hung on nobody, and outlived by what comes after it."""

from __future__ import annotations

import logging
import threading

import pytest
from ai_runtime_intelligent.apm.aside import Aside

SECONDS = 30.0


def test_work_is_done_in_order_and_told_when_it_was_in_time() -> None:
    """Also what was not waited for, before what comes next."""
    aside, done = Aside("aside"), list[int]()

    aside.within(0.0, lambda: done.append(1))
    assert aside.within(SECONDS, lambda: done.append(2))
    assert done == [1, 2]
    aside.end()


def test_what_hangs_is_not_waited_for() -> None:
    """It goes on, and so does what was given after it."""
    aside, over = Aside("aside"), threading.Event()

    assert not aside.within(0.01, lambda: over.wait(SECONDS))
    over.set()
    assert aside.within(SECONDS, lambda: None)
    aside.end()


def test_an_error_is_told_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """In one line, without its words."""
    aside = Aside("aside")

    def fails() -> None:
        raise ValueError("what was asked")

    with caplog.at_level(logging.ERROR):
        assert aside.within(SECONDS, fails)
        assert aside.within(SECONDS, lambda: None)
    assert [text.startswith("Aside failed (ValueError at ") for text in caplog.messages] == [True]
    assert "what was asked" not in caplog.text
    aside.end()


def test_the_thread_ends_when_it_is_told_to() -> None:
    """Nothing of it is left; begun anew, as in a forked child, it works."""
    before = {*threading.enumerate()}
    aside = Aside("aside")
    (thread,) = {*threading.enumerate()} - before

    aside.end()
    thread.join(SECONDS)
    assert not thread.is_alive()

    aside.begin()
    assert aside.within(SECONDS, lambda: None)
    aside.end()
