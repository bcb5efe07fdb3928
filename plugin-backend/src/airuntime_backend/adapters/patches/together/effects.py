"""What a function does that another call of it could see, as far as its source shows; in doubt it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

_CHANGING: Final = frozenset(
    {
        "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop", "popitem", "popleft",
        "remove", "reverse", "rotate", "setdefault", "sort", "update", "put_nowait", "acquire", "release", "reset",
        "subtract", "send", "throw", "aclose", "close",
    }
)  # fmt: skip
"""Methods that change their object."""
_WRITING: Final = frozenset(
    {
        "add", "append", "book", "cancel", "charge", "commit", "create", "decr", "decrement", "delete", "drop", "emit",
        "enqueue", "execute", "executemany", "incr", "increment", "insert", "lock", "move", "notify", "patch", "pay",
        "post", "publish", "push", "put", "remove", "rename", "replace", "rollback", "save", "send", "set", "store",
        "submit", "update", "upload", "upsert", "write", "writelines",
    }
)  # fmt: skip
"""First words of names of what changes something elsewhere."""
_ASKING: Final = ("completions.create", "responses.create", "messages.create", "embeddings.create")
"""What is called create and only asks a model."""
_BUILTINS: Final = frozenset(
    {"print", "open", "input", "next", "setattr", "delattr", "exec", "eval", "globals", "vars"}
)
_FRESH: Final = frozenset({"list", "dict", "set", "tuple", "str", "bytearray", "sorted"})
_BOUNDED: Final = ("semaphore", "limit", "slots", "throttle")
_DECORATORS: Final = frozenset({"instrument", "staticmethod", "classmethod", "override"})
_NEW: Final = (
    ast.List, ast.Dict, ast.Set, ast.Tuple, ast.ListComp, ast.DictComp, ast.SetComp, ast.Constant, ast.JoinedStr,
    ast.Await,
)  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Effects:
    """Looks into a function, and into those of its module and class that it calls."""

    def __init__(self, tree: ast.Module, owner: ast.ClassDef | None) -> None:
        self._functions = {one.name: one for one in tree.body if isinstance(one, Function)}
        self._methods = {one.name: one for one in (owner.body if owner else ()) if isinstance(one, Function)}
        self._seen: set[str] = set()

    def of(self, function: Function) -> str:
        """The first effect, as a clause; empty when there is none to be seen."""
        strange = [name for one in function.decorator_list if (name := _last(_called(one))) not in _DECORATORS]
        if strange:
            return f"it is decorated by {strange[0]}, which cannot be looked into"
        return self._body(function)

    def _body(self, function: Function) -> str:
        self._seen.add(function.name)
        fresh = _fresh(function)
        for node in _within(function):
            effect = self._node(node, fresh)
            if effect:
                return effect
        return ""

    def _node(self, node: ast.AST, fresh: frozenset[str]) -> str:
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return "it yields"
        if isinstance(node, ast.Global | ast.Nonlocal):
            return f"it sets {node.names[0]}, which is not its own"
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            return "" if _root(node) in fresh else f"it sets {ast.unparse(node)}"
        if isinstance(node, ast.With | ast.AsyncWith):
            return next((told for item in node.items if (told := _entered(item.context_expr))), "")
        return self._call(node, fresh) if isinstance(node, ast.Call) else ""

    def _call(self, call: ast.Call, fresh: frozenset[str]) -> str:
        path = _path(call.func)
        name = _last(path)
        if isinstance(call.func, ast.Name) and name in _BUILTINS:
            return f"it calls {name}"
        if isinstance(call.func, ast.Attribute) and _root(call.func) in fresh:
            return ""
        known = self._known(call.func)
        if known is not None:
            return "" if known.name in self._seen else self._body(known)
        if name in _CHANGING:
            return f"it changes {ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else path}"
        if name.lstrip("_").split("_")[0].lower() in _WRITING and not path.endswith(_ASKING) and not _reads(call):
            return f"{path} may write"
        return ""

    def _known(self, called: ast.expr) -> Function | None:
        """The function of this module or class that is called, if it is one."""
        if isinstance(called, ast.Name):
            return self._functions.get(called.id)
        if (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id in {"self", "cls"}
        ):
            return self._methods.get(called.attr)
        return None


def _within(function: Function) -> Iterator[ast.AST]:
    for statement in function.body:
        yield from ast.walk(statement)


def _fresh(function: Function) -> frozenset[str]:
    """Names that the function binds to new objects only."""
    bound: dict[str, bool] = {}
    for node in _within(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    bound[target.id] = bound.get(target.id, True) and _is_new(node.value)
    return frozenset(name for name, new in bound.items() if new) - {
        one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)
    }


def _is_new(value: ast.expr) -> bool:
    made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _FRESH
    return made or isinstance(value, _NEW)


def _entered(context: ast.expr) -> str:
    """What is entered and was there before, unless it only bounds how many are in it."""
    if isinstance(context, ast.Call):
        return ""
    path = _path(context)
    return "" if any(word in path.lower() for word in _BOUNDED) else f"it enters {path}, as its other calls do"


def _reads(call: ast.Call) -> bool:
    """Whether it is a query that is written there and selects."""
    first = call.args[0] if call.args else None
    text = first.value if isinstance(first, ast.Constant) else ""
    return isinstance(text, str) and text.lstrip().upper().startswith("SELECT")


def _called(node: ast.expr) -> str:
    return _path(node.func if isinstance(node, ast.Call) else node)


def _path(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_path(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else "?"
