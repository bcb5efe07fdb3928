"""Counts that outlive a process: how many calls obeyed which value, in a file that SIGKILL does not touch."""

from __future__ import annotations

import mmap
import struct
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_FORM: Final = struct.Struct("Q")


class Counts:
    """One number for each value, and one for all others."""

    def __init__(self, file: Path, values: Sequence[float]) -> None:
        self._places = {value: place for place, value in enumerate(values)}
        size = _FORM.size * (len(values) + 1)
        if not file.exists():
            file.write_bytes(bytes(size))
        with file.open("r+b") as opened:
            self._held = mmap.mmap(opened.fileno(), size)

    def add(self, value: float) -> None:
        """Count a call that obeys this value, before it does."""
        at = _FORM.size * self._places.get(value, len(self._places))
        _FORM.pack_into(self._held, at, _FORM.unpack_from(self._held, at)[0] + 1)

    def read(self) -> Counter[float | None]:
        """The calls by value; None is all values that nobody knows."""
        names: list[float | None] = [*self._places, None]
        return Counter({name: _FORM.unpack_from(self._held, _FORM.size * place)[0] for place, name in enumerate(names)})
