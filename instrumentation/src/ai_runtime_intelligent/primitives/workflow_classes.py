"""Other people's primitives measured by their classes, while a runtime is on: nobody instruments them one by one.

A base class ``WorkflowPrimitive`` with ``execute``, ``>>`` and ``|`` is looked for in the modules that are loaded, and
awaited from those of TTA's that are loaded later: nothing is imported for it. ``execute`` of each of its subclasses,
of those too that are defined later, is replaced, and put back at the end.
"""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.quiet import failed, quiet

from .foreign import NOTICES, Foreign, notice, step_out, unnotice
from .naming import MARK
from .recognise import Recognised, recognise

BASE: Final = "WorkflowPrimitive"
HOMES: Final = "tta"
"""How the packages begin whose modules are awaited: TTA's has had several names."""

_MISSING: Final = object()
_WATCHES: Final = "__airuntime_watches__"


class WorkflowClasses:
    """The patched classes of this process, and what is known of their objects. Starts may be nested."""

    def __init__(self) -> None:
        self._lock = forks.rlock()
        self._users = 0
        self._originals: list[tuple[type, str, Any]] = []
        self._known: dict[int, tuple[weakref.ref[Any], Foreign]] = {}
        self._finder = _Awaited(self._found)

    @property
    def active(self) -> bool:
        """Whether executions are looked at."""
        return self._users > 0

    def start(self) -> None:
        """Measure what is there and what comes, until :meth:`stop` was called as often."""
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            sys.meta_path.insert(0, self._finder)
            for module in list(sys.modules.values()):
                self._found(module)

    def stop(self) -> None:
        """Put everything back as it was."""
        with self._lock:
            self._users = max(0, self._users - 1)
            if self._users:
                return
            if self._finder in sys.meta_path:
                sys.meta_path.remove(self._finder)
            while self._originals:
                _put_back(*self._originals.pop())
            for reference, foreign in list(self._known.values()):
                _give_back(reference(), foreign)
            self._known.clear()

    @quiet
    def _found(self, module: ModuleType) -> None:
        base = vars(module).get(BASE) if isinstance(module, ModuleType) else None
        if isinstance(base, type) and _is_base(base) and not hasattr(base.__init_subclass__, _WATCHES):
            self._watch(base)
            for cls in _with_subclasses(base):
                self._patch(cls)

    def _watch(self, base: type) -> None:
        """Let ``base`` tell of its later subclasses."""
        own = vars(base).get("__init_subclass__")

        def told(cls: type, /, **kwargs: Any) -> None:
            above: Any = super(base, cls)
            inherited = above.__init_subclass__ if own is None else own.__get__(None, cls)
            inherited(**kwargs)
            self._patch(cls)

        setattr(told, _WATCHES, True)
        self._replace(base, "__init_subclass__", classmethod(told))

    @quiet
    def _patch(self, cls: type) -> None:
        execute = vars(cls).get("execute")
        if inspect.iscoroutinefunction(execute) and not getattr(execute, "__isabstractmethod__", False):
            self._replace(cls, "execute", self._measuring(execute))

    def _replace(self, cls: type, name: str, value: Any) -> None:
        with self._lock:
            self._originals.append((cls, name, vars(cls).get(name, _MISSING)))
            setattr(cls, name, value)

    def _measuring(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        async def execute(self_: Any, *args: Any, **kwargs: Any) -> Any:
            foreign = self._of(self_, execute)
            if foreign is None:
                return await original(self_, *args, **kwargs)
            try:
                return await foreign.run(self_, functools.partial(original, self_), args, kwargs)
            except BaseException as error:
                step_out(error)
                raise

        setattr(execute, NOTICES, execute)
        return execute

    def _of(self, target: Any, execute: Callable[..., Any]) -> Foreign | None:
        """What is known of ``target``; None when this ``execute`` is not the one that is to be measured of it."""
        if not self.active or type(target).execute is not execute:
            return None  # called by a subclass's own, which is measured
        own = getattr(target, "__dict__", {}).get("execute")
        if hasattr(own, MARK):
            return None  # instrumented by itself
        known = self._known.get(id(target))
        return known[1] if known is not None else self._meet(target)

    def _meet(self, target: Any) -> Foreign | None:
        try:
            with self._lock:
                seen = _seen_in(target)
                reference = weakref.ref(target, functools.partial(self._forget, id(target)))
                foreign = Foreign(target, seen)
                noticed = [notice(part) for part in seen.parts.values()]
                foreign.sees_parts = all(noticed)
                self._known[id(target)] = reference, foreign
                return foreign
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("WorkflowClasses")
            return None

    def _forget(self, key: int, _: weakref.ref[Any]) -> None:
        self._known.pop(key, None)


def _seen_in(target: Any) -> Recognised:
    return recognise(target) or Recognised("function")


def _is_base(cls: type) -> bool:
    return all(callable(vars(cls).get(name)) for name in ("execute", "__rshift__", "__or__"))


def _with_subclasses(cls: type) -> Iterator[type]:
    yield cls
    subclasses: list[type] = type.__subclasses__(cls)
    for subclass in subclasses:
        yield from _with_subclasses(subclass)


@quiet
def _put_back(cls: type, name: str, original: Any) -> None:
    if original is _MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, original)


@quiet
def _give_back(target: Any, foreign: Foreign) -> None:
    if target is not None:
        foreign.restore(target)
        for part in _seen_in(target).parts.values():
            unnotice(part)


class _Awaited(MetaPathFinder):
    """Tells of the modules of awaited packages as soon as somebody has imported them."""

    def __init__(self, told: Callable[[ModuleType], None]) -> None:
        self._told = told

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders give, with a loader that tells."""
        if not fullname.startswith(HOMES):
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((one for one in found if one is not None), None)
        if spec is not None and spec.loader is not None:
            self._listen(spec.loader)
        return spec

    @quiet
    def _listen(self, loader: Any) -> None:
        load = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            self._told(module)

        loader.exec_module = exec_module


WORKFLOW_CLASSES: Final = WorkflowClasses()
