"""The function behind a primitive: where it is defined, and that running it twice at once changes nothing visible."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import PurePath

from .effects import Effects
from .errors import UnsafeError


@dataclass(frozen=True)
class Callee:
    """A coroutine function: its name, its class if it is a method, its file's module and the line of its ``def``."""

    function: str
    owner: str
    module: str
    line: int


def callee_at(name: str, file: str, source: str, line: int) -> Callee:
    """The function that is defined at the line of the source of a file; ``name`` is that of its primitive.

    Raises:
        UnsafeError: there is none, or running it side by side could change what others see.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        raise UnsafeError(f"the source of {name} does not parse") from None
    found = _defined(tree, line)
    if found is None:
        raise UnsafeError(f"{name} is no function whose source can be read")
    node, owner = found
    if not isinstance(node, ast.AsyncFunctionDef):
        raise UnsafeError(f"{name} is no coroutine function: its calls are not awaited")
    effect = Effects(tree, owner).of(node)
    if effect:
        raise UnsafeError(f"{name} may change what its other calls see: {effect}")
    path = PurePath(file)
    module = path.parent.name if path.stem == "__init__" else path.stem
    return Callee(node.name, owner.name if owner else "", module, line)


def _defined(tree: ast.Module, line: int) -> tuple[ast.stmt, ast.ClassDef | None] | None:
    owners = {id(one): node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for one in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == line:
            return node, owners.get(id(node))
    return None
