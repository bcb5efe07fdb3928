"""Killing: a pass of the engine in a process of its own, which kills itself with SIGKILL at a chosen moment.

The moments are those around each statement and each commit of the database: between any two of them nothing is
written. The child has a connection of its own and a copy of everything else, so that what it leaves is on record only.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from airuntime_backend.adapters.ledger import SqlLedger
from sqlalchemy import Engine, event

Job = Callable[[SqlLedger], None]


class _Fuse:
    """Burns down by one at each moment, and kills this process when it is out."""

    def __init__(self, moments: int) -> None:
        self._left = moments

    def __call__(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(ledger: SqlLedger, job: Job, moments: Sequence[int]) -> int:
    """Do a job on the ledger in children that run at once, each of which dies at its nth moment; how many have died.

    Raises RuntimeError when the job fails otherwise.
    """
    children = [_child(ledger, job, moment) for moment in moments]
    return sum([_ended(child) for child in children])


def _child(ledger: SqlLedger, job: Job, moment: int) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        ledger.engine.dispose(close=False)  # those connections are the parent's
        _light(ledger.engine, moment)
        job(ledger)
        code = 0
    except BaseException:  # noqa: BLE001 - all that is left of it is told here
        traceback.print_exc()
    finally:
        os._exit(code)


def _ended(child: int) -> bool:
    """Whether it was killed."""
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
