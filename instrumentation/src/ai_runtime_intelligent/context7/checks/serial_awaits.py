"""Look-ups one after the other, none of which needs another's result: they could run side by side."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.records import Remark

from .independent import READING, loaded, may_run_beside, name_of, parts_stored, stored


def serial_awaits(definition: Definition) -> Iterator[Remark]:
    """Two or more statements in a row that each keep what an awaited look-up gives."""
    for body in _bodies(definition):
        for is_lookup, run in groupby(body, _is_lookup):
            for together in _independent(list(run)) if is_lookup else ():
                first, last = together[0], together[-1]
                names = " and ".join(name_of(_awaited(one)) for one in together)
                remark = definition.remark(
                    "serial_awaits",
                    first,
                    f"{names} do not need each other and are awaited one by one",
                    "Together they take the sum of their times; side by side they take as long as the slowest.",
                    "time",
                    confidence="medium",
                    library="asyncio",
                    question="gather run awaitables concurrently and collect their results, TaskGroup",
                )
                yield replace(remark, end_line=last.end_lineno or last.lineno)


def _bodies(definition: Definition) -> Iterator[list[ast.stmt]]:
    yield definition.node.body
    for node in definition.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield body


def _awaited(statement: ast.stmt) -> ast.expr:
    value = getattr(statement, "value", None)
    return value.value if isinstance(value, ast.Await) else ast.Constant(None)


def _is_lookup(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    call = _awaited(statement)
    return may_run_beside(call) and name_of(call).lower().startswith(READING)


def _independent(run: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The longest stretches in which no statement reads what an earlier one of the stretch set."""
    stretch = list[ast.stmt]()
    for statement in run:
        set_before = stored(stretch) | parts_stored(stretch)
        if (loaded([statement]) | stored([statement])) & set_before:
            if len(stretch) > 1:
                yield stretch
            stretch = []
        stretch.append(statement)
    if len(stretch) > 1:
        yield stretch
