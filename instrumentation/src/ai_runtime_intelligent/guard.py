"""The one lock of measuring: around a few additions at a time, and never across anybody else's code.

It is re-entrant, because a garbage collection or a signal may end another call in the middle of one. Take it by
``with guard.lock``: a forked child gets a new one, for nobody there would give back what another thread held.
"""

from __future__ import annotations

import os
import threading

lock = threading.RLock()


def _renew() -> None:
    global lock  # noqa: PLW0603 - that is what the module is for
    lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
