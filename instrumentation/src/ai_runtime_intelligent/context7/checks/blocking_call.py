"""A call that blocks the event loop: while it runs, no other coroutine of the process does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.records import Remark

_VERBS: Final = ("get", "post", "put", "patch", "delete", "head", "options", "request")
BLOCKING: Final = {
    "time.sleep": "await asyncio.sleep",
    "os.system": "asyncio.create_subprocess_shell",
    "input": "asyncio.to_thread(input)",
    "urllib.request.urlopen": "an asynchronous client, or asyncio.to_thread",
    "socket.create_connection": "asyncio.open_connection",
    "socket.getaddrinfo": "loop.getaddrinfo",
    **{
        f"subprocess.{name}": "asyncio.create_subprocess_exec" for name in ("run", "call", "check_call", "check_output")
    },
    **{f"requests.{verb}": "an asynchronous client, or asyncio.to_thread" for verb in _VERBS},
    **{f"httpx.{verb}": "httpx.AsyncClient" for verb in _VERBS},
}
"""What blocks, and what does not."""


def blocking_call(definition: Definition) -> Iterator[Remark]:
    """Calls of the table in the body of a coroutine."""
    if not definition.is_async:
        return
    for node in definition.nodes:
        path = definition.called(node) if isinstance(node, ast.Call) else ""
        if path in BLOCKING:
            yield definition.remark(
                "blocking_call",
                node,
                f"{path}() stops the event loop",
                f"{definition.name} is a coroutine: while {path}() runs, no other one does. Use {BLOCKING[path]}.",
                "time",
                library="asyncio",
                question="run blocking code in a thread with to_thread, sleep without blocking the event loop",
            )
