"""Whose call it is: what keeps the answers of one tenant from another in what they share."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_NAMES: Final = ("tenant", "tenant_id")

_tenant: Final[ContextVar[Hashable]] = ContextVar("airuntime_tenant", default=None)


@contextmanager
def as_tenant(tenant: Hashable) -> Iterator[None]:
    """Everything inside is done for ``tenant``: tasks, ``asyncio.to_thread`` and nested calls as well."""
    token = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(token)


def carried_tenant(context: Any) -> Hashable:
    """The tenant of :func:`as_tenant`, else the one that ``context`` carries, else None.

    A context carries it as ``tenant`` or ``tenant_id``: an attribute or, in a mapping or its ``metadata``, a key.
    """
    tenant = _tenant.get()
    if tenant is not None or context is None:
        return tenant
    metadata = _get(context, "metadata")
    found = [_get(holder, name) for holder in (context, metadata) for name in _NAMES]
    return next((one for one in found if one is not None), None)


def _get(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
