"""A library's documentation in pieces: sections of its README, and each public name with signature and docstring.

Griffe reads the files; nothing of the library is imported or run.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import griffe

from ai_runtime_intelligent.flow.evidence import MAX_TEXT

from .installed import Installed
from .text import line, plain

_MOST_BYTES: Final = 1_000_000
_LEAST: Final = 40
"""Characters below which a piece explains nothing."""
_RULE: Final = re.compile(r"^(=|-|~|\^|#|\*)\1{2,}\s*$")
_HEADING: Final = re.compile(r"^#{1,6} +(?P<title>.+?)#*$")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

logging.getLogger("griffe").setLevel(logging.ERROR)  # what it cannot parse is left out, and not worth a line


@dataclass(frozen=True)
class Piece:
    """One piece: ``id`` says where in the library it stands, ``words`` are the words in its names."""

    id: str
    title: str
    text: str
    words: str = ""


def pieces_of(library: Installed) -> Iterator[Piece]:
    """Every piece of the library, the README's first."""
    yield from _sections(library)
    for module, path in library.modules:
        yield from _names(module, path)


def _sections(library: Installed) -> Iterator[Piece]:
    title, body = library.name, list[str]()
    for heading, text in _lines(library.readme):
        if heading:
            yield from _section(title, body)
            title, body = f"{library.name}: {line(heading, 150)}", []
        else:
            body.append(text)
    yield from _section(title, body)


def _section(title: str, body: list[str]) -> Iterator[Piece]:
    text = plain("\n".join(body).strip(), MAX_TEXT)
    if len(text) >= _LEAST:
        yield Piece(f"README {title}", title, text)


def _lines(readme: str) -> Iterator[tuple[str, str]]:
    """Each line as (heading, "") or ("", line), for Markdown and reStructuredText."""
    fenced, lines = False, readme.splitlines()
    for here, below in pairwise([*lines, ""]):
        fenced ^= here.lstrip().startswith("```")
        found = None if fenced else _HEADING.match(here)
        if found:
            yield found["title"], ""
        elif not fenced and here.strip() and here[0].isalnum() and _RULE.match(below):
            yield here, ""
        elif not _RULE.match(here):
            yield "", here


def _names(module: str, path: Path) -> Iterator[Piece]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return
        found = griffe.visit(module, filepath=path, code=path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    yield from _documented(found)


def _documented(thing: griffe.Object) -> Iterator[Piece]:
    docstring = thing.docstring.value.strip() if thing.docstring else ""
    if docstring:
        text = plain(f"{_head(thing)}\n\n{docstring}".strip(), MAX_TEXT)
        if len(text) >= _LEAST:
            yield Piece(line(thing.path, 300), line(thing.path, 200), text, _words(thing.path))
    for member in thing.members.values():
        if isinstance(member, griffe.Function | griffe.Class) and not member.name.startswith("_"):
            yield from _documented(member)


def _head(thing: griffe.Object) -> str:
    if isinstance(thing, griffe.Function):
        return f"{'async ' if 'async' in thing.labels else ''}def {thing.signature()}"
    if isinstance(thing, griffe.Class):
        made = thing.members.get("__init__")
        told = made.signature() if isinstance(made, griffe.Function) else "__init__()"
        bases = ", ".join(str(base) for base in thing.bases)
        return f"class {thing.name}({bases}): {told}" if bases else f"class {thing.name}: {told}"
    return ""


def _words(path: str) -> str:
    """``cachetools.TTLCache`` is about caches."""
    return " ".join(_WORD.findall(path))
