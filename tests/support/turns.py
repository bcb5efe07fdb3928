"""Callers that await in turn, as source: the module around them, and what runs of it."""

from __future__ import annotations

import asyncio
import io
import textwrap
import tokenize
from dataclasses import dataclass, field
from typing import Any, Final

from airuntime_backend.adapters.patches.together import callee_at, gathered

HEAD: Final = '''"""A shop."""

import asyncio

from ai_runtime_intelligent import instrument


@instrument(name="fetch")
async def fetch(number, more=0):
    """Ask for one."""
    await asyncio.sleep(0)
    return [number, more]


'''
_FETCH: Final = 9
_CALLER: Final = 16


def caller(body: str, given: str = "client, a, b, xs: list[int]") -> str:
    """A module whose caller has this body."""
    return f"{HEAD}@instrument(name='page')\nasync def page({given}):\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def rewritten(source: str, at_once: int = 4, line: int = _CALLER) -> str:
    """The module with the calls of ``fetch`` in ``page`` together. Raises ``UnsafeError``."""
    return gathered(source, line, callee_at("fetch", "shop.py", source, _FETCH), here=True, at_once=at_once)


def body_of(source: str) -> str:
    """The body of the caller, as it was given to :func:`caller`."""
    return textwrap.dedent(source.partition("async def page(")[2].partition("\n")[2])


def comments(source: str) -> list[str]:
    """Its comments, sorted."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return sorted(token.string for token in tokens if token.type == tokenize.COMMENT)


@dataclass
class Ran:
    """What came of running a caller: what it gave or raised, what it asked for, and how many ran at once."""

    gave: object = None
    raised: str = ""
    asked: list[tuple[object, object]] = field(default_factory=list)
    most: int = 0


def ran(source: str, *given: Any, fails: object = None) -> Ran:
    """Run the caller with a ``fetch`` that takes notes; asked for ``fails`` it raises."""
    told, running = Ran(), [0]

    async def fetch(number: Any, more: Any = 0) -> object:
        told.asked.append((number, more))
        running[0] += 1
        told.most = max(told.most, running[0])
        try:
            for _ in range(len(told.asked) % 3 + 1):
                await asyncio.sleep(0)
            if number == fails:
                raise LookupError(repr(number))
            return f"{number}/{more}"
        finally:
            running[0] -= 1

    names: dict[str, Any] = {}
    exec(compile(source, "shop.py", "exec"), names)  # noqa: S102 - made by the test
    names["fetch"] = fetch
    try:
        told.gave = asyncio.run(names["page"](*given))
    except LookupError as error:
        told.raised = str(error)
    return told
