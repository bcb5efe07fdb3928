"""Awaits one after the other in a loop, none of which needs another's result: they could run side by side."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.names import own_nodes
from ai_runtime_intelligent.context7.source.records import Remark

from .independent import loaded, may_run_beside, stored

_EARLY: Final = (ast.Break, ast.Return, ast.Yield, ast.YieldFrom, ast.Raise, ast.AsyncWith, ast.AsyncFor, ast.Try)
"""What gives the rounds an order, or guards each by itself."""


def await_in_loop(definition: Definition) -> Iterator[Remark]:
    """``for`` loops and comprehensions whose awaited results are collected."""
    for node in definition.nodes:
        if isinstance(node, ast.For):
            awaited = _collected(node)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
            awaited = _comprehended(node)
        else:
            continue
        if awaited is not None and not _is_itself(definition.called(awaited), definition.name):
            yield definition.remark(
                "await_in_loop",
                node,
                "calls that do not need each other are awaited one by one",
                f"The loop takes as long as all calls of {ast.unparse(awaited.func)[:80]} together; side by side, with "
                "a bound on how many, it takes about as long as the slowest.",
                "time",
                confidence="medium",
                library="asyncio",
                question="gather run awaitables concurrently, TaskGroup, Semaphore limit concurrency",
            )


def _is_itself(path: str, name: str) -> bool:
    """Whether a function calls itself, which goes down a structure; an unknown receiver is a leading dot."""
    return path == name or (path.endswith(f".{name}") and not path.startswith("."))


def _comprehended(node: ast.ListComp | ast.SetComp | ast.DictComp) -> ast.Call | None:
    """The call that each element awaits, from the element itself."""
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    if len(node.generators) != 1 or node.generators[0].is_async or node.generators[0].ifs:
        return None
    return _of_item(made, stored([node.generators[0].target]))


def _collected(loop: ast.For) -> ast.Call | None:
    """The call that each round awaits and whose result it keeps, if no round needs what an earlier one made."""
    if loop.orelse or any(isinstance(one, _EARLY) for one in own_nodes(loop.body)) or _carries(loop):
        return None
    if any(isinstance(one, ast.Expr) and isinstance(one.value, ast.Await) for one in own_nodes(loop.body)):
        return None  # an await whose result nobody wants is there for its effect, which may have an order
    keeping = [one for one in loop.body if _keeps(one)]
    return _of_item(loop.body, stored([loop.target]) | stored(loop.body)) if keeping else None


def _of_item(parts: list[ast.stmt] | list[ast.expr], names: set[str]) -> ast.Call | None:
    if any(isinstance(one, ast.If | ast.IfExp) and _awaits(one.test) for one in own_nodes(parts)):
        return None  # what is awaited is not kept: it decides, and most often in memory
    calls = [one.value for one in own_nodes(parts) if isinstance(one, ast.Await)]
    good = [one for one in calls if isinstance(one, ast.Call) and may_run_beside(one) and loaded([one]) & names]
    return good[0] if calls and len(good) == len(calls) else None


def _awaits(node: ast.expr) -> bool:
    return any(isinstance(one, ast.Await) for one in ast.walk(node))


def _keeps(statement: ast.stmt) -> bool:
    """Whether it collects a result: appends it, puts it under a key, or adds it up."""
    if isinstance(statement, ast.Expr):
        call = statement.value
        return (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"append", "add"}
        )
    if isinstance(statement, ast.AugAssign):
        return isinstance(statement.op, ast.Add)
    return isinstance(statement, ast.Assign) and all(isinstance(one, ast.Subscript) for one in statement.targets)


def _carries(loop: ast.For) -> bool:
    """Whether a round reads a name that an earlier round may have set, or what it collects into."""
    seen, assigned = stored([loop.target]), stored(loop.body)
    collected = {name for one in loop.body if _keeps(one) for name in loaded(_receivers(one)) | stored(_receivers(one))}
    for statement in loop.body:
        reads = loaded(_given(statement))
        if reads & collected or reads & (assigned - seen):
            return True
        if not isinstance(statement, ast.If | ast.While | ast.For):
            seen |= stored([statement])
    return False


def _receivers(statement: ast.stmt) -> list[ast.expr]:
    """What a statement that keeps something collects into."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return [statement.value.func]
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [one.value for one in targets if isinstance(one, ast.Subscript)]


def _given(statement: ast.stmt) -> list[ast.AST]:
    """What a statement reads, apart from what it collects into."""
    if not _keeps(statement):
        return [statement]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return [*statement.value.args, *statement.value.keywords]
    if isinstance(statement, ast.AugAssign):
        return [statement.value]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    value = [statement.value] if isinstance(statement, ast.Assign) else []
    return [*value, *(one.slice for one in targets if isinstance(one, ast.Subscript))]
