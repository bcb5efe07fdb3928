"""The primitives that a file names: functions under ``instrument`` and objects of our classes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from .definition import Definition
from .names import Names
from .records import Primitive

_OURS: Final = "ai_runtime_intelligent."
_INSTRUMENT: Final = "instrument"


def primitives_in(tree: ast.Module, definitions: Iterable[Definition], names: Names) -> Iterator[Primitive]:
    """Every primitive whose name stands in the source."""
    held = tuple(definitions)
    for one in held:
        yield from _decorated(one)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            around = _around(held, node.lineno)
            yield from _made(node, around.names if around else names, around.name if around else "")


def _decorated(definition: Definition) -> Iterator[Primitive]:
    for decorator in definition.node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        path = definition.names.path(call.func if call else decorator)
        if _ours(path) == _INSTRUMENT:
            given = _text(next((one.value for one in call.keywords if one.arg == "name"), None)) if call else ""
            name = given or definition.name.rpartition("<locals>.")[2]
            yield Primitive(name, _INSTRUMENT, definition.node.lineno, definition.name)


def _made(call: ast.Call, names: Names, function: str) -> Iterator[Primitive]:
    kind = _ours(names.path(call.func))
    if kind.endswith("Primitive"):
        name = _text(
            call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "name"), None)
        )
        if name:
            yield Primitive(name, kind, call.lineno, function)
    elif kind == _INSTRUMENT and call.args:
        given = _text(next((one.value for one in call.keywords if one.arg == "name"), None))
        target = names.path(call.args[0]).removeprefix("<locals>.").rpartition(".")[2]
        yield Primitive(given or target, _INSTRUMENT, call.lineno, target)


def _ours(path: str) -> str:
    """The name that our package gives to what ``path`` leads to; empty when it is not ours."""
    return path.rpartition(".")[2] if path.startswith(_OURS) else ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _around(definitions: tuple[Definition, ...], line: int) -> Definition | None:
    around = [one for one in definitions if one.node.lineno <= line <= (one.node.end_lineno or 0)]
    return max(around, key=lambda one: one.node.lineno, default=None)
