"""Someone else's primitive, measured: named, recognised, watched while it runs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Final

from ai_runtime_intelligent.contract.metrics import CACHE_ENTRIES, CACHE_EVICTIONS, Metric
from ai_runtime_intelligent.quiet import failed, quiet
from ai_runtime_intelligent.runtime.places import doc_of, place_of

from .counting import count, known, reported
from .definition import CATALOG, Definition
from .frame import Frame
from .knobs import settings_of
from .names import NUMBERS, made_name
from .naming import MARK
from .recognise import Recognised, get
from .watch import Watch, current_watch, leave, noticed

Execute = Callable[..., Coroutine[Any, Any, Any]]

NOTICES: Final = "__airuntime_notices__"
"""The attribute of an ``execute`` whose runs are noticed: the function that does it."""

_BEFORE: Final = "__airuntime_before__"
_PACKAGE: Final = __name__.partition(".")[0]


class Foreign:
    """What is known of one object: its definition, its parts and its tunables. The object itself is not held."""

    def __init__(self, target: Any, seen: Recognised, *, name: str | None = None) -> None:
        self._seen = seen
        self.definition = CATALOG.define(
            Definition(
                name or NUMBERS.tell_apart(target, made_name(target, seen)),
                seen.kind,
                span_name=f"{type(target).__name__}.execute",
                place=place_of(target),
                doc=doc_of(target),
                details=seen.details,
                known=known(target, seen),
            )
        )
        self._roles = {id(part): role for role, part in seen.parts.items()}
        self._settings = settings_of(target, seen, self.definition.name)
        self._expired = _stats(target).get("expirations", 0)
        self.sees_parts = False

    async def run(self, target: Any, execute: Execute, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Run ``execute``, which is that of ``target``, as an execution. It comes out as it is."""
        for setting in self._settings:
            setting.follow(target)
        if self.definition.bound is None:
            return await noticed(target, lambda: execute(*args, **kwargs))
        return await noticed(target, lambda: self._measured(target, execute, args, kwargs))

    async def _measured(self, target: Any, execute: Execute, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        bound = self.definition.bound
        if bound is None:
            return await execute(*args, **kwargs)
        frame = Frame(bound)
        frame.open()
        for setting in self._settings:
            setting.join()
        watch = self._watch(args, kwargs)
        token = current_watch.set(watch)
        try:
            result = await execute(*args, **kwargs)
        except BaseException as error:
            leave(token)
            self._ended(target, watch, error, None)
            frame.close(error)
            raise
        leave(token)
        failure = reported(self._seen, result)
        self._ended(target, watch, failure, result)
        frame.close(failure, result)
        return result

    def _watch(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Watch | None:
        try:
            router = self.definition.name if self._seen.kind == "router" else None
            return Watch(self._roles, _context_in(args, kwargs), router=router, sees_parts=self.sees_parts)
        except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
            failed("Foreign.watch")
            return None

    @quiet
    def _ended(self, target: Any, watch: Watch | None, error: BaseException | None, result: Any) -> None:
        if watch is None:
            return
        count(self._seen.kind, watch, error, result, self._count)
        if self._seen.kind == "cache":
            self._show_stats(_stats(target))

    def _count(self, metric: Metric, labels: tuple[str, ...], by: float) -> None:
        if (bound := self.definition.bound) is not None:
            bound.count(metric, labels, by)

    def _show_stats(self, stats: Mapping[str, Any]) -> None:
        """Entries and expiries, of which the context says nothing."""
        size, expired = stats.get("size", -1), stats.get("expirations", 0)
        if size >= 0 and (bound := self.definition.bound) is not None:
            bound.show(CACHE_ENTRIES, size)
        new, self._expired = max(0, expired - self._expired), max(self._expired, expired)
        if new:
            self._count(CACHE_EVICTIONS, ("expired",), new)

    def restore(self, target: Any) -> None:
        """Give ``target`` back the values that it had."""
        for setting in self._settings:
            setting.restore(target)


def measure(target: Any, seen: Recognised, *, name: str | None) -> Any:
    """Measure ``target`` from now on, by an ``execute`` of its own; the object stays what and where it is.

    Raises TypeError when it takes no attributes.
    """
    foreign, execute = Foreign(target, seen, name=name), target.execute

    @functools.wraps(execute)
    async def measured(*args: Any, **kwargs: Any) -> Any:
        try:
            return await foreign.run(target, execute, args, kwargs)
        except BaseException as error:
            step_out(error)
            raise

    setattr(measured, MARK, foreign.definition)
    setattr(measured, NOTICES, measured)
    if not _take(target, measured):
        raise TypeError(f"{type(target).__name__} takes no attributes: instrument its execute method in the class")
    noticed_parts = [notice(part) for part in seen.parts.values()]
    foreign.sees_parts = all(noticed_parts)
    return target


def notice(part: Any) -> bool:
    """Let the runs of ``part`` be noticed by what it is a part of; False when it takes no attributes."""
    execute = get(part, "execute")
    if hasattr(execute, NOTICES):
        return True
    own = _own_execute(part)

    @functools.wraps(execute)
    async def noticing(*args: Any, **kwargs: Any) -> Any:
        run = own or functools.partial(type(part).execute, part)
        try:
            return await noticed(part, lambda: run(*args, **kwargs))
        except BaseException as error:
            step_out(error)
            raise

    setattr(noticing, NOTICES, noticing)
    setattr(noticing, _BEFORE, own)
    return inspect.iscoroutinefunction(execute) and _take(part, noticing)


def unnotice(part: Any) -> None:
    """Undo :func:`notice`, unless somebody has wrapped it since."""
    own = _own_execute(part)
    if own is None or getattr(own, NOTICES, None) is not own or not hasattr(own, _BEFORE):
        return
    before = getattr(own, _BEFORE)
    if before is None:
        del part.execute
    else:
        part.execute = before


def step_out(error: BaseException) -> None:
    """Leave the frames of this package out of the beginning of the error's traceback."""
    try:  # past a __setattr__ of the user's, which may refuse it
        BaseException.with_traceback(error, _past_ours(error.__traceback__))
    except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
        failed("step_out")


def _past_ours(traceback: TracebackType | None) -> TracebackType | None:
    while traceback is not None and traceback.tb_next is not None and _is_ours(traceback):
        traceback = traceback.tb_next
    return traceback


def _is_ours(traceback: TracebackType) -> bool:
    return str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE


def _own_execute(part: Any) -> Any:
    """The ``execute`` that was set on the object itself."""
    attributes = get(part, "__dict__")
    return attributes.get("execute") if isinstance(attributes, dict) else None


def _take(target: Any, execute: Execute) -> bool:
    try:
        target.execute = execute
    except (AttributeError, TypeError, ValueError):  # slots, or a model that knows its fields
        return False
    return True


def _stats(target: Any) -> Mapping[str, Any]:
    try:
        told = target.get_stats()
    except Exception:  # noqa: BLE001 - it has none, or they are not for us
        return {}
    return told if isinstance(told, Mapping) else {}


def _context_in(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The context among the arguments of an ``execute``: the second one, or the one called so."""
    return args[1] if len(args) > 1 else kwargs.get("context")
