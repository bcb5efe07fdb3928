"""What a part of a workflow is called, when nobody has named it."""

from __future__ import annotations

import functools
from typing import Any, Final

LONGEST: Final = 120
"""Characters of a made name; the rest is told by a digest."""


MARK: Final = "__airuntime_definition__"
"""The attribute by which a measured function tells its definition."""


def name_of(target: Any) -> str:
    """The name under which ``target`` is measured, else the one that it has, else that of its function or class."""
    definition = getattr(getattr(target, "execute", target), MARK, None)
    if definition is not None:
        return str(definition.name)
    while isinstance(target, functools.partial):
        target = target.func
    name = getattr(target, "name", None)
    if isinstance(name, str) and name:
        return name
    qualname = str(getattr(target, "__qualname__", type(target).__qualname__))
    return qualname.rpartition("<locals>.")[2]


def shortened(name: str) -> str:
    """``name``, cut to ``LONGEST`` characters in a way that keeps different names different."""
    if len(name) <= LONGEST:
        return name
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, which hardly any name needs

    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: LONGEST - 10]}… {digest}"
