"""The one lock of measuring: around a few additions at a time, and never across anybody else's code.

It is re-entrant, because a garbage collection or a signal may end another call in the middle of one.
"""

from __future__ import annotations

from typing import Final

from . import forks

lock: Final = forks.rlock()
