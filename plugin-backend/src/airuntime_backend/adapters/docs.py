"""Documentation as the settings have it: Context7 when there is a key or an address, what is installed always."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ai_runtime_intelligent.context7.client import DEFAULT_URL
from ai_runtime_intelligent.context7.docs import Joined
from ai_runtime_intelligent.context7.folder import cache_folder
from ai_runtime_intelligent.context7.installed import Libraries
from ai_runtime_intelligent.context7.local import LocalDocs

from airuntime_backend.ports import Docs
from airuntime_backend.settings import Settings

from .context7 import Context7


def documentation(settings: Settings, reads: Callable[[str], None] = lambda _: None) -> tuple[Docs, Context7 | None]:
    """Who answers questions, and Context7 by itself when it is asked; ``reads`` is told what is read for the index."""
    folder = cache_folder(settings.cache_dir, settings.cache_home)
    local = LocalDocs(library_folders(settings), folder / "docs" if folder else None, reads)
    if settings.context7_url is None and settings.context7_key is None:
        return local, None
    cache = folder / "context7" if folder else None
    above = Context7(settings.context7_url or DEFAULT_URL, settings.context7_key, cache=cache)
    return Joined((above, local)), above


def libraries(settings: Settings) -> Libraries:
    """The libraries of the services, and our own after them."""
    return Libraries(library_folders(settings))


def library_folders(settings: Settings) -> tuple[Path, ...]:
    """The folders of other environments' libraries."""
    return tuple(Path(folder) for folder in settings.library_paths.split(":") if folder)
