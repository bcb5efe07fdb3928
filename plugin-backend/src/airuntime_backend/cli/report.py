"""What one run of ``airuntime analyze`` found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from ai_runtime_intelligent.context7.analyzer import Component, Noted
from ai_runtime_intelligent.context7.checks import CHECKS
from ai_runtime_intelligent.context7.source.records import Function, Remark, Source
from ai_runtime_intelligent.context7.text import line, plain

from airuntime_backend.adapters.advisor_llm import Reviewed

_MOST_LINES: Final = 8
_MOST_DOC: Final = 400
_MOST_COMPLEX: Final = 5


@dataclass(frozen=True)
class Report:
    """Everything that one run found."""

    components: tuple[Component, ...]
    words: Mapping[Remark, Reviewed] = field(default_factory=dict)
    """What a model says of some of the remarks."""

    @property
    def noted(self) -> tuple[Noted, ...]:
        """Every remark, the certain ones first; one that a model doubts goes down among its like."""
        found = [one for component in self.components for one in component.noted]
        return tuple(sorted(found, key=self._place))

    def _place(self, one: Noted) -> tuple[bool, float, str, int]:
        words = self.words.get(one.remark)
        return one.remark.confidence != "high", -(words.weight if words else 1.0), one.code.file, one.remark.line

    def source_of(self, one: Noted) -> Source:
        """The file that a remark is about."""
        return next(each.source for each in self.components if one in each.noted)

    @property
    def functions(self) -> tuple[Function, ...]:
        """Every function, the most complex first."""
        found = [one for component in self.components for one in component.source.functions]
        return tuple(sorted(found, key=lambda one: (-one.complexity, one.file, one.line)))

    def as_json(self) -> dict[str, Any]:
        """The whole of it."""
        sources = [one.source for one in self.components]
        return {
            "files": len(sources),
            "functions": len(self.functions),
            "checks": [str(getattr(one, "__name__", one)) for one in CHECKS],
            "findings": [_as_json(one, self.words.get(one.remark)) for one in self.noted],
            "primitives": [asdict(one) | {"file": each.file} for each in sources for one in each.primitives],
            "libraries": [{"name": name, "version": number} for name, number in sorted(self.libraries.items())],
            "most_complex": [_complex(one) for one in self.functions[:_MOST_COMPLEX]],
            "not_read": [{"file": one.file, "why": one.problem} for one in sources if one.problem],
        }

    @property
    def libraries(self) -> Mapping[str, str]:
        """The installed libraries that the source imports, with their versions."""
        return {one.name: one.version for each in self.components for one in each.source.libraries}

    def page(self, seconds: float) -> Iterator[str]:
        """For a person."""
        for one in self.noted:
            yield from _told(one, self.words.get(one.remark))
        sources = [one.source for one in self.components]
        if not sources:
            yield "There is no Python source here, so nothing was looked at.\n"
        elif not self.noted:
            yield f"Nothing stands out: {len(CHECKS)} checks looked at {len(self.functions)} functions.\n"
        yield from (f"Not read: {line(one.file, 300)}: {one.problem}" for one in sources if one.problem)
        primitives = [f"{line(one.name, 80)} ({one.kind})" for each in sources for one in each.primitives]
        yield f"Primitives: {', '.join(primitives) or 'none are named in the source'}"
        used = ", ".join(f"{name} {number}" for name, number in sorted(self.libraries.items()))
        yield f"Libraries: {used or 'none'}"
        most = ", ".join(
            f"{one.name} {one.complexity} ({line(one.place, 300)})" for one in self.functions[:_MOST_COMPLEX]
        )
        yield f"Most complex: {most or 'nothing'}"
        found, files = len(self.noted), len(self.components)
        yield f"{found} findings in {files} files, {len(self.functions)} functions, {seconds:.1f} s"


def _as_json(one: Noted, words: Reviewed | None) -> dict[str, Any]:
    code = replace(one.code, text=plain(one.code.text, 100_000))
    said = {"docs": [asdict(doc) for doc in one.docs], "words": asdict(words) if words else None}
    return asdict(one.remark) | {"code": asdict(code)} | said


def _complex(one: Function) -> dict[str, Any]:
    return {"function": one.name, "file": one.file, "line": one.line, "complexity": one.complexity}


def _told(one: Noted, words: Reviewed | None) -> Iterator[str]:
    remark = one.remark
    sure = "" if remark.confidence == "high" else " (if the calls allow it)"
    yield f"{line(remark.file, 300)}:{remark.line}: {remark.title}{sure} [{remark.check}] in {remark.function}"
    yield f"  {remark.why}"
    lines = plain(one.code.text, 10_000).splitlines()
    yield from (f"  {one.code.line + index:>5} | {text}" for index, text in enumerate(lines[:_MOST_LINES]))
    for doc in one.docs[:1]:
        yield f"  docs: {doc.title} ({doc.source} {doc.version}) {doc.url}".rstrip()
        yield from (f"        {text}" for text in doc.text[:_MOST_DOC].splitlines()[:_MOST_LINES])
    if words:
        yield f"  {line(words.author, 200)}: {line(words.title, 300)}"
        yield f"        {line(words.claim, 1_000)}"
        yield from (f"        {text}" for text in plain(words.patch, 20_000).splitlines())
    yield ""
