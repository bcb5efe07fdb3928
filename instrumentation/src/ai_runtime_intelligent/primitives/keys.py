"""The key under which a cache keeps an answer: the input's own, and the tenant's beside it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from .calls import as_reader
from .tenant import carried_tenant


@dataclass(frozen=True)
class TenantKey:
    """A key of one tenant. ``kind`` keeps tenants apart that Python calls equal, such as 1 and True."""

    kind: type
    tenant: Hashable
    key: Hashable


class Keys:
    """Makes the key of an input; None where the input must go past the cache."""

    def __init__(self, key: Callable[..., Hashable] | None, tenant: Callable[..., Hashable] | None) -> None:
        self._key = as_reader(key) if key else None
        self._tenant = as_reader(tenant) if tenant else None

    def of(self, value: Any, context: Any) -> Hashable:
        """The key of ``value``. A tenant that is asked for and not known has none: nothing is shared then."""
        key = self._key(value, context) if self._key else value
        tenant = self._tenant(value, context) if self._tenant else carried_tenant(context)
        if key is None or (tenant is None and self._tenant is not None):
            return None
        whole = key if tenant is None else TenantKey(type(tenant), tenant, key)
        return whole if _hashable(whole) else None


def _hashable(key: object) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True
