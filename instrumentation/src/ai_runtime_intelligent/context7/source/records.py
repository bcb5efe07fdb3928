"""What the source index knows: files, functions, calls, primitives, remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Costs = Literal["time", "errors", "memory"]
"""What the thing that a remark is about makes worse."""

Confidence = Literal["high", "medium"]
"""High: the source alone proves it. Medium: it depends on what the called code does."""


@dataclass(frozen=True)
class Library:
    """An installed library that the source imports."""

    name: str
    version: str


@dataclass(frozen=True)
class Call:
    """One call: what is called, as far as names tell; an unknown receiver is a leading dot."""

    path: str
    line: int
    awaited: bool = False
    in_loop: bool = False


@dataclass(frozen=True)
class Remark:
    """What a check has to say of a place: what it is, why it matters, what to look up for it."""

    check: str
    title: str
    why: str
    file: str
    line: int
    end_line: int
    function: str
    costs: Costs
    confidence: Confidence
    library: str = ""
    question: str = ""


@dataclass(frozen=True)
class Primitive:
    """A primitive that the source names: ``kind`` is the class or ``instrument``, ``function`` what it stands in."""

    name: str
    kind: str
    line: int
    function: str


@dataclass(frozen=True)
class Function:
    """One function: where it is, what it says of itself, what it calls, how complex it is."""

    name: str
    file: str
    line: int
    end_line: int
    is_async: bool
    signature: str
    doc: str
    calls: tuple[Call, ...]
    complexity: int = 1
    changed: float | None = None
    """When its youngest line was committed, Unix seconds; None where git does not know."""

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Source:
    """One file. ``problem`` says why nothing is known of it, and is empty when all is."""

    file: str
    module: str
    functions: tuple[Function, ...] = ()
    primitives: tuple[Primitive, ...] = ()
    libraries: tuple[Library, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problem: str = ""
    lines: tuple[str, ...] = field(default=(), repr=False)

    def function_at(self, line: int) -> Function | None:
        """The innermost function around the line."""
        around = [one for one in self.functions if one.line <= line <= one.end_line]
        return max(around, key=lambda one: one.line, default=None)
