"""Where what was fetched or built is kept: all in there may be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(given: str, home: str) -> Path | None:
    """The folder ``given``, else ours in the user's ``home`` of such things, made if need be and the user's alone.

    None when there is none that can be written to.
    """
    try:
        folder = Path(given).absolute() if given else Path(home).expanduser() / "airuntime"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None
