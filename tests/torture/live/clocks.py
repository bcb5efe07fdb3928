"""Wall clocks that are set while a process runs: what is added to the time stands in a file."""

from __future__ import annotations

import mmap
import struct
import time
from pathlib import Path
from typing import Final

_FORM: Final = struct.Struct("d")


class Skew:
    """Seconds by which a process' wall clock is wrong; whoever has the file reads and sets them."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_FORM.pack(0.0))
        with file.open("r+b") as opened:
            self._held = mmap.mmap(opened.fileno(), _FORM.size)

    @property
    def seconds(self) -> float:
        """What is added to the time."""
        seconds: float = _FORM.unpack_from(self._held)[0]
        return seconds

    @seconds.setter
    def seconds(self, value: float) -> None:
        _FORM.pack_into(self._held, 0, value)


def follow(file: Path) -> None:
    """Let this process' wall clock be wrong by what the file says; the monotonic clock goes on as it does."""
    skew, real = Skew(file), time.time
    time.time = lambda: real() + skew.seconds
