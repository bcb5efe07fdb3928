"""Source code and documentation as the optimiser reads them: Context7 above what is installed, and a source index.

Needs the extra ``[context7]``. Each name below is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analyzer import Context7Analyzer
    from .client import Context7Client
    from .errors import DocsError
    from .local import LocalDocs
    from .source.roots import RefusedError

__all__ = ["Context7Analyzer", "Context7Client", "DocsError", "LocalDocs", "RefusedError"]

_HOMES = {
    "Context7Analyzer": ".analyzer",
    "Context7Client": ".client",
    "DocsError": ".errors",
    "LocalDocs": ".local",
    "RefusedError": ".source.roots",
}


if not TYPE_CHECKING:  # to whom every name would be there

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        try:
            home = import_module(_HOMES[name], __name__)
        except ModuleNotFoundError as error:
            message = f"{error.name} is missing: install ai-runtime-intelligent[context7]"
            raise ModuleNotFoundError(message, name=error.name) from error
        return getattr(home, name)
