"""One function as checks see it: its tree, what its names stand for, and who stands around it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .names import FunctionNode, Names
from .records import Call, Confidence, Costs, Remark


@dataclass(frozen=True)
class Definition:
    """A function's definition in a file; ``owner`` is the name of its class, if it is a method."""

    node: FunctionNode
    name: str
    file: str
    names: Names
    nodes: tuple[ast.AST, ...]
    """Every node of its own body."""
    owner: str = ""

    @property
    def is_async(self) -> bool:
        """Whether its body runs on an event loop."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    def called(self, call: ast.Call) -> str:
        """The dotted path of what a call calls; a method of its own class begins with the class."""
        path = self.names.path(call.func)
        first = self.node.args.args[0].arg if self.owner and self.node.args.args else ""
        if first and path.startswith(f".{first}.") and path.count(".") == 2:  # noqa: PLR2004 - .self.method
            return f"{self.owner}.{path.rpartition('.')[2]}"
        return path

    def calls(self) -> tuple[Call, ...]:
        """What it calls, in order."""
        return tuple(_calls(self, self.node.body, in_loop=False))

    def remark(self, check: str, node: ast.AST, title: str, why: str, costs: Costs, **more: Any) -> Remark:
        """A remark on the lines of ``node``."""
        at: Any = node
        confidence: Confidence = more.pop("confidence", "high")
        end = at.end_lineno or at.lineno
        return Remark(check, title, why, self.file, at.lineno, end, self.name, costs, confidence, **more)


def _calls(definition: Definition, body: Iterable[ast.AST], *, in_loop: bool) -> Iterator[Call]:
    awaited = set[int]()
    for node, looped in _looped(body, in_loop=in_loop):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            awaited.add(id(node.value))
        if isinstance(node, ast.Call):
            yield Call(definition.called(node), node.lineno, id(node) in awaited, looped)


def _looped(body: Iterable[ast.AST], *, in_loop: bool) -> Iterator[tuple[ast.AST, bool]]:
    """The nodes of a body, each with whether it is run again and again by a loop of this function."""
    for node in body:
        yield node, in_loop
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.For | ast.AsyncFor):
            yield from _looped([node.target, node.iter, *node.orelse], in_loop=in_loop)
            yield from _looped(node.body, in_loop=True)
        elif isinstance(node, ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield from _looped(ast.iter_child_nodes(node), in_loop=True)
        else:
            yield from _looped(ast.iter_child_nodes(node), in_loop=in_loop)
