"""What stands out in source, one small module a check: a function from a definition to remarks.

A check speaks only where the source alone shows it, or says with ``confidence="medium"`` on what it depends. Each names
a library and a question, so that documentation of the version in use stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ai_runtime_intelligent.context7.source.definition import Definition
from ai_runtime_intelligent.context7.source.records import Remark

from .await_in_loop import await_in_loop
from .blocking_call import blocking_call
from .cached_method import cached_method
from .client_in_loop import client_in_loop
from .lost_task import lost_task
from .no_timeout import no_timeout
from .retry_at_once import retry_at_once
from .serial_awaits import serial_awaits
from .swallowed_cancel import swallowed_cancel

Check = Callable[[Definition], Iterator[Remark]]

CHECKS: tuple[Check, ...] = (
    await_in_loop,
    blocking_call,
    cached_method,
    client_in_loop,
    lost_task,
    no_timeout,
    retry_at_once,
    serial_awaits,
    swallowed_cancel,
)
"""Every check."""
