"""The source of a caller, with what it needs to be understood: scopes, places, and what stands in what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import libcst as cst
from libcst.metadata import (
    CodeRange,
    GlobalScope,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    Scope,
    ScopeProvider,
)
from libcst.metadata.scope_provider import Assignment, ImportAssignment

from .callee import Callee
from .errors import UnsafeError

_INNER: Final = (cst.FunctionDef, cst.Lambda, cst.ClassDef)
_EFFECTS: Final = (cst.Call, cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda, cst.BaseComp)
_TEXTS: Final = ('"""', "'''", "\\\n")
_SEPARATORS: Final = frozenset("\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_SELF: Final = frozenset({"self", "cls"})


class Reading:
    """A module, and the function in it that awaits a callee. Raises ``UnsafeError`` when there is no such function."""

    def __init__(self, source: str, line: int, callee: Callee, *, here: bool) -> None:
        """``line`` is that of the caller's ``def``; ``here`` says that the callee is defined in the same file."""
        if not _SEPARATORS.isdisjoint(source):
            raise UnsafeError("its file has characters that end lines for some readers and not for others")
        wrapper = MetadataWrapper(_parsed(source), unsafe_skip_copy=True)
        self.module = wrapper.module
        self.lines = source.splitlines(keepends=True)
        self._scopes = wrapper.resolve(ScopeProvider)
        self._places = wrapper.resolve(PositionProvider)
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._callee, self._here = callee, here
        self.function = self._defined(line)

    def place(self, node: cst.CSTNode) -> CodeRange:
        """Where it stands, without comments and blanks around it."""
        return self._places[node]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """In what it stands."""
        return self._parents[node]

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What it stands in, up to the function."""
        while node is not self.function:
            node = self.parent(node)
            yield node

    def code(self, node: cst.CSTNode) -> str:
        """Its source, parentheses around it too; the indent of further lines may be another."""
        return self.module.code_for_node(node)

    def text(self, node: cst.CSTNode) -> list[str]:
        """The lines of its source as they stand there, from where it begins to where it ends."""
        place = self.place(node)
        lines = [line.rstrip("\r\n") for line in self.lines[place.start.line - 1 : place.end.line]]
        lines[-1] = lines[-1][: place.end.column]
        lines[0] = lines[0][place.start.column :]
        return lines

    def deeper(self, lines: Sequence[str]) -> list[str]:
        """The same one indent further in, where no text runs over the ends of lines."""
        whole = "\n".join(lines)
        if any(mark in whole for mark in _TEXTS):
            return list(lines)
        return [lines[0], *(f"{self.module.default_indent}{line}" if line.strip() else line for line in lines[1:])]

    def own(self) -> Iterator[cst.CSTNode]:
        """All that stands in the function and in nothing that it defines."""
        waiting: list[cst.CSTNode] = [self.function.body]
        while waiting:
            node = waiting.pop(0)
            yield node
            waiting[:0] = [one for one in node.children if not isinstance(one, _INNER)]

    def inner_names(self) -> frozenset[str]:
        """The names that functions within the function mention."""
        inner = [node for one in self.own() for node in one.children if isinstance(node, _INNER)]
        return frozenset(name for node in inner for name in names_in(node))

    def call(self, node: cst.CSTNode) -> cst.Call | None:
        """The call of the callee that is awaited there, if it is one."""
        call = node.expression if isinstance(node, cst.Await) else None
        return call if isinstance(call, cst.Call) and self._is_callee(call.func) else None

    def bound(self, name: str, at: cst.CSTNode) -> Sequence[Any]:
        """The assignments of a name, as seen from a node."""
        scope = cast("Scope", self._scopes[at])
        return tuple(scope[name])

    def asyncio(self) -> bool:
        """Whether the module's ``asyncio`` is there. Raises ``UnsafeError`` when that name is something else."""
        found = self.bound("asyncio", self.function.body)
        for one in found:
            node = one.node if isinstance(one, ImportAssignment) and isinstance(one.scope, GlobalScope) else None
            named = {_bound_as(alias): alias.evaluated_name for alias in _aliases(node)} if node else {}
            if not isinstance(node, cst.Import) or named.get("asyncio") != "asyncio":
                raise UnsafeError("asyncio is the name of something else there")
        return bool(found)

    def taken(self) -> frozenset[str]:
        """Every name that the module mentions."""
        return frozenset(names_in(self.module))

    def _defined(self, line: int) -> cst.FunctionDef:
        for node in self._places:
            if isinstance(node, cst.FunctionDef) and self.place(node.name).start.line == line:
                if node.asynchronous is None:
                    raise UnsafeError("its caller is no coroutine function")
                return node
        raise UnsafeError("its caller is no function whose source can be read")

    def _is_callee(self, called: cst.BaseExpression) -> bool:
        callee = self._callee
        if isinstance(called, cst.Name):
            found = self.bound(called.value, called)
            return not callee.owner and len(found) == 1 and self._defines(found[0], called.value)
        if not isinstance(called, cst.Attribute) or not isinstance(called.value, cst.Name):
            return False
        if called.attr.value != callee.function:
            return False
        if callee.owner:
            return called.value.value in _SELF and self._here and self._owner() == callee.owner
        found = self.bound(called.value.value, called.value)
        return not self._here and len(found) == 1 and self._is_module(found[0])

    def _owner(self) -> str:
        block = self.parent(self.function)
        owner = self.parent(block) if isinstance(block, cst.IndentedBlock) else None
        return owner.name.value if isinstance(owner, cst.ClassDef) else ""

    def _defines(self, one: object, name: str) -> bool:
        if self._here:
            node = one.node if isinstance(one, Assignment) else None
            return isinstance(node, cst.FunctionDef) and self.place(node.name).start.line == self._callee.line
        if not isinstance(one, ImportAssignment) or not isinstance(one.node, cst.ImportFrom):
            return False
        imported = {alias.evaluated_alias or alias.evaluated_name: alias.evaluated_name for alias in _aliases(one.node)}
        return imported.get(name) == self._callee.function and _last(one.node) == self._callee.module

    def _is_module(self, one: object) -> bool:
        if not isinstance(one, ImportAssignment):
            return False
        names = {
            alias.evaluated_name.rpartition(".")[2] for alias in _aliases(one.node) if _bound_as(alias) == one.name
        }
        return names == {self._callee.module}


def _parsed(source: str) -> cst.Module:
    try:
        return cst.parse_module(source)
    except cst.ParserSyntaxError:
        raise UnsafeError("the source of its caller does not parse") from None


def _aliases(node: cst.CSTNode) -> Sequence[cst.ImportAlias]:
    names = node.names if isinstance(node, cst.Import | cst.ImportFrom) else ()
    return () if isinstance(names, cst.ImportStar) else names


def _bound_as(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name


def _last(node: cst.ImportFrom) -> str:
    """The last name of the module that is imported from."""
    if node.module is None:
        return ""
    return node.module.value if isinstance(node.module, cst.Name) else node.module.attr.value


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def visit_Attribute(self, node: cst.Attribute) -> bool:  # noqa: N802 - libcst's name
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:  # noqa: N802 - the same
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802 - the same
        self.found.append(node.value)


def names_in(node: cst.CSTNode) -> tuple[str, ...]:
    """The variables that are mentioned, attributes and keywords left out, each as often as it is."""
    names = _Names()
    node.visit(names)
    return tuple(names.found)


def is_plain(node: cst.CSTNode) -> bool:
    """Whether looking at it sooner or later is the same: it calls, awaits, binds and defers nothing."""
    return not isinstance(node, _EFFECTS) and all(is_plain(one) for one in node.children)
