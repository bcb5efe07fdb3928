"""A task that nobody keeps: the loop holds it weakly, so that it may vanish while it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.records import Remark

_MAKERS: Final = frozenset({"asyncio.create_task", "asyncio.ensure_future"})


def lost_task(definition: Definition) -> Iterator[Remark]:
    """Tasks that are made by a statement of their own."""
    for node in definition.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and definition.called(node.value) in _MAKERS:
            yield definition.remark(
                "lost_task",
                node,
                "a task is started and not kept",
                "The event loop keeps tasks weakly: this one may be collected before it ends, and its errors are lost. "
                "Keep it in a set until it is done, or use a TaskGroup.",
                "errors",
                library="asyncio",
                question="create_task keep a strong reference to the task, TaskGroup",
            )
