"""Awaits in a loop: ``for x in xs: r.append(await f(x))`` and ``[await f(x) for x in xs]``, so many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from .collections import check_collection
from .edit import Edit
from .errors import UnsafeError
from .reading import Reading, is_plain, names_in
from .rows import check_around, check_plain, is_declared


@dataclass(frozen=True)
class Loop:
    """A loop whose only work is to await one call for each item. ``items`` is what follows ``for``."""

    statement: cst.CSTNode
    awaited: cst.Await
    target: cst.BaseAssignTargetExpression
    taken: cst.BaseExpression
    items: str


class Loops:
    """The loops of a function, and what becomes of them; ``at_once`` calls run together at most."""

    def __init__(self, reading: Reading, function: str, at_once: int) -> None:
        self._reading, self._function, self._at_once = reading, function, at_once
        self._taken = set(reading.taken())

    def edits(self) -> Iterator[Edit | UnsafeError]:
        """One edit for each loop that is safe, and why each other is not."""
        for node in self._reading.own():
            try:
                if isinstance(node, cst.For) and self._calls(node.body):
                    yield self._for(node)
                elif isinstance(node, cst.BaseComp) and self._calls(node):
                    yield self._comprehension(node)
            except UnsafeError as error:
                yield error

    def _calls(self, node: cst.CSTNode) -> list[cst.Await]:
        """The awaited calls in it, those of an inner loop left to that one."""
        found: list[cst.Await] = []
        waiting = list(node.children)
        while waiting:
            one = waiting.pop()
            if isinstance(one, cst.Await) and self._reading.call(one):
                found.append(one)
            inner = isinstance(one, cst.For | cst.BaseComp | cst.FunctionDef | cst.Lambda | cst.ClassDef)
            waiting += [] if inner else list(one.children)
        return found

    # a list that each call's result is appended to

    def _for(self, node: cst.For) -> Edit:
        result, awaited = self._appended(node)
        loop = Loop(node, awaited, node.target, node.iter, f"{self._code(node.target)} in {self._code(node.iter)}")
        self._check(loop)
        self._check_result(node, result, awaited)
        self._check_items(node)
        head, indent = self._head(loop, _comments(node))
        call = f"{indent}{result}.extend(await asyncio.gather(*({head.call} for {loop.items})))"
        place = self._reading.place(node)
        return Edit(place.start.line, place.end.line, (*head.lines, "", call))

    def _appended(self, node: cst.For) -> tuple[str, cst.Await]:
        if node.asynchronous is not None or node.orelse is not None:
            raise UnsafeError("its loop is asynchronous or has an else")
        body = node.body.body if isinstance(node.body, cst.IndentedBlock) else ()
        line = body[0] if len(body) == 1 else None
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
        call = small.value if isinstance(small, cst.Expr) else None
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
            raise UnsafeError("its loop does more with each call than to append what it gives to a list")
        value, result = call.args[0].value, call.func.value
        appends = call.func.attr.value == "append" and isinstance(result, cst.Name) and not call.args[0].star
        if not appends or not isinstance(value, cst.Await) or not self._reading.call(value):
            raise UnsafeError("its loop does more with each call than to append what it gives to a list")
        return (result.value if isinstance(result, cst.Name) else ""), value

    def _check_result(self, node: cst.For, result: str, awaited: cst.Await) -> None:
        """The list must be new, and nobody else's, until the loop is over."""
        reading, block = self._reading, self._reading.parent(node)
        before = list(block.body[: block.body.index(node)]) if isinstance(block, cst.IndentedBlock) else []
        while before and result not in names_in(before[-1]):
            before.pop()
        if not before or not _is_empty_list(before[-1], result):
            raise UnsafeError(
                f"{result} is not made empty just before the loop: what it has after an error may be seen"
            )
        if is_declared(reading, result):
            raise UnsafeError(f"{result} is not its own")
        if result in reading.inner_names() or result in names_in(awaited) or result in names_in(node.iter):
            raise UnsafeError(f"{result} is seen while the calls run")

    def _check_items(self, node: cst.For) -> None:
        names = set(names_in(node.target))
        inside = len([name for name in names_in(node) if name in names])
        everywhere = len([name for name in names_in(self._reading.function) if name in names])
        if everywhere > inside:
            raise UnsafeError(f"{min(names)} is used outside of its loop too")

    # a list of what each call gives

    def _comprehension(self, node: cst.BaseComp) -> Edit:
        reading, source = self._reading, node.for_in
        if not isinstance(node, cst.ListComp):
            raise UnsafeError("it stands in a comprehension that makes no list")
        awaited = node.elt
        if not isinstance(awaited, cst.Await) or not reading.call(awaited):
            raise UnsafeError("its comprehension does more with each call than to list what it gives")
        if source.asynchronous is not None or source.inner_for_in is not None:
            raise UnsafeError("its comprehension is asynchronous or has two loops")
        if not all(is_plain(one.test) for one in source.ifs):
            raise UnsafeError("the condition of its comprehension does something between the calls")
        statement = self._whole(node)
        place, inner = reading.place(statement), reading.place(node)
        if "#" in reading.code(node):
            raise UnsafeError("comments stand in its comprehension")
        loop = Loop(
            statement,
            awaited,
            source.target,
            source.iter,
            "\n".join(reading.text(source)).strip().removeprefix("for").strip(),
        )
        self._check(loop)
        head, _ = self._head(loop, ())
        begin = reading.lines[place.start.line - 1][: inner.start.column]
        end = reading.lines[inner.end.line - 1][inner.end.column :].rstrip("\r\n")
        call = f"{begin}await asyncio.gather(*({head.call} for {loop.items})){end}"
        return Edit(place.start.line, inner.end.line, (*head.lines, "", call))

    def _whole(self, node: cst.BaseComp) -> cst.SimpleStatementLine:
        """The statement whose value it is. Raises ``UnsafeError`` when it is part of another expression."""
        small = self._reading.parent(node)
        line = self._reading.parent(small)
        whole = isinstance(small, cst.Assign | cst.AnnAssign | cst.Return) and small.value is node
        if not whole or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            raise UnsafeError("its comprehension is part of another expression")
        if self._reading.place(line).start.line != self._reading.place(node).start.line or node.lpar or node.rpar:
            raise UnsafeError("its comprehension begins on another line than its statement")
        return line

    # both

    def _check(self, loop: Loop) -> None:
        reading, call = self._reading, loop.awaited.expression
        check_around(reading, loop.statement)
        check_collection(reading, loop.taken)
        targets = loop.target.elements if isinstance(loop.target, cst.Tuple) else ()
        names = [one.value for one in targets] or [loop.target]
        if not all(isinstance(one, cst.Name) for one in names):
            raise UnsafeError(f"{reading.code(loop.target)} is more than names")
        if isinstance(call, cst.Call):
            check_plain(reading, call)

    def _head(self, loop: Loop, comments: Sequence[str]) -> tuple[_Head, str]:
        """The semaphore and the function that waits for it, above the statement."""
        reading = self._reading
        place = reading.place(loop.statement)
        indent = reading.lines[place.start.line - 1][: place.start.column]
        deeper = f"{indent}{reading.module.default_indent}"
        slots, one = self._free("at_once"), self._free(f"one_{self._function.strip('_')}")
        names = ", ".join(dict.fromkeys(names_in(loop.target)))
        awaited = reading.text(loop.awaited)
        awaited = reading.deeper(awaited) if isinstance(loop.statement, cst.For) else awaited
        lines = (
            f"{indent}{slots} = asyncio.Semaphore({self._at_once})",
            "",
            f"{indent}async def {one}({names}):",
            f"{deeper}async with {slots}:",
            *(f"{deeper}{reading.module.default_indent}{comment}" for comment in comments),
            f"{deeper}{reading.module.default_indent}return {awaited[0]}",
            *awaited[1:],
        )
        return _Head(lines, f"{one}({names})"), indent

    def _free(self, name: str) -> str:
        while name in self._taken:
            name = f"{name}_"
        self._taken.add(name)
        return name

    def _code(self, node: cst.CSTNode) -> str:
        text = self._reading.code(node)
        if "\n" in text or "#" in text:
            raise UnsafeError("the head of its loop is on several lines")
        return text


