"""A cache on a method: it keeps every object alive that the method was called on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.records import Remark

_NO_OBJECT: Final = frozenset({"staticmethod", "classmethod"})


def cached_method(definition: Definition) -> Iterator[Remark]:
    """``functools.cache``, or ``lru_cache(maxsize=None)``, on a method."""
    decorators = definition.node.decorator_list
    if not definition.owner or any(definition.names.path(one) in _NO_OBJECT for one in decorators):
        return
    for one in decorators:
        if _has_no_bound(one, definition):
            yield definition.remark(
                "cached_method",
                one,
                f"the cache of {definition.name} keeps every object for ever",
                "The cache belongs to the class and has no bound: each object that the method was called on stays in "
                "memory, with all arguments and results. Keep results on the object (cached_property), or bound it.",
                "memory",
                library="functools",
                question="cached_property or lru_cache with maxsize on a method",
            )


def _has_no_bound(decorator: ast.expr, definition: Definition) -> bool:
    if not isinstance(decorator, ast.Call):
        return definition.names.path(decorator) == "functools.cache"
    if definition.names.path(decorator.func) != "functools.lru_cache":
        return False
    sizes = [*decorator.args[:1], *(one.value for one in decorator.keywords if one.arg == "maxsize")]
    return any(isinstance(size, ast.Constant) and size.value is None for size in sizes)
