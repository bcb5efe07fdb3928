"""One file of source to what the index keeps of it."""

from __future__ import annotations

import ast
import logging
import tokenize
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

from ai_runtime_intelligent.context7.checks import CHECKS
from ai_runtime_intelligent.context7.installed import Libraries
from ai_runtime_intelligent.context7.text import plain

from .definition import Definition
from .names import FunctionNode, Names, own_nodes
from .primitives import primitives_in
from .records import Function, Library, Remark, Source
from .roots import Place

_log = logging.getLogger(__name__)
_MOST_DOC: Final = 2_000
_OURS: Final = "ai_runtime_intelligent"


def read(place: Place, libraries: Libraries) -> Source:
    """What is known of the file; its problem when it cannot be read or parsed."""
    try:
        text = _decoded(place.path.read_bytes())
    except OSError as error:
        return Source(place.shown, module_of(place), problem=_problem(error))
    return understood(place, text, libraries)


def _decoded(source: bytes) -> str:
    """The text as Python reads it: by its byte order mark, or in the encoding that it declares, or in UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
        text = source.decode(encoding, "replace")
    except (SyntaxError, LookupError, UnicodeError):  # no such encoding, or one that is none of text
        text = source.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def understood(place: Place, text: str, libraries: Libraries) -> Source:
    """What is known of a text that the file has, or may come to have."""
    module = module_of(place)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Source(place.shown, module, problem=_problem(error))
    names = Names.of(tree, module, is_package=place.path.name == "__init__.py")
    definitions = tuple(_definitions(own_nodes(tree.body), place.shown, names, "", ""))
    complexity = _complexity(place.shown, text)
    return Source(
        place.shown,
        module,
        tuple(_function(one, complexity.get(one.node.lineno, 1)) for one in definitions),
        tuple(primitives_in(tree, definitions, names)),
        _libraries(tree, module, libraries),
        tuple(sorted(_remarks(definitions), key=lambda one: one.line)),
        lines=tuple(text.splitlines()),
    )


def _problem(error: Exception) -> str:
    where = f" in line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
    return f"it cannot be read as Python ({type(error).__name__}{where})"


def module_of(place: Place) -> str:
    """The dotted name under which the file is imported: the packages around it, outermost first."""
    parts, folder = [place.path.stem], place.path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts).removesuffix(".__init__")


def _definitions(nodes: Iterable[ast.AST], file: str, names: Names, prefix: str, owner: str) -> Iterator[Definition]:
    """Every function, with those inside functions and classes."""
    for node in nodes:
        name = f"{prefix}{getattr(node, 'name', '')}"
        if isinstance(node, ast.ClassDef):
            yield from _definitions(own_nodes(node.body), file, names, f"{name}.", name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = tuple(own_nodes(node.body))
            inner = names.inside(node, own)
            yield Definition(node, name, file, inner, own, owner)
            yield from _definitions(own, file, inner, f"{name}.<locals>.", "")


def _function(definition: Definition, complexity: int) -> Function:
    node = definition.node
    return Function(
        definition.name,
        definition.file,
        node.lineno,
        node.end_lineno or node.lineno,
        definition.is_async,
        _signature(node),
        plain(ast.get_docstring(node) or "", _MOST_DOC),
        definition.calls(),
        complexity,
    )


def _signature(node: FunctionNode) -> str:
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return plain(f"{word} {node.name}({ast.unparse(node.args)}){returns}", 500)


def _complexity(file: str, text: str) -> dict[int, int]:
    """The cyclomatic complexity of each function, by its first line."""
    import lizard  # noqa: PLC0415 - counts only where source is read

    try:
        found = lizard.FileAnalyzer(lizard.get_extensions([])).analyze_source_code(file, text)
    except Exception:  # noqa: BLE001 - a measure that fails must not hide the rest of the file
        _log.info("the complexity of %s cannot be counted", file)
        return {}
    return {one.start_line: one.cyclomatic_complexity for one in found.function_list}


def _libraries(tree: ast.Module, module: str, libraries: Libraries) -> tuple[Library, ...]:
    """The installed libraries that the file imports, its own package and ours left out."""
    own = {module.partition(".")[0], _OURS}
    owners = {libraries.owner(name) for name in _imported(tree) if name not in own}
    found = [Library(name, libraries.version(name)) for name in sorted(owners) if name]
    return tuple(one for one in found if one.version)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def _remarks(definitions: Iterable[Definition]) -> Iterator[Remark]:
    for definition in definitions:
        for check in CHECKS:
            try:
                yield from check(definition)
            except RecursionError:
                _log.info("%s in %s is nested too deeply to be checked", definition.name, definition.file)
