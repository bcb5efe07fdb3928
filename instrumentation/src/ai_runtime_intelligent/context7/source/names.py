"""What names stand for in one module: imports, also those inside functions, and what the module defines itself."""

from __future__ import annotations

import ast
import builtins
from collections import ChainMap
from collections.abc import Iterable, Iterator
from typing import Final

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_BUILTINS: Final = frozenset(dir(builtins))
SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Names:
    """The names of a module; ``inside`` gives those within a function."""

    def __init__(self, known: ChainMap[str, str], module: str, *, is_package: bool = False) -> None:
        self._known = known  # what is around a function is shared by all in it: modules may have thousands
        self._module = module
        self._is_package = is_package

    @classmethod
    def of(cls, tree: ast.Module, module: str, *, is_package: bool) -> Names:
        """The names at the top of the module."""
        outer = cls(ChainMap({name: name for name in _BUILTINS}), module, is_package=is_package)
        return outer._and(own_nodes(tree.body), f"{module}.")

    def inside(self, function: FunctionNode, nodes: Iterable[ast.AST]) -> Names:
        """The names in the function, whose own nodes are ``nodes``: what it sets hides what it does not."""
        held = tuple(nodes)
        hidden = dict.fromkeys((*_parameters(function), *_assigned(held)), "")
        within = Names(self._known.new_child(hidden), self._module, is_package=self._is_package)
        return within._and(held, "")

    def _and(self, nodes: Iterable[ast.AST], prefix: str) -> Names:
        known: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.Import):
                known |= dict(_imported(one) for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = self._source(node)
                known |= {one.asname or one.name: f"{source}.{one.name}".lstrip(".") for one in node.names}
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                known[node.name] = f"{prefix}{node.name}" if prefix else f"<locals>.{node.name}"
        return Names(self._known.new_child(known), self._module, is_package=self._is_package)

    def _source(self, node: ast.ImportFrom) -> str:
        """The module that is imported from, with dots resolved."""
        if not node.level:
            return node.module or ""
        parts = self._module.split(".") if self._is_package else self._module.split(".")[:-1]
        kept = parts[: len(parts) - (node.level - 1)]
        return ".".join((*kept, *filter(None, (node.module,))))

    def path(self, node: ast.expr) -> str:
        """The dotted path of what an expression names: ``time.sleep``; ``.client.get`` for an unknown receiver."""
        if isinstance(node, ast.Name):
            return self._known.get(node.id) or f".{node.id}"
        if isinstance(node, ast.Attribute):
            return f"{self.path(node.value)}.{node.attr}"
        return "." if not isinstance(node, ast.Call) else f".{self.path(node.func).rpartition('.')[2]}()"


def _imported(alias: ast.alias) -> tuple[str, str]:
    """``import a.b`` gives the name ``a``, ``import a.b as c`` gives ``c``."""
    top = alias.name.partition(".")[0]
    return (alias.asname, alias.name) if alias.asname else (top, top)


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node in a body but those within inner functions, classes and lambdas, in source order."""
    waiting = [*body][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting += [*ast.iter_child_nodes(node)][::-1]


def _parameters(function: FunctionNode) -> Iterator[str]:
    args = function.args
    for one in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if one is not None:
            yield one.arg


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
