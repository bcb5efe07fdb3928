"""A request without a time limit: a server that never answers is waited for for ever."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.records import Remark

_ENDLESS: Final = frozenset(
    {f"requests.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "options", "request")}
)


def no_timeout(definition: Definition) -> Iterator[Remark]:
    """Calls of requests' functions without ``timeout``, which have none by default."""
    for node in definition.nodes:
        if isinstance(node, ast.Call) and definition.called(node) in _ENDLESS:
            names = {one.arg for one in node.keywords}
            if "timeout" not in names and None not in names:
                path = definition.called(node)
                yield definition.remark(
                    "no_timeout",
                    node,
                    f"{path}() has no time limit",
                    f"Without timeout= {path}() waits for ever for a server that does not answer.",
                    "time",
                    library="requests",
                    question="timeout of a request",
                )
