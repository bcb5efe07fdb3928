"""The public contract: every name that two parts of the product share, spelled once.

``names`` holds identifiers and ports, ``kinds`` the closed vocabularies, ``metrics`` the metric table, ``env`` the
environment variables, ``promql`` the named queries, ``totals`` the raw sums that an analysis reads, and ``gen_ai`` the
part of them that reads everybody's gen_ai metrics. Standard library only: everyone imports this package, and it
imports nobody.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from . import env, gen_ai, kinds, metrics, names, promql, totals

__all__ = ["env", "gen_ai", "kinds", "metrics", "names", "promql", "totals"]


def __getattr__(name: str) -> ModuleType:
    # A process that only decorates its functions needs the kinds, and shall not wait for the queries.
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return import_module(f".{name}", __name__)
