"""A wrapper that tells its caller what could be better about what it wraps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final, cast

from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.primitives.base import Primitive
from ai_runtime_intelligent.primitives.calls import as_call
from ai_runtime_intelligent.primitives.definition import CATALOG, Definition
from ai_runtime_intelligent.primitives.instrument import instrument
from ai_runtime_intelligent.primitives.naming import MARK, name_of
from ai_runtime_intelligent.primitives.operators import Composable
from ai_runtime_intelligent.quiet import quiet

from .callers import CALLERS, metadata_of
from .embedded import running
from .looks import looks_of
from .numbers import Source

KEY: Final = "optimization_suggestions"
"""Where in the context's metadata the suggestions are."""

_INPUTS: Final = ("input", "input_data")


class SelfOptimizingPrimitive(Composable):
    """Runs what it wraps, and puts ``optimization_suggestions`` into ``context.metadata``: a list of plain dicts.

    They concern what it wraps and all that this calls, and come from the process' own numbers: from the first
    ``min_samples`` executions on (those of the runtime that runs, else 100), while a runtime or ``setup_apm()``
    measures. They reach the context of whoever called, from inside a chain of child contexts too; the list is empty
    while nothing is suggested. Their ``evidence`` is there when the runtime looks for it (``auto_analyze``). Nothing is
    changed: that is what ``enable_auto_optimization`` is for.

    What is not measured yet is instrumented, under ``name`` if one is given.
    """

    def __init__(self, primitive: Any, *, name: str | None = None, min_samples: int | None = None) -> None:
        """Raises TypeError when ``primitive`` can neither be called nor has ``execute``."""
        self.primitive = primitive
        measured = _measured(primitive, name)
        self.definition = _definition_of(measured)
        self.name = self.definition.name
        self._min_samples = min_samples
        self._call = as_call(measured)
        CALLERS.serve(self)

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run on ``input``; ``context`` is handed on as it is. Raises what the wrapped code raises."""
        value, context = _arguments(args, kwargs)
        CALLERS.watch(type(context))
        try:
            return await self._call(value, context)
        finally:
            self._tell(context)

    @quiet
    def _tell(self, context: Any) -> None:
        recorder = CATALOG.binder
        if recorder is None or context is None:
            suggestions: list[dict[str, Any]] = []
        else:
            suggestions = [plain(one) for one in self._standing(cast("Source", recorder))]
        for one in CALLERS.of(context):
            _put(one, self.name, suggestions)

    def _standing(self, source: Source) -> Iterator[Suggestion]:
        """What is suggested now, with its evidence where that is looked for."""
        given = running()
        standing = looks_of(source, self._min_samples or given.min_samples).suggestions()
        below = _reachable(self.definition) if standing else set()
        for one in standing:
            if one.subject.primitive in below:
                yield given.grounding.ground(one) if given.grounding is not None else one


def plain(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as a plain dict, which JSON can hold."""
    expected = suggestion.expected
    return {
        "id": suggestion.id,
        "service": suggestion.subject.service,
        "primitive": suggestion.subject.primitive,
        "kind": suggestion.subject.kind,
        "finding": suggestion.evidence.finding.name,
        "summary": suggestion.evidence.finding.summary,
        "confidence": suggestion.evidence.finding.confidence,
        "rule": suggestion.rule,
        "title": suggestion.title,
        "claim": suggestion.claim,
        "tunable": suggestion.target,
        "from": suggestion.from_value,
        "to": suggestion.to_value,
        "unit": suggestion.tunable.unit if suggestion.tunable else "",
        "risk": suggestion.risk,
        "expected": {
            "measure": expected.measure,
            "unit": expected.unit,
            "direction": expected.direction,
            "now": expected.now,
            "low": expected.low,
            "high": expected.high,
        },
        "evidence": {
            "code": [asdict(one) for one in suggestion.evidence.code],
            "docs": [asdict(one) for one in suggestion.evidence.docs],
        },
    }


def _put(context: Any, of: str, suggestions: Iterable[Mapping[str, Any]]) -> None:
    """Replace what was said before of the same primitives; what others have said stays."""
    metadata = metadata_of(context)
    if metadata is None:
        return
    held = metadata.get(KEY)
    told = {one["id"]: one for one in held if one.get("by") != of} if isinstance(held, list) else {}
    told |= {one["id"]: {**one, "by": of} for one in suggestions}
    metadata[KEY] = list(told.values())


def _measured(primitive: Any, name: str | None) -> Any:
    try:
        return instrument(primitive, name=name)
    except TypeError:
        if not callable(getattr(primitive, "execute", None)):
            raise
        # It takes no attributes: its ``execute`` is measured from outside.
        call = as_call(primitive)

        async def execute(value: Any, context: Any = None) -> Any:
            return await call(value, context)

        return instrument(execute, name=name or name_of(primitive))


def _definition_of(measured: Any) -> Definition:
    if isinstance(measured, Primitive | SelfOptimizingPrimitive):
        return measured.definition
    return cast("Definition", getattr(getattr(measured, "execute", measured), MARK))


def _arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """Input and context, by position or by the names that workflows use for them."""
    named = next((kwargs[name] for name in _INPUTS if name in kwargs), None)
    return (args[0] if args else named), (args[1] if len(args) > 1 else kwargs.get("context"))


def _reachable(definition: Definition) -> set[str]:
    """The names of a primitive and of all that it was seen to call, directly or not."""
    callees = {one.name: one.callees for one in CATALOG.all()}
    found, waiting = {definition.name}, [definition.name]
    while waiting:
        new = callees.get(waiting.pop(), set()).copy() - found
        found |= new
        waiting.extend(new)
    return found
