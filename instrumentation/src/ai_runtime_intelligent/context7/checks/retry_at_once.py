"""A retry without a wait: it meets the overload that failed the first attempt, and adds to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.names import SCOPES, own_nodes
from ai_runtime_intelligent.context7.source.records import Remark

_WAITS: Final = ("sleep", "wait", "backoff", "delay", "pause")
_QUESTION: Final = "wait exponentially with jitter between retries, stop after a number of attempts"
_PASSING: Final = re.compile(
    r"^(?:Base)?Exception$|^OSError$|Timeout|Connect|Connection|Network|Transport|HTTP|Request|Response|Rate|Limit|"
    r"Unavailable|Overload|Server|API|Client|Service|Transient|Temporary|Gateway|Protocol",
    re.IGNORECASE,
)
"""Names of errors that pass: those of servers and of the way there."""
_SETTINGS: Final = frozenset({"wait", "stop"})


def retry_at_once(definition: Definition) -> Iterator[Remark]:
    """Loops that try an await again at once, and tenacity's ``@retry`` as it is: for ever, without a wait."""
    yield from _decorated(definition)
    for loop in definition.nodes:
        if _repeats(loop, definition) and (attempt := _attempt(loop)) is not None and not _waits(loop):
            yield definition.remark(
                "retry_at_once",
                attempt,
                "an attempt that failed is repeated at once",
                "The next attempt follows without a wait, into the same overload, from every caller at the same time. "
                "Wait in between, longer each time, with a random part.",
                "errors",
                confidence="medium",
                library="tenacity",
                question=_QUESTION,
            )


def _decorated(definition: Definition) -> Iterator[Remark]:
    for one in definition.node.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        given = {key.arg for key in one.keywords} if isinstance(one, ast.Call) else set()
        positional = isinstance(one, ast.Call) and one.args
        if definition.names.path(called) == "tenacity.retry" and not positional and not given & {*_SETTINGS, None}:
            yield definition.remark(
                "retry_at_once",
                one,
                f"{definition.name} is retried for ever, without a wait",
                "tenacity.retry without stop= never gives up, and without wait= tries again at once.",
                "errors",
                library="tenacity",
                question=_QUESTION,
            )


def _repeats(loop: ast.AST, definition: Definition) -> bool:
    """Whether it does the same again: ``while``, or ``for`` over a range."""
    if isinstance(loop, ast.For):
        return isinstance(loop.iter, ast.Call) and definition.called(loop.iter) == "range"
    return isinstance(loop, ast.While)


def _attempt(loop: ast.AST) -> ast.Try | None:
    """The ``try`` that is the loop's body and ends it where it succeeds, all of whose handlers go on."""
    body = getattr(loop, "body", [])
    tries = [one for one in body if isinstance(one, ast.Try)]
    others = [one for one in body if one not in tries]
    if len(tries) != 1 or any(isinstance(one, ast.Await) for one in own_nodes(others)):
        return None
    attempt = tries[0]
    ends = _ends([*attempt.body, *attempt.orelse])
    awaits = any(isinstance(one, ast.Await) for one in own_nodes(attempt.body))
    goes_on = bool(attempt.handlers) and not any(
        isinstance(one, ast.Raise | ast.Return | ast.Break | ast.Await | ast.Yield)
        for handler in attempt.handlers
        for one in own_nodes(handler.body)
    )
    return attempt if ends and awaits and goes_on and any(_may_pass(one) for one in attempt.handlers) else None


def _ends(nodes: Iterable[ast.AST], *, looped: bool = False) -> bool:
    """Whether something in them leaves the loop around them; ``looped``: they are in one of their own."""
    for node in nodes:
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break) and not looped):
            return True
        inner = looped or isinstance(node, ast.For | ast.AsyncFor | ast.While)
        if not isinstance(node, SCOPES) and _ends(ast.iter_child_nodes(node), looped=inner):
            return True
    return False


def _may_pass(handler: ast.ExceptHandler) -> bool:
    """Whether it handles what a server, or the way to it, does: another attempt may meet the same trouble."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or _PASSING.search(ast.unparse(kind).rpartition(".")[2]) for kind in kinds)


def _waits(loop: ast.AST) -> bool:
    """Whether anything in the loop is named as if it waited."""
    names = {one.attr for one in ast.walk(loop) if isinstance(one, ast.Attribute)}
    names |= {one.id for one in ast.walk(loop) if isinstance(one, ast.Name)}
    return any(word in name.lower() for name in names for word in _WAITS)
