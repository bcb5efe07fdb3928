"""Evidence beside the numbers: the source lines of a primitive, what stands out in them, and documentation.

It is gathered in a thread of its own, once for each suggestion; no call waits for it. What is not there yet is not
told.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cachetools import LRUCache

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.flow.evidence import CodeSnippet, DocSnippet, gather
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.quiet import quiet
from ai_runtime_intelligent.runtime.sources import lines_of

from .advisor import RULES
from .rule import measured

if TYPE_CHECKING:
    from ai_runtime_intelligent.context7.analyzer import Context7Analyzer
    from ai_runtime_intelligent.context7.docs import Docs
    from ai_runtime_intelligent.runtime.places import Place

Key = tuple[object, ...]
Found = tuple[tuple[CodeSnippet, ...], tuple[DocSnippet, ...]]

_MOST: Final = 256
"""Suggestions whose evidence is kept."""


class Grounding:
    """Gives suggestions their evidence, from ``docs`` and the files in which their primitives stand."""

    def __init__(self, docs: Docs) -> None:
        """Raises ImportError when the extra ``[context7]`` is not installed."""
        from ai_runtime_intelligent.context7 import analyzer, installed  # noqa: PLC0415 - an extra

        self._analyzer = analyzer
        self._docs = docs
        self._libraries = installed.Libraries()
        self._lock = forks.lock()
        self._found: LRUCache[Key, Found | None] = LRUCache(maxsize=_MOST)
        forks.in_child(self._begin_in_child)

    def ground(self, suggestion: Suggestion) -> Suggestion:
        """The suggestion with the evidence that was found for it; as it is while that is looked for."""
        key = (suggestion.subject, suggestion.rule)
        with self._lock:
            is_new = key not in self._found
            found = self._found.setdefault(key, None)
        if is_new:
            self._look_up_in_thread(key, suggestion)
        if found is None:
            return suggestion
        return replace(suggestion, evidence=gather(suggestion.evidence.finding, *found))

    def _look_up_in_thread(self, key: Key, suggestion: Suggestion) -> None:
        work = (key, suggestion)
        try:
            threading.Thread(target=self._look_up, args=work, name="airuntime-evidence", daemon=True).start()
        except RuntimeError:  # too many threads, or the interpreter ends: it is looked for when it is asked for again
            with self._lock:
                self._found.pop(key, None)

    @quiet
    def _look_up(self, key: Key, suggestion: Suggestion) -> None:
        code, docs = list[CodeSnippet](), list(self._read_docs(suggestion))
        place = _place_of(suggestion)
        if place is not None and place.file:
            analyzer = self._analyzer.Context7Analyzer([Path(place.file)], self._docs, self._libraries)
            code += self._read_code(analyzer, place)
            for one in analyzer.get_optimization_suggestions({suggestion.subject.primitive: self._numbers(suggestion)}):
                code.append(one.noted.code)
                docs += one.noted.docs
        with self._lock:
            self._found[key] = tuple(code), tuple(docs)

    def _read_docs(self, suggestion: Suggestion) -> Iterator[DocSnippet]:
        """What documentation says to the question of the rule."""
        rule = RULES.get(suggestion.evidence.finding.name)
        if rule is not None:
            yield from self._docs.find(rule.library, self._libraries.version(rule.library), rule.question)

    def _read_code(self, analyzer: Context7Analyzer, place: Place) -> Iterator[CodeSnippet]:
        """The statement or function that the primitive is."""
        line, end_line = lines_of(place)
        found = analyzer.index.roots.find(place.file)
        if found is not None and line > 0:
            yield self._analyzer.lines_of(analyzer.index.source(found), line, end_line)

    def _numbers(self, suggestion: Suggestion) -> dict[str, float]:
        """What weighs the remarks on the source, as far as it was measured."""
        found = {name: measured(suggestion.evidence.finding, name) for name in self._analyzer.MEASURES}
        return {name: value for name, value in found.items() if value is not None and value >= 0}

    def _begin_in_child(self) -> None:
        """What threads of the parent looked for is looked for anew."""
        with self._lock:
            self._found.clear()


def _place_of(suggestion: Suggestion) -> Place | None:
    name = suggestion.subject.primitive
    return next((one.place for one in CATALOG.all() if (one.name, one.kind) == (name, suggestion.subject.kind)), None)
