"""Watching one execution of someone else's primitive: what its context held before, and which of its parts ran.

The watch lies in a context variable and is itself mutable: a part may run in a task of its own, which sees a copy of
the variable but the same watch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from ai_runtime_intelligent.quiet import failed

from .recognise import get
from .route import Route, current_route


@dataclass(frozen=True)
class Run:
    """One run of a part, and the error with which it left."""

    role: str
    error: BaseException | None


class Watch:
    """One execution. ``roles`` maps the identities of its parts to their roles; ``router`` is its name if it is one.

    Without ``sees_parts`` runs of parts may go unseen, and only the notes in the context tell.
    """

    def __init__(self, roles: Mapping[int, str], context: Any, *, router: str | None, sees_parts: bool) -> None:
        self.context = context
        self.sees_parts = sees_parts
        self.before = Marks.of(context)
        self.runs: list[Run] = []
        self._roles = roles
        self._router = router

    def role_of(self, part: Any) -> str | None:
        """The role of ``part`` in what is watched; None when it is none of its parts."""
        return self._roles.get(id(part))

    @property
    def decision(self) -> Mapping[str, Any] | None:
        """The note that a router made of its decision; those that follow are of routers below it."""
        notes = decisions_in(self.context)[self.before.decisions :]
        return notes[0] if notes and isinstance(notes[0], Mapping) else None

    def route(self, role: str) -> Token[Route] | None:
        """Let the model calls below know their route, if what is watched is a router. Two routes may be one part."""
        if self._router is None:
            return None
        decision = self.decision or {}
        return current_route.set(Route(self._router, str(decision.get("route", role))))


@dataclass(frozen=True)
class Marks:
    """How far the notes in a context of TTA's have come."""

    decisions: int = 0
    hits: int = 0
    misses: int = 0
    checkpoints: int = 0

    @classmethod
    def of(cls, context: Any) -> Marks:
        """The marks of ``context``; all 0 where it keeps no such notes."""
        state, checkpoints = get(context, "state"), get(context, "checkpoints")
        notes = state if isinstance(state, Mapping) else {}
        return cls(
            len(decisions_in(context)),
            _count(notes.get("cache_hits")),
            _count(notes.get("cache_misses")),
            len(checkpoints) if isinstance(checkpoints, list) else 0,
        )


def decisions_in(context: Any) -> list[Any]:
    """The decisions of routers that ``context`` remembers."""
    state = get(context, "state")
    history = state.get("routing_history") if isinstance(state, Mapping) else None
    return history if isinstance(history, list) else []


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


current_watch: ContextVar[Watch | None] = ContextVar("airuntime_watch", default=None)


async def noticed(part: Any, execute: Callable[[], Any]) -> Any:
    """Run ``execute``, which is that of ``part``, and note it in the watch of whoever calls it, once."""
    watch, role, routing = _seen(part)
    if watch is None or role is None:
        return await execute()
    watching = current_watch.set(None)
    try:
        result = await execute()
    except BaseException as error:
        watch.runs.append(Run(role, error))
        raise
    finally:
        leave(routing)
        leave(watching)
    watch.runs.append(Run(role, None))
    return result


def _seen(part: Any) -> tuple[Watch | None, str | None, Token[Route] | None]:
    """The watch that ``part`` runs in, its role there, and the route that is taken by it."""
    try:
        watch = current_watch.get()
        role = watch.role_of(part) if watch is not None else None
        return watch, role, watch.route(role) if watch is not None and role is not None else None
    except Exception:  # noqa: BLE001 - whatever it is, it is ours and not the user's
        failed("noticed")
        return None, None, None


def leave(token: Token[Any] | None) -> None:
    """Undo a context variable; a coroutine that the garbage collector closes ends in another context."""
    try:
        if token is not None:
            token.var.reset(token)
    except ValueError:
        pass
