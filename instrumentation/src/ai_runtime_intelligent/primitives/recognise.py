"""Recognising other people's primitives by what they have: they are never imported for it.

Known are the shapes of TTA's primitives: a router, a cache, a retry, a timeout, a fallback, their adaptive forms,
a sequence, parallel branches, and whatever else can be put together by ``>>`` and ``|``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import PrimitiveKind
from ai_runtime_intelligent.quiet import failed

from .naming import name_of


@dataclass(frozen=True)
class Recognised:
    """What an object is: its kind and, by role, the parts that it calls.

    ``adaptive`` ones report their failures instead of raising them.
    """

    kind: PrimitiveKind
    parts: Mapping[str, Any] = field(default_factory=dict)
    adaptive: bool = False

    @property
    def details(self) -> dict[str, object]:
        """What the manifest tells about it."""
        return {"parts": {role: name_of(part) for role, part in self.parts.items()}} if self.parts else {}


def recognise(target: Any) -> Recognised | None:
    """What ``target`` is, or None when it is nothing known: known ones have a coroutine function ``execute``."""
    try:
        if isinstance(target, type) or not inspect.iscoroutinefunction(get(target, "execute")):
            return None
        return next((found for shape in _SHAPES if (found := shape(target)) is not None), None)
    except Exception:  # noqa: BLE001 - what somebody else's attributes do when they are looked at
        failed("recognise")
        return None


def get(target: Any, name: str) -> Any:
    """An attribute, None where there is none or reading it fails: it is someone else's object."""
    try:
        return getattr(target, name, None)
    except Exception:  # noqa: BLE001 - whatever it is, it is not what we look for
        return None


def _router(target: Any) -> Recognised | None:
    routes = get(target, "routes")
    if isinstance(routes, Mapping) and callable(get(target, "router_fn")):
        return Recognised("router", {str(route): part for route, part in routes.items()})
    return None


def _adaptive(target: Any) -> Recognised | None:
    """Those that learn: the baseline strategy's parameters tell what about."""
    parameters = get(get(target, "baseline_strategy"), "parameters")
    part, fallbacks = get(target, "target_primitive"), get(target, "fallbacks")
    if not isinstance(parameters, Mapping) or get(target, "learning_mode") is None:
        return None
    if isinstance(fallbacks, Mapping) and get(target, "primary") is not None:
        return Recognised("fallback", {"primary": target.primary, **fallbacks}, adaptive=True)
    kind = _learns_about(target, parameters)
    return Recognised(kind, {"primitive": part}, adaptive=True) if part is not None else None


def _learns_about(target: Any, parameters: Mapping[str, Any]) -> PrimitiveKind:
    if "max_retries" in parameters:
        return "retry"
    if callable(get(target, "cache_key_fn")):
        return "cache"
    return "timeout" if any("timeout" in name for name in parameters) else "function"


def _cache(target: Any) -> Recognised | None:
    if callable(get(target, "cache_key_fn")) and callable(get(target, "get_stats")):
        return Recognised("cache", _wrapped(target))
    return None


def _retry(target: Any) -> Recognised | None:
    strategy = get(target, "strategy")
    if get(strategy, "max_retries") is not None and callable(get(strategy, "calculate_delay")):
        return Recognised("retry", _wrapped(target))
    return None


def _timeout(target: Any) -> Recognised | None:
    if get(target, "timeout_seconds") is None or get(target, "primitive") is None:
        return None
    fallback = get(target, "fallback")
    return Recognised("timeout", _wrapped(target) | ({} if fallback is None else {"fallback": fallback}))


def _fallback(target: Any) -> Recognised | None:
    primary, fallback = get(target, "primary"), get(target, "fallback")
    if primary is None or fallback is None:
        return None
    return Recognised("fallback", {"primary": primary, "fallback": fallback})


def _sequence_or_branches(target: Any) -> Recognised | None:
    primitives = get(target, "primitives")
    if not isinstance(primitives, list | tuple):
        return None
    kind = _flattens(type(target))
    return Recognised(kind, {str(i): part for i, part in enumerate(primitives)}) if kind else None


def _flattens(cls: type) -> PrimitiveKind | None:
    """The operator that a class defines anew is the one that it flattens, else its name says what it is."""
    if "__rshift__" in vars(cls) and "__or__" not in vars(cls):
        return "sequential"
    if "__or__" in vars(cls) and "__rshift__" not in vars(cls):
        return "parallel"
    names: tuple[PrimitiveKind, ...] = ("sequential", "parallel")
    return next((kind for kind in names if kind in cls.__name__.lower()), None)


def _composable(target: Any) -> Recognised | None:
    operators = (get(type(target), "__rshift__"), get(type(target), "__or__"))
    return Recognised("function") if all(callable(operator) for operator in operators) else None


def _wrapped(target: Any) -> dict[str, Any]:
    part = get(target, "primitive")
    return {} if part is None else {"primitive": part}


_SHAPES: Final[tuple[Callable[[Any], Recognised | None], ...]] = (
    _router,
    _adaptive,
    _cache,
    _retry,
    _fallback,
    _timeout,
    _sequence_or_branches,
    _composable,
)
"""Every shape, the more particular ones first."""
