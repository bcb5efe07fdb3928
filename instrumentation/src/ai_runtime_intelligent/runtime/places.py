"""Where a definition stands in the user's source, and which installed libraries its module imports."""

from __future__ import annotations

import ast
import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

_PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class Place:
    """A line of source. ``is_def`` says that ``line`` belongs to a function's definition, decorators included."""

    file: str
    line: int
    function: str
    module: str
    is_def: bool = False


@dataclass(frozen=True)
class Library:
    """An installed distribution and its version."""

    name: str
    version: str


def place_of(target: Any) -> Place:
    """The definition of a callable or of an object's ``execute``; of a callable without source, the caller's line."""
    function = _function_behind(target)
    code: CodeType | None = getattr(function, "__code__", None)
    if code is None:
        return caller_place()
    module = str(getattr(function, "__module__", "") or "")
    return Place(_absolute(code.co_filename), code.co_firstlineno, code.co_qualname, module, is_def=True)


def _function_behind(target: Any) -> Any:
    target = inspect.unwrap(getattr(target, "execute", target))
    while isinstance(target, functools.partial):
        target = target.func
    if not hasattr(target, "__code__") and not hasattr(target, "__func__") and hasattr(target, "__call__"):  # noqa: B004
        target = target.__call__
    return inspect.unwrap(getattr(target, "__func__", target))


def caller_place() -> Place:
    """The line of the first caller outside this package."""
    frame = inspect.currentframe()
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    if frame is None:
        return Place("", 0, "", "")
    file = _absolute(frame.f_code.co_filename)
    return Place(file, frame.f_lineno, frame.f_code.co_qualname, str(frame.f_globals.get("__name__", "")))


def _absolute(file: str) -> str:
    return os.path.abspath(file)  # noqa: PTH100 - loading pathlib is a tenth of what importing the decorator costs


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE


@functools.lru_cache(maxsize=4096)
def lines_of(place: Place) -> tuple[int, int]:
    """First and last line of what stands at ``place``: the whole def or statement; its one line without source."""
    tree = _tree(place.file)
    if tree is None:
        return place.line, place.line
    node = _definition_at(tree, place) if place.is_def else _statement_at(tree, place.line)
    if node is None:
        return place.line, place.line
    return node.lineno, node.end_lineno or node.lineno


def _definition_at(tree: ast.Module, place: Place) -> ast.stmt | ast.expr | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            decorators: list[ast.expr] = [] if isinstance(node, ast.Lambda) else node.decorator_list
            if place.line in {node.lineno, *(decorator.lineno for decorator in decorators)}:
                return node
    return None


def _statement_at(tree: ast.Module, line: int) -> ast.stmt | None:
    """The innermost statement around ``line``."""
    found: ast.stmt | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found = node if found is None or node.lineno >= found.lineno else found
    return found


@functools.lru_cache(maxsize=256)
def _tree(file: str) -> ast.Module | None:
    try:
        with open(file, "rb") as source:  # noqa: PTH123 - see _absolute
            return ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return None


@functools.lru_cache(maxsize=1024)
def libraries_of(file: str, module: str) -> tuple[Library, ...]:
    """The installed distributions that the module in ``file`` imports, its own package and ours left out."""
    tree = _tree(file)
    own = {_PACKAGE, module.partition(".")[0]} | sys.stdlib_module_names
    names = () if tree is None else sorted({name for name in _imported(tree) if name not in own})
    return tuple(sorted(_distributions(names), key=lambda library: library.name))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def _distributions(modules: list[str] | tuple[str, ...]) -> set[Library]:
    if not modules:
        return set()
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - read only for a manifest

    found = set()
    for distribution in {name for module in modules for name in _providers().get(module, ())}:
        try:
            found.add(Library(distribution, version(distribution)))
        except PackageNotFoundError:
            continue
    return found


@functools.cache
def _providers() -> dict[str, list[str]]:
    from importlib.metadata import packages_distributions  # noqa: PLC0415 - reads the whole environment

    return dict(packages_distributions())


def doc_of(function: Callable[..., Any] | Any, limit: int = 2000) -> str:
    """The docstring, without indentation, at most ``limit`` characters."""
    return (inspect.getdoc(_function_behind(function)) or "")[:limit]
