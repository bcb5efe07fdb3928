"""Where what was fetched or built is kept: all in there may be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder(given: str, home: str) -> Path | None:
    """The folder ``given``, else ours in the user's ``home`` of such things; None when it cannot be written to.

    It need not be there yet: whoever keeps something calls :func:`made`.
    """
    try:
        folder = Path(given).absolute() if given else Path(home).expanduser().absolute() / "airuntime"
    except RuntimeError:  # a user without home
        return None
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return folder if there.is_dir() and os.access(there, os.W_OK | os.X_OK) else None


def made(file: Path) -> Path:
    """The file, whose folder is there now, the user's alone. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return file
