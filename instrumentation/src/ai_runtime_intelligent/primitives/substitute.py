"""What is called in another's stead: counted by why it was called, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import FALLBACK_OUTCOMES, FallbackReason
from ai_runtime_intelligent.contract.metrics import FALLBACKS

from .calls import as_call
from .definition import LabelSet


def known(*reasons: FallbackReason) -> list[LabelSet]:
    """The label sets of a substitute that is called for these reasons."""
    return [(FALLBACKS, (reason, outcome)) for reason in reasons for outcome in FALLBACK_OUTCOMES]


class Substitute:
    """Calls ``target``; ``count`` is the counting of the primitive that asks for it."""

    def __init__(self, target: Any, count: Callable[..., None]) -> None:
        self._call = as_call(target)
        self._count: Final = count

    async def call(self, reason: FallbackReason, value: Any, context: Any) -> Any:
        """Call it for ``reason``. Raises what it raises; a cancelled one is not counted."""
        try:
            result = await self._call(value, context)
        except Exception:
            self._count(FALLBACKS, reason, "error")
            raise
        self._count(FALLBACKS, reason, "ok")
        return result
