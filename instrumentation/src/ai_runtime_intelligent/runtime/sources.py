"""What stands at a place in the user's source, and which installed libraries its module imports."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .places import Place

_PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class Library:
    """An installed distribution and its version."""

    name: str
    version: str


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
        return ast.parse(Path(file).read_bytes())
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
