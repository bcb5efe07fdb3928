"""What the runtime that runs gives the embedded loop; without a runtime, what everybody gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .grounding import Grounding


@dataclass(frozen=True, eq=False)
class Embedded:
    """The least calls from which something is concluded, and where evidence comes from, if it is looked for."""

    min_samples: int = 100
    grounding: Grounding | None = None

    def begin(self) -> None:
        """Hold from now on."""
        _running.append(self)

    def end(self) -> None:
        """Let what held before hold again. May be repeated."""
        if self in _running:
            _running.remove(self)


_DEFAULT: Final = Embedded()
_running: Final[list[Embedded]] = []


def running() -> Embedded:
    """What holds now: the latest that was begun."""
    held = _running[-1:]
    return held[0] if held else _DEFAULT