@dataclass(frozen=True)
class _Head:
    """The lines above, and the call for one item."""

    lines: tuple[str, ...]
    call: str


def _comments(node: cst.For) -> tuple[str, ...]:
    """The comments of the loop's head and of its body; those below it stay where they are."""
    block = node.body
    if not isinstance(block, cst.IndentedBlock):
        return ()
    line = block.body[0]
    inside = [one.comment for one in (line.leading_lines if isinstance(line, cst.SimpleStatementLine) else ())]
    ends = [line.trailing_whitespace.comment] if isinstance(line, cst.SimpleStatementLine) else []
    found = [block.header.comment, *inside, *ends]
    return tuple(one.value for one in found if one is not None)


def _is_empty_list(statement: cst.CSTNode, name: str) -> bool:
    """Whether it binds the name, and nothing else, to a new empty list."""
    small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1 else None
    if isinstance(small, cst.Assign):
        target = small.targets[0].target if len(small.targets) == 1 else None
    else:
        target = small.target if isinstance(small, cst.AnnAssign) else None
    value = small.value if isinstance(small, cst.Assign | cst.AnnAssign) else None
    empty = isinstance(value, cst.List) and not value.elements
    made = (
        isinstance(value, cst.Call)
        and isinstance(value.func, cst.Name)
        and value.func.value == "list"
        and not value.args
    )
    return isinstance(target, cst.Name) and target.value == name and (empty or made)
