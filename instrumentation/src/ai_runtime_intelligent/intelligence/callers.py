"""The caller's own context, from inside a chain that hands child contexts to its steps.

Child contexts of TTA's copy what they are given, so that what a step writes to its context stays there. Whoever makes
children (``create_child_context``) is therefore watched, once anybody wants to write to callers: by class, found by
what it has, and never imported for it. Nobody is kept alive by it.
"""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, Final

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.quiet import quiet

MAKER: Final = "create_child_context"
CLASS: Final = "WorkflowContext"

_WATCHED: Final = "__airuntime_watched__"
_DEEPEST: Final = 100


class Callers:
    """Who made which context."""

    def __init__(self) -> None:
        self._lock = forks.rlock()
        self._served = 0
        self._originals: dict[type, Callable[..., Any]] = {}
        self._parents: dict[int, tuple[weakref.ref[Any], Any]] = {}
        self._by_correlation: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()

    def serve(self, writer: Any) -> None:
        """Watch every class of contexts that is loaded, for as long as ``writer`` lives."""
        with self._lock:
            self._served += 1
        weakref.finalize(writer, self._served_one).atexit = False
        for module in list(sys.modules.values()):
            found = vars(module).get(CLASS) if isinstance(getattr(module, "__dict__", None), dict) else None
            if isinstance(found, type):
                self.watch(found)

    @quiet
    def _served_one(self) -> None:
        with self._lock:
            self._served -= 1
            if not self._served:
                while self._originals:
                    owner, maker = self._originals.popitem()
                    setattr(owner, MAKER, maker)

    @quiet
    def watch(self, cls: type) -> None:
        """Notice the children that contexts of ``cls`` make from now on."""
        maker = getattr(cls, MAKER, None)
        if not inspect.isfunction(maker) or hasattr(maker, _WATCHED):
            return
        with self._lock:
            owner = next(one for one in cls.__mro__ if MAKER in vars(one))
            self._originals[owner] = maker
            setattr(owner, MAKER, self._noticing(maker))

    def _noticing(self, maker: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(maker)
        def create_child_context(context: Any, *args: Any, **kwargs: Any) -> Any:
            child = maker(context, *args, **kwargs)
            self._note(child, context)
            return child

        setattr(create_child_context, _WATCHED, True)
        return create_child_context

    @quiet
    def _note(self, child: Any, parent: Any) -> None:
        key = id(child)
        with self._lock:
            self._parents[key] = weakref.ref(child, lambda _: self._parents.pop(key, None)), parent
        correlation = getattr(parent, "correlation_id", None)
        if isinstance(correlation, str) and id(parent) not in self._parents:
            self._by_correlation[correlation] = parent

    def of(self, context: Any) -> Iterator[Any]:
        """``context``, the one that it was made from, and so on, the caller's last."""
        seen = 0
        while context is not None and seen < _DEEPEST:
            yield context
            context, seen = self._parent_of(context), seen + 1

    def _parent_of(self, context: Any) -> Any:
        found = self._parents.get(id(context))
        if found is not None and found[0]() is context:
            return found[1]
        # A copy of a child is no child that was seen made, but it has the correlation of the one that began it.
        if getattr(context, "causation_id", None) is None:
            return None
        first = self._by_correlation.get(str(getattr(context, "correlation_id", "")))
        return None if first is context else first


CALLERS: Final = Callers()


def metadata_of(context: Any) -> MutableMapping[str, Any] | None:
    """Where notes for the caller go: the context's ``metadata``, an attribute or a key; None when there is none."""
    holder = context.get("metadata") if isinstance(context, dict) else getattr(context, "metadata", None)
    return holder if isinstance(holder, MutableMapping) else None
