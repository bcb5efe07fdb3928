"""``airuntime analyze``: what stands out in source, with documentation of the versions in use. It runs nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import click
from ai_runtime_intelligent.context7.analyzer import Component, Context7Analyzer, Noted
from ai_runtime_intelligent.context7.checks import CHECKS
from ai_runtime_intelligent.context7.source.records import Function
from ai_runtime_intelligent.context7.source.roots import RefusedError
from ai_runtime_intelligent.context7.text import line, plain
from ai_runtime_intelligent.flow.evidence import DocSnippet

from airuntime_backend.adapters.docs import documentation, libraries

from .shared import as_json, print_json, read_settings

_MOST_LINES: Final = 8
_MOST_DOC: Final = 400
_MOST_COMPLEX: Final = 5


class _None:
    """Answers nothing."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:  # noqa: ARG002 - the port's
        """Nothing."""
        return ()


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--no-docs", is_flag=True, help="Look nothing up: faster, without documentation beside what is found.")
@click.option("--offline", is_flag=True, help="Ask nobody over the network, even when Context7 is configured.")
@as_json
def analyze(*, path: Path, no_docs: bool, offline: bool, as_json: bool) -> None:
    """Read the Python source at PATH, a file or a folder, and tell what costs time, errors or memory.

    Nothing of it is imported or run. Documentation is that of the installed versions, and Context7's where it is
    configured. Links that leave PATH and files of secrets are not read.
    """
    settings = read_settings()
    if offline:
        settings = settings.model_copy(update={"context7_url": None, "context7_key": None})
    docs, context7 = (_None(), None) if no_docs else documentation(settings, _reads)
    began = time.monotonic()
    report = _report(path, Context7Analyzer([path], docs, libraries(settings)))
    missing = context7.missing() if context7 else ()
    if as_json:
        print_json(report.as_json() | {"missing": missing})
    else:
        for one in missing:
            click.echo(f"Missing: {line(one, 300)}", err=True)
        click.echo("\n".join(report.page(time.monotonic() - began)))


def _reads(book: str) -> None:
    click.echo(f"Reading the documentation of {book}", err=True)


@dataclass(frozen=True)
class Report:
    """Everything that one run found."""

    components: tuple[Component, ...]

    @property
    def noted(self) -> tuple[Noted, ...]:
        """Every remark, the certain ones first."""
        found = [one for component in self.components for one in component.noted]
        return tuple(sorted(found, key=lambda one: (one.remark.confidence != "high", one.code.file, one.remark.line)))

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
            "findings": [_as_json(one) for one in self.noted],
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
            yield from _told(one)
        sources = [one.source for one in self.components]
        if not self.noted:
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


def _report(path: Path, analyzer: Context7Analyzer) -> Report:
    try:
        if path.is_file():
            return Report((analyzer.analyze_component(path),))
    except RefusedError as error:
        raise click.ClickException(str(error)) from error
    with click.progressbar(length=1, label="Reading source", file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        return Report(analyzer.analyze(progress))


def _as_json(one: Noted) -> dict[str, Any]:
    code = replace(one.code, text=plain(one.code.text, 100_000))
    return asdict(one.remark) | {"code": asdict(code), "docs": [asdict(doc) for doc in one.docs]}


def _complex(one: Function) -> dict[str, Any]:
    return {"function": one.name, "file": one.file, "line": one.line, "complexity": one.complexity}


def _told(one: Noted) -> Iterator[str]:
    remark = one.remark
    sure = "" if remark.confidence == "high" else " (if the calls allow it)"
    yield f"{line(remark.file, 300)}:{remark.line}: {remark.title}{sure} [{remark.check}] in {remark.function}"
    yield f"  {remark.why}"
    lines = plain(one.code.text, 10_000).splitlines()
    yield from (f"  {one.code.line + index:>5} | {text}" for index, text in enumerate(lines[:_MOST_LINES]))
    for doc in one.docs[:1]:
        yield f"  docs: {doc.title} ({doc.source} {doc.version}) {doc.url}".rstrip()
        yield from (f"        {text}" for text in doc.text[:_MOST_DOC].splitlines()[:_MOST_LINES])
    yield ""
