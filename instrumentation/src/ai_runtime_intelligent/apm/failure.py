"""What a span tells of an exception: its type and the way it took, and its words only where content may be recorded.

Words of errors quote what was handled: a client's refusal repeats the prompt, a parser's complaint the answer. They
pass every span up to the one that handles them, so none of those may hold them. Source lines are left out as well, for
prompts stand in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from traceback import StackSummary, walk_tb
from typing import Final

from opentelemetry.semconv.attributes import exception_attributes as names
from opentelemetry.trace import Span

from ai_runtime_intelligent.runtime.environment import captures_content

EVENT: Final = "exception"
"""What OpenTelemetry calls the event of an exception on a span."""

_MOST_FRAMES: Final = 50
_DEEPEST: Final = 10


def record(span: Span, error: BaseException) -> None:
    """Tell ``span`` of ``error``."""
    if captures_content():
        span.record_exception(error)
    else:
        span.add_event(
            EVENT, {names.EXCEPTION_TYPE: type_of(error), names.EXCEPTION_STACKTRACE: "".join(_stack(error))}
        )


def type_of(error: BaseException) -> str:
    """The name of its class, with its module unless that is the builtins."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _stack(error: BaseException) -> Iterator[str]:
    """The errors that led to ``error``, the first one first, each with the frames it went through, in Python's form."""
    for one in reversed(list(_chain(error))):
        yield "Traceback (most recent call last):\n"
        frames = StackSummary.extract(walk_tb(one.__traceback__), limit=-_MOST_FRAMES, lookup_lines=False)
        for frame in frames:
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
        yield f"{type_of(one)}\n"


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen and len(seen) < _DEEPEST:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
