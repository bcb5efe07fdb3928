"""Instruments AI workflows and lets them be optimised while they run.

Importing this package is free: each name below is loaded when it is first used, and nothing that records or
exports is loaded before :func:`setup_apm` or :class:`IntelligentRuntime` is called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .apm.setup import Apm, setup_apm
    from .intelligence.self_optimizing import SelfOptimizingPrimitive
    from .primitives.base import Primitive
    from .primitives.cache import CachePrimitive
    from .primitives.fallback import FallbackPrimitive
    from .primitives.instrument import instrument
    from .primitives.limit import ConcurrencyLimitPrimitive
    from .primitives.parallel import ParallelPrimitive
    from .primitives.quality import rate_quality
    from .primitives.retry import RetryPrimitive
    from .primitives.router import RouterPrimitive
    from .primitives.sequential import SequentialPrimitive
    from .primitives.tenant import as_tenant
    from .primitives.timeout import TimeoutPrimitive
    from .runtime.document import ConfigRefusedError
    from .runtime.manager import IntelligentRuntime
    from .runtime.manifest import Manifest
    from .runtime.remote import RemoteConfig
    from .runtime.settings import Settings
    from .runtime.tunables import Tunable
    from .runtime.yaml_file import ConfigFileError

__all__ = [
    "Apm",
    "CachePrimitive",
    "ConcurrencyLimitPrimitive",
    "ConfigFileError",
    "ConfigRefusedError",
    "FallbackPrimitive",
    "IntelligentRuntime",
    "Manifest",
    "ParallelPrimitive",
    "Primitive",
    "RemoteConfig",
    "RetryPrimitive",
    "RouterPrimitive",
    "SelfOptimizingPrimitive",
    "SequentialPrimitive",
    "Settings",
    "TimeoutPrimitive",
    "Tunable",
    "as_tenant",
    "instrument",
    "rate_quality",
    "setup_apm",
]

_HOMES = {
    "Apm": ".apm.setup",
    "CachePrimitive": ".primitives.cache",
    "ConcurrencyLimitPrimitive": ".primitives.limit",
    "ConfigFileError": ".runtime.yaml_file",
    "ConfigRefusedError": ".runtime.document",
    "FallbackPrimitive": ".primitives.fallback",
    "IntelligentRuntime": ".runtime.manager",
    "Manifest": ".runtime.manifest",
    "ParallelPrimitive": ".primitives.parallel",
    "Primitive": ".primitives.base",
    "RemoteConfig": ".runtime.remote",
    "RetryPrimitive": ".primitives.retry",
    "RouterPrimitive": ".primitives.router",
    "SelfOptimizingPrimitive": ".intelligence.self_optimizing",
    "SequentialPrimitive": ".primitives.sequential",
    "Settings": ".runtime.settings",
    "TimeoutPrimitive": ".primitives.timeout",
    "Tunable": ".runtime.tunables",
    "as_tenant": ".primitives.tenant",
    "instrument": ".primitives.instrument",
    "rate_quality": ".primitives.quality",
    "setup_apm": ".apm.setup",
}


if not TYPE_CHECKING:  # to whom every name would be there

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        value = getattr(import_module(_HOMES[name], __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
