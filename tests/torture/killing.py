"""Killing: a pass of the engine in a process of its own, which kills itself with SIGKILL at a chosen moment.

The moments are those around each statement and each commit of the database: between any two of them nothing is
written. The child has a connection of its own and a copy of everything else, so that what it leaves is on record only.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from airuntime_backend.adapters.ledger import SqlLedger
from sqlalchemy import Engine, event


class _Fuse:
    """Burns down by one at each moment, and kills this process when it is out."""

    def __init__(self, moments: int) -> None:
        self._left = moments

    def __call__(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(ledger: SqlLedger, job: Callable[[SqlLedger], None], moment: int) -> bool:
    """Do a job on the ledger in a child that dies at its nth moment; whether it died before it was done.

    Raises RuntimeError when the job fails otherwise.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            ledger.engine.dispose(close=False)  # those connections are the parent's
            _light(ledger.engine, moment)
            job(ledger)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"the job failed with {os.waitstatus_to_exitcode(status)}")
    return False


def _light(engine: Engine, moment: int) -> None:
    fuse: Any = _Fuse(moment)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, name, fuse)
    event.listen(engine, "checkin", fuse)
