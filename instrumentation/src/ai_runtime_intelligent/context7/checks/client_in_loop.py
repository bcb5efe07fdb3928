"""A client that is made anew for every item: each has a pool of connections of its own, and opens them again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.names import own_nodes
from ai_runtime_intelligent.context7.source.records import Remark

from .independent import loaded, stored

_CLIENTS: Final = {
    **{f"openai.{name}": "openai" for name in ("OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI")},
    **{f"anthropic.{name}": "anthropic" for name in ("Anthropic", "AsyncAnthropic")},
    **{f"httpx.{name}": "httpx" for name in ("Client", "AsyncClient")},
    "aiohttp.ClientSession": "aiohttp",
    "requests.Session": "requests",
}


def client_in_loop(definition: Definition) -> Iterator[Remark]:
    """Clients that are made within a loop, from the same values each time."""
    told = set[int]()
    for loop in definition.nodes:
        if not isinstance(loop, ast.For | ast.AsyncFor | ast.While):
            continue
        changing = stored([loop])
        for node in own_nodes(loop.body):
            path = definition.called(node) if isinstance(node, ast.Call) else ""
            if path in _CLIENTS and not loaded([node]) & changing and id(node) not in told:
                told.add(id(node))
                yield definition.remark(
                    "client_in_loop",
                    node,
                    f"{path}() is made again in every round",
                    "Each client has its own pool of connections: made once, before the loop, it keeps them open and "
                    "saves a handshake in every round.",
                    "time",
                    library=_CLIENTS[path],
                    question="reuse the client or session, connection pooling",
                )
