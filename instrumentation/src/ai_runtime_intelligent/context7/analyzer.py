"""``Context7Analyzer``: what the user's source says of itself, with documentation of the versions that it uses."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ai_runtime_intelligent.flow.evidence import CodeSnippet, DocSnippet

from .docs import Docs
from .installed import Libraries
from .local import LocalDocs
from .source.index import Progress, SourceIndex, named, reached
from .source.records import Function, Remark, Source
from .source.roots import TOO_LARGE, Roots

TIMES = "seconds_mean"
MEASURES = (TIMES, "calls_per_second", "error_ratio")
"""The measures that weigh a suggestion, by the names that the contract gives them."""

_MOST_LINES = 60


@dataclass(frozen=True)
class Noted:
    """A remark with the lines that it is about and documentation for it."""

    remark: Remark
    code: CodeSnippet
    docs: tuple[DocSnippet, ...]


@dataclass(frozen=True)
class Component:
    """One file: what it defines and imports, and what stands out in it."""

    source: Source
    noted: tuple[Noted, ...]


@dataclass(frozen=True)
class SourceSuggestion:
    """A remark on code that a measured primitive runs; ``weight`` is what that costs a second, in the cost's unit."""

    primitive: str
    noted: Noted
    claim: str
    weight: float


class Context7Analyzer:
    """Reads source below ``roots``, never runs it, and asks ``docs`` (what is installed, without any)."""

    def __init__(self, roots: Iterable[Path], docs: Docs | None = None, libraries: Libraries | None = None) -> None:
        self._libraries = libraries or Libraries()
        self.index = SourceIndex(Roots(roots), self._libraries)
        self._docs = docs or LocalDocs()

    def analyze_component(self, path: str | Path) -> Component:
        """One file, with the age of its functions. Raises ``RefusedError`` for what may not be read."""
        source = self.index.aged(self.index.roots.place(Path(path)))
        return Component(source, tuple(self._noted(source, one) for one in source.remarks))

    def analyze(self, progress: Progress = lambda _done, _of: None) -> tuple[Component, ...]:
        """Every file below the roots; of what is too large to be read, only that."""
        large = (Source(file, "", problem=TOO_LARGE) for file in self.index.roots.too_large())
        sources = (*self.index.sources(progress), *large)
        return tuple(Component(one, tuple(self._noted(one, remark) for remark in one.remarks)) for one in sources)

    def get_optimization_suggestions(
        self, apm_metrics: Mapping[str, Mapping[str, float]]
    ) -> tuple[SourceSuggestion, ...]:
        """What to change in the source of measured primitives, the costliest first; nothing where nothing stands out.

        ``apm_metrics`` gives for each primitive's name some of ``seconds_mean``, ``calls_per_second`` and
        ``error_ratio``. Raises ValueError for a measure that is none of them or no number from 0.
        """
        for primitive, measures in apm_metrics.items():
            _check(primitive, measures)
        sources = self.index.sources()
        found = [one for name, measures in apm_metrics.items() for one in self._suggest(sources, name, measures)]
        return tuple(sorted(found, key=lambda one: (-one.weight, one.primitive, one.noted.remark.line)))

    def _suggest(
        self, sources: tuple[Source, ...], primitive: str, measures: Mapping[str, float]
    ) -> Iterator[SourceSuggestion]:
        place = named(sources, primitive)
        if place is None or place[2] is None:
            return
        for source, function in reached(sources, place[0], place[2]):
            for remark in _within(source, function):
                weighed = _weighed(remark, primitive, measures)
                if weighed is not None:
                    yield SourceSuggestion(primitive, self._noted(source, remark), *weighed)

    def _noted(self, source: Source, remark: Remark) -> Noted:
        return Noted(
            remark, lines_of(source, remark.line, remark.end_line), self._read(remark.library, remark.question)
        )

    @functools.lru_cache(maxsize=256)  # noqa: B019 - bounded, and an analyzer lives as long as its process
    def _read(self, library: str, question: str) -> tuple[DocSnippet, ...]:
        return self._docs.find(library, self._libraries.version(library), question) if library else ()


def lines_of(source: Source, line: int, end_line: int) -> CodeSnippet:
    """Source lines, 60 at most."""
    end = min(max(line, end_line), line + _MOST_LINES - 1, len(source.lines))
    return CodeSnippet(source.file, line, end, "\n".join(source.lines[line - 1 : end]))


def _within(source: Source, function: Function) -> Iterator[Remark]:
    return (one for one in source.remarks if one.function == function.name)


def _weighed(remark: Remark, primitive: str, measures: Mapping[str, float]) -> tuple[str, float] | None:
    """The claim and its weight; None where the numbers do not show what the remark is about."""
    calls, seconds = measures.get("calls_per_second", 1.0), measures.get(TIMES, 0.0)
    if remark.costs == "time":
        told = f"{primitive} takes {seconds:.3g} s a call"
        return (f"{told}; {remark.why}", calls * seconds) if seconds > 0 else None
    if remark.costs == "errors":
        ratio = measures.get("error_ratio", 0.0)
        return (f"{ratio:.2%} of the calls of {primitive} fail; {remark.why}", calls * ratio) if ratio > 0 else None
    return f"{primitive} runs it; {remark.why}", 0.0


def _check(primitive: str, measures: Mapping[str, float]) -> None:
    for name, value in measures.items():
        if name not in MEASURES:
            raise ValueError(f"{primitive}.{name} is no measure that is known here, expected {', '.join(MEASURES)}")
        if not value >= 0:
            raise ValueError(f"{primitive}.{name} is {value!r}, expected a number from 0")
