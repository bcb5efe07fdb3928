"""A coroutine that cannot be cancelled: its handler catches the cancellation and goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.names import own_nodes
from ai_runtime_intelligent.context7.source.records import Remark


def swallowed_cancel(definition: Definition) -> Iterator[Remark]:
    """``except:`` and ``except BaseException:`` around an await, with nothing that leaves them."""
    if not definition.is_async:
        return
    cleaning = set(_cleaning(definition))
    for node in definition.nodes:
        if (
            isinstance(node, ast.Try)
            and id(node) not in cleaning
            and any(isinstance(one, ast.Await) for one in own_nodes(node.body))
        ):
            for handler in node.handlers:
                if _takes_all(handler, definition) and not _uses_or_leaves(handler):
                    yield definition.remark(
                        "swallowed_cancel",
                        handler,
                        "cancellation is caught and dropped",
                        f"A time limit around {definition.name} cancels it by CancelledError, which this handler "
                        "catches: the call goes on, and the time limit is none. Catch Exception instead.",
                        "errors",
                        library="asyncio",
                        question="CancelledError must be propagated, task cancellation and timeout",
                    )
                if _takes_all(handler, definition) or _names(handler, definition, "asyncio.CancelledError"):
                    break


def _cleaning(definition: Definition) -> Iterator[int]:
    """What is tried while an error is on its way already: in handlers and ``finally``."""
    for node in definition.nodes:
        if isinstance(node, ast.Try):
            ending = [*(one for handler in node.handlers for one in handler.body), *node.finalbody]
            yield from (id(one) for one in own_nodes(ending) if isinstance(one, ast.Try))


def _takes_all(handler: ast.ExceptHandler, definition: Definition) -> bool:
    return handler.type is None or _names(handler, definition, "BaseException")


def _names(handler: ast.ExceptHandler, definition: Definition, path: str) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is not None and definition.names.path(kind) == path for kind in kinds)


def _uses_or_leaves(handler: ast.ExceptHandler) -> bool:
    """Whether it raises or returns, or hands the error on to somebody."""
    return any(
        isinstance(node, ast.Raise | ast.Return)
        or (isinstance(node, ast.Attribute) and node.attr == "exc_info")
        or (isinstance(node, ast.Name) and handler.name is not None and node.id == handler.name)
        for node in own_nodes(handler.body)
    )
