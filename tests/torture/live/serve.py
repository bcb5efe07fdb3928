"""``airuntime serve`` with a clock that may be set wrong, and less patience with services that do not obey.

``python -m torture.live.serve NAME FOLDER OBEY_SECONDS``
"""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path

from .clocks import follow
from .part import TELL


def main() -> None:
    """Serve until somebody ends it."""
    name, folder, obey = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    follow(folder / f"{name}.clock")
    from airuntime_backend import app  # noqa: PLC0415 - by then the clock is ours
    from airuntime_backend.cli import main as airuntime  # noqa: PLC0415

    faulthandler.register(TELL)
    app._OBEY_SECONDS = obey
    airuntime(["serve"])


if __name__ == "__main__":
    main()
