"""The source of a caller in which the calls of one function that stand in turn run together, where that is safe.

Safe is what can be seen to be: no call needs what another gives or changes, nothing is done between them, no ``try``
or ``with`` around them tells how far they came, and the results keep their order. Whatever else is left alone.
"""

from __future__ import annotations

import ast
from typing import Final

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from .callee import Callee
from .edit import Edit, edited
from .errors import UnsafeError
from .loops import Loops
from .reading import Reading
from .rows import Rows

_OTHER_LOOPS: Final = frozenset({"trio", "anyio", "curio"})


def gathered(source: str, line: int, callee: Callee, *, here: bool, at_once: int) -> str:
    """The source after it.

    Args:
        source: that of the caller's file.
        line: where in it the ``def`` of the caller stands.
        callee: the function whose calls are to run together.
        here: whether the callee is defined in the same file.
        at_once: how many may run together at most, 2 or more.

    Raises:
        UnsafeError: no such calls were found, or each that was is not safe: the reason of the first.
    """
    reading = Reading(source, line, callee, here=here)
    known = reading.asyncio()
    if _OTHER_LOOPS & reading.taken():
        raise UnsafeError("its file does not run on asyncio alone")
    found = [*Rows(reading, at_once).edits(), *Loops(reading, callee.function, at_once).edits()]
    edits = [one for one in found if isinstance(one, Edit)]
    if not edits:
        raise next((one for one in found if isinstance(one, UnsafeError)), _left(reading, callee))
    after = edited(reading.lines, edits, reading.module.default_newline)
    return _checked(after if known else _imported(after))


def _left(reading: Reading, callee: Callee) -> UnsafeError:
    """Why there is no row and no loop."""
    calls = [node for node in reading.own() if reading.call(node)]
    if not calls:
        return UnsafeError(f"its caller awaits no call of {callee.function} by its name")
    return UnsafeError(
        "its calls do not stand one below the other as name = await call, or each needs what the one before it gave"
    )


def _imported(source: str) -> str:
    context = CodemodContext()
    AddImportsVisitor.add_needed_import(context, "asyncio")
    return AddImportsVisitor(context).transform_module(cst.parse_module(source)).code


def _checked(source: str) -> str:
    try:
        ast.parse(source)
    except SyntaxError:
        raise UnsafeError("what was made of it does not parse") from None
    return source
