"""Whether awaited calls need each other: shared by the checks that would let them run side by side."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

_IN_TURN: Final = frozenset(
    {
        "conn", "connection", "cursor", "db", "database", "session", "sess", "tx", "transaction", "txn",
        "reader", "writer", "stream", "ws", "websocket", "socket", "sock", "queue", "lock", "semaphore",
        "sem", "event", "condition", "page", "browser", "channel", "pipe", "uow",
    }
)  # fmt: skip
"""What serves one call at a time, or whose calls have an order, on the left of the dot or handed over."""
_ORDERED: Final = frozenset(
    {
        "acquire", "release", "put", "send", "recv", "receive", "read", "readline", "readexactly",
        "readuntil", "write", "drain", "flush", "commit", "rollback", "close", "wait", "sleep", "join",
        "anext", "__anext__", "asend", "aclose", "connect", "disconnect", "start", "stop", "lock", "unlock",
        "enter_async_context",
    }
)  # fmt: skip
"""Methods whose order is their meaning."""
_WAITING: Final = ("wait_", "poll_", "approve", "confirm")
"""How functions begin that wait for somebody, in whose order the waiting is."""
READING: Final = (
    "get_", "load_", "fetch_", "find_", "search_", "list_", "read_", "query_", "lookup_", "look_up_", "retrieve_",
    "embed",
)  # fmt: skip
"""How functions begin that only look something up."""


def may_run_beside(call: ast.expr) -> bool:
    """Whether nothing in the call's name says that calls must follow each other."""
    if not isinstance(call, ast.Call):
        return False
    names = [one.lstrip("_").lower() for one in _dotted(call.func)]
    given = [*call.args, *(one.value for one in call.keywords)]
    shared = {name.lstrip("_").lower() for one in given for name in _dotted(one)} | set(names[:-1])
    waits = bool(names) and names[-1].startswith(_WAITING)
    return bool(names) and names[-1] not in _ORDERED and not waits and not _IN_TURN & shared


def name_of(call: ast.expr) -> str:
    """The last name of what is called, without leading underscores."""
    names = list(_dotted(call.func)) if isinstance(call, ast.Call) else []
    return names[-1].lstrip("_") if names else ""


def _dotted(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield from _dotted(node.value)
        yield node.attr
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call):
        yield from _dotted(node.func)


def loaded(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are read."""
    return {
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }


def stored(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are assigned to."""
    return {
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store | ast.Del)
    }


def parts_stored(nodes: Iterable[ast.AST]) -> set[str]:
    """The names whose attributes or items are assigned to: ``self`` of ``self.client = ...``."""
    return {
        name
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.ctx, ast.Store | ast.Del)
        for name in loaded([one.value])
    }
