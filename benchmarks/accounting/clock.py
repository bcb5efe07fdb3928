"""An event loop whose clock jumps to the next timer: hours of traffic in the time that the work itself takes."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _Jumping(selectors.DefaultSelector):
    """Waits for nobody: time that would be waited is added to ``now``."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """What is ready at once; later timers are due then."""
        if timeout:
            self.now += timeout
        return super().select(0)


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop in compressed time, which begins at ``start`` (Unix seconds)."""

    def __init__(self, start: float) -> None:
        self._jumping = _Jumping()
        self._jumping.now = start
        super().__init__(self._jumping)

    def time(self) -> float:
        """Unix seconds of the compressed time."""
        return self._jumping.now
