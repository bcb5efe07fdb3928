"""What a patch makes of a file: Python that parses, keeps what the file offers, and gets no new powers.

A person reads the patch and a sandbox tries it; this refuses beforehand what no tuning of a primitive needs.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from ai_runtime_intelligent.context7.text import plain

from .errors import RefusedError
from .redact import Redactor

_TOOLS: Final = frozenset(
    {
        "__future__", "asyncio", "collections", "contextlib", "dataclasses", "enum", "functools", "itertools", "math",
        "operator", "random", "statistics", "time", "typing", "ai_runtime_intelligent",
    }
)  # fmt: skip
"""What a patch may import anew, beside the libraries that the primitive uses already."""
_POWERS: Final = frozenset(
    {
        "eval", "exec", "compile", "open", "input", "breakpoint", "globals", "locals", "vars", "getattr", "setattr",
        "delattr", "exit", "quit", "print", "__import__", "__builtins__", "__loader__", "__spec__",
    }
)  # fmt: skip
_RISKY: Final = frozenset(
    {
        "os", "sys", "subprocess", "shutil", "socket", "ctypes", "importlib", "pickle", "pathlib", "signal", "urllib",
        "http", "builtins", "tempfile", "multiprocessing", "requests", "httpx",
    }
)  # fmt: skip
_REACHING: Final = frozenset(
    {
        "create_subprocess_exec", "create_subprocess_shell", "open_connection", "open_unix_connection", "start_server",
        "start_unix_server", "create_connection", "create_server", "system", "popen", "spawn", "read_text",
        "write_text", "unlink", "rmtree", "attrgetter", "methodcaller",
    }
)  # fmt: skip
_BOUNDS: Final = frozenset(
    {
        "minimum", "maximum", "min_value", "max_value", "bounds", "guardrail", "guardrails", "verify", "ssl",
        "check_hostname",
    }
)  # fmt: skip
_ADDRESS: Final = ("://", "www.")


def check_code(name: str, before: str, after: str, libraries: Iterable[str], redact: Redactor) -> None:
    """Refuse what the patch made of a file. Raises ``RefusedError``."""
    if plain(after, len(after)) != after.replace("\r\n", "\n") and plain(before, len(before)) == before:
        raise RefusedError("patch: it adds characters that cannot be seen")
    old, new = _tree(name, before, "before"), _tree(name, after, "after")
    if ast.dump(old) == ast.dump(new):
        raise RefusedError("patch: it changes nothing but comments and blanks")
    lost = _offered(old) - _offered(new)
    if lost:
        raise RefusedError(f"patch: it takes {min(lost)!r} away, which others may use")
    if Counter(_bounds(old)) != Counter(_bounds(new)):
        raise RefusedError("patch: it sets a bound or a guardrail")
    if _defences(new) < _defences(old):
        raise RefusedError("patch: it takes a check of the program's own away")
    gained = set(_powers(new)) - set(_powers(old))
    if gained:
        raise RefusedError(f"patch: it gets a new power, {min(gained)!r}")
    strange = set(_imported(new)) - set(_imported(old)) - _TOOLS - {one.replace("-", "_").lower() for one in libraries}
    if strange:
        raise RefusedError(f"patch: it imports {min(strange)!r}, which the primitive does not use")
    _check_texts(set(_texts(new)) - set(_texts(old)), redact)


def _tree(name: str, text: str, when: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix("\ufeff"), name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise RefusedError(f"patch: {name} does not parse {when} it{f' (line {line})' if line else ''}") from None


def _offered(tree: ast.Module) -> set[str]:
    """Top-level names, and methods of top-level classes."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}.{one.name}"
                for one in node.body
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _bounds(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in _BOUNDS:
            yield node.arg, ast.dump(node.value)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name.lower() in _BOUNDS:
                yield name, "assigned"


def _defences(tree: ast.Module) -> int:
    return sum(isinstance(node, ast.Raise | ast.Assert) for node in ast.walk(tree))


def _powers(tree: ast.Module) -> Iterator[str]:
    """Builtins that reach far, dunder attributes, and what is used of modules that reach out of the program."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _POWERS:
            yield node.id
        if isinstance(node, ast.Attribute):
            if node.attr.startswith("__"):
                yield node.attr
            path = _dotted(node)
            if not (_RISKY | _REACHING).isdisjoint(path.split(".")):
                yield path


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _imported(tree: ast.Module) -> Iterator[str]:
    """Modules by their first name; of modules that reach out of the program, each thing by its own."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            top = name.partition(".")[0]
            reaching = not (_RISKY | _REACHING).isdisjoint(name.split("."))
            yield name if reaching else top if top in sys.stdlib_module_names else top.lower()


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def _check_texts(added: set[str], redact: Redactor) -> None:
    for text in added:
        if any(mark in text.lower() for mark in _ADDRESS):
            raise RefusedError("patch: it adds an address")
        if "__" in text:
            raise RefusedError("patch: it adds a text that names what is Python's own")
        if redact.holds(f'"{text}"'):
            raise RefusedError("patch: it adds what looks like a secret")
