"""Which errors a primitive reacts to: classes, or a function of the error; an interruption never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent import futures
from typing import Final

ErrorRule = tuple[type[BaseException], ...] | Callable[[BaseException], bool]

INTERRUPTIONS: Final = (
    asyncio.CancelledError,
    futures.CancelledError,
    GeneratorExit,
    KeyboardInterrupt,
    SystemExit,
)
"""Whoever raised one of these wants the work to end."""


def covers(rule: ErrorRule, error: BaseException) -> bool:
    """Whether ``rule`` is about ``error``."""
    if isinstance(error, INTERRUPTIONS):
        return False
    return isinstance(error, rule) if isinstance(rule, tuple) else rule(error)
