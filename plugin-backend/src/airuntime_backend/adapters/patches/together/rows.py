"""Awaits that stand one below the other, ``a = await f(1)`` and ``b = await f(2)``, as one of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import libcst as cst

from .edit import Edit
from .errors import UnsafeError
from .reading import Reading, is_plain, names_in

_WIDTH: Final = 100
_PAIR: Final = 2
_STANDS: Final = "\0"
"""Before a line that has its indent already."""


@dataclass(frozen=True)
class Member:
    """One statement of a row: the name that it binds, and the call that it awaits."""

    line: cst.SimpleStatementLine
    target: str
    call: cst.Call

    @property
    def mentions(self) -> frozenset[str]:
        """The names that its call needs."""
        return frozenset(names_in(self.call))


class Rows:
    """The rows of a function, and what becomes of them. ``at_once`` is how many may run together at most."""

    def __init__(self, reading: Reading, at_once: int) -> None:
        self._reading, self._at_once = reading, at_once

    def edits(self) -> Iterator[Edit | UnsafeError]:
        """One edit for each row that is safe, and why each other is not."""
        for row in self._rows():
            try:
                self._check(row)
            except UnsafeError as error:
                yield error
                continue
            for start in range(0, len(row), self._at_once):
                part = row[start : start + self._at_once]
                if len(part) >= _PAIR:
                    yield self._edit(part)

    def _rows(self) -> Iterator[list[Member]]:
        """Neighbours that do not need each other; why others are left is told for the whole function."""
        for block in self._reading.own():
            if isinstance(block, cst.IndentedBlock):
                yield from (row for row in self._split(block) if len(row) >= _PAIR)

    def _split(self, block: cst.IndentedBlock) -> Iterator[list[Member]]:
        row: list[Member] = []
        for statement in block.body:
            one = self._member(statement)
            if one is None or any(earlier.target in one.mentions for earlier in row):
                yield row
                row = []
            row = [*row, one] if one else []
        yield row

    def _member(self, statement: cst.CSTNode) -> Member | None:
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return None
        small = statement.body[0]
        if not isinstance(small, cst.Assign) or len(small.targets) != 1:
            return None
        target, call = small.targets[0].target, self._reading.call(small.value)
        return Member(statement, target.value, call) if isinstance(target, cst.Name) and call else None

    def _check(self, row: Sequence[Member]) -> None:
        names = [one.target for one in row]
        check_around(self._reading, row[0].line)
        if len(set(names)) < len(names):
            raise UnsafeError("two of the calls bind the same name")
        seen = self._reading.inner_names() & set(names)
        if seen:
            raise UnsafeError(f"a function within it sees {min(seen)} while the calls run")
        shared = [one for one in names if is_declared(self._reading, one)]
        if shared:
            raise UnsafeError(f"{shared[0]} is not its own")
        for one in row:
            check_plain(self._reading, one.call)

    def _edit(self, row: Sequence[Member]) -> Edit:
        reading, first, last = self._reading, row[0].line, row[-1].line
        place = reading.place(first)
        indent = reading.lines[place.start.line - 1][: place.start.column]
        begin = f"{', '.join(one.target for one in row)} = await asyncio.gather("
        notes = [comment for one in row for comment in (*_leading(one, first), _trailing(one)) if comment]
        calls = [reading.text(one.call) for one in row]
        short = f"{indent}{begin}{', '.join(call[0] for call in calls)})"
        lines: tuple[str, ...] = (short,)
        if notes or len(short) > _WIDTH or any(len(call) > 1 for call in calls):
            deeper = f"{indent}{reading.module.default_indent}"
            shown = (line for one in row for line in (*_leading(one, first), *self._argument(one)))
            lines = (f"{indent}{begin}", *(_below(deeper, line) for line in shown), f"{indent})")
        return Edit(place.start.line, reading.place(last).end.line, lines)

    def _argument(self, one: Member) -> list[str]:
        """The lines of its call as an argument, with the comment behind it; those after the first have their indent."""
        begin, *more = self._reading.deeper(self._reading.text(one.call))
        lines = [begin, *(f"{_STANDS}{line}" for line in more)]
        note = _trailing(one)
        return [*lines[:-1], f"{lines[-1]},  {note}" if note else f"{lines[-1]},"]


def _below(indent: str, line: str) -> str:
    return line.removeprefix(_STANDS) if line.startswith(_STANDS) else f"{indent}{line}"


def _leading(one: Member, first: cst.SimpleStatementLine) -> tuple[str, ...]:
    """The comments above it; those above the first of a row stay where they are."""
    lines = () if one.line is first else one.line.leading_lines
    return tuple(line.comment.value for line in lines if line.comment)


def _trailing(one: Member) -> str:
    comment = one.line.trailing_whitespace.comment
    return comment.value if comment else ""


def is_declared(reading: Reading, name: str) -> bool:
    """Whether the function says that the name is its module's, or of the function around it."""
    found = (node for node in reading.own() if isinstance(node, cst.Global | cst.Nonlocal))
    return any(item.name.value == name for node in found for item in node.names)


def check_around(reading: Reading, statement: cst.CSTNode) -> None:
    """Raise ``UnsafeError`` when what a statement stands in tells which of its calls failed, or ends before all do."""
    for node in reading.above(statement):
        if isinstance(node, cst.Try | cst.TryStar):
            raise UnsafeError("they stand in a try, which tells which of them failed and which never began")
        if isinstance(node, cst.With):
            raise UnsafeError("they stand in a with, which ends at the first error while others still run in it")


def check_plain(reading: Reading, call: cst.Call) -> None:
    """Raise ``UnsafeError`` when an argument does more than look at a value."""
    for argument in call.args:
        if not is_plain(argument.value):
            raise UnsafeError(f"{reading.code(argument.value)} does something between the calls")
