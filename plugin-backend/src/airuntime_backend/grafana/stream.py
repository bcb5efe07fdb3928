"""``Stream``: a live channel for each suggestion, ``rollout/<id>``, on which the progress of its rollout is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from threading import BoundedSemaphore, Event
from typing import TYPE_CHECKING, Any, Final

import grpc

from airuntime_backend.api.frames import Field, FieldType, Frame, to_json
from airuntime_backend.api.identity import Identity

from . import pluginv2_pb2 as pb
from . import wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PREFIX: Final = "rollout/"
LOOK_SECONDS: Final = 1.0
"""How often a channel looks whether there is something new."""
MOST_CHANNELS: Final = 8
"""Channels at once: each holds one of the service's threads. Grafana runs one for all who watch the same."""

_VIEWER: Final = Identity("grafana live", "viewer", "grafana")
_ENDED: Final = frozenset({"kept", "rolled_back"})
_FIELDS: Final[tuple[tuple[str, FieldType, str], ...]] = (
    ("time", "time", ""),
    ("phase", "string", ""),
    ("share", "number", "percentunit"),
    ("control_calls", "number", "short"),
    ("candidate_calls", "number", "short"),
    ("effect", "number", ""),
    ("low", "number", ""),
    ("high", "number", ""),
    ("told", "string", ""),
)
_log = logging.getLogger(__name__)


class StreamService:
    """The service ``Stream`` of Grafana's protocol."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._free = BoundedSemaphore(MOST_CHANNELS)

    def SubscribeStream(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """Whether there is such a channel; with where the rollout stands now, so that nobody waits for the first."""
        del context
        row = self._row(request.path)
        if row is None:
            return pb.SubscribeStreamResponse(status=pb.SubscribeStreamResponse.NOT_FOUND)
        return pb.SubscribeStreamResponse(status=pb.SubscribeStreamResponse.OK, data=_frame(row))

    def PublishStream(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """Nobody may publish."""
        del request, context
        return pb.PublishStreamResponse(status=pb.PublishStreamResponse.PERMISSION_DENIED)

    def RunStream(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802 - Grafana's name
        """A frame whenever something has changed, until the rollout has ended or nobody listens."""
        if self._row(request.path) is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"there is no live channel {request.path!r}")
        if not self._free.acquire(blocking=False):
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, f"{MOST_CHANNELS} live channels run already")
        gone = Event()
        context.add_callback(gone.set)
        try:
            yield from self._told(request.path, gone)
        finally:
            self._free.release()

    def _told(self, path: str, gone: Event) -> Iterator[Any]:
        last: tuple[object, ...] | None = None
        while not gone.is_set():
            row = self._row(path)
            if row is not None and row != last:
                yield pb.StreamPacket(data=_frame(row))
                last = row
            if last is not None and last[1] in _ENDED:
                return
            gone.wait(LOOK_SECONDS)

    def _row(self, path: str) -> tuple[object, ...] | None:
        """Where the rollout of a channel stands; None when there is no such channel, or no rollout yet."""
        if not path.startswith(PREFIX):
            return None
        try:
            reply = wsgi.call(self._app, wsgi.Request(f"/suggestions/{path.removeprefix(PREFIX)}", identity=_VIEWER))
            body = b"".join(reply.body)
        except Exception:  # noqa: BLE001 - the channel outlives a look that fails
            _log.exception("the channel %s could not look", path)
            return None
        rollout = json.loads(body).get("rollout") if reply.status == 200 else None  # noqa: PLR2004 - HTTP's own number
        return None if rollout is None else _row(rollout)


def _row(rollout: dict[str, Any]) -> tuple[object, ...]:
    look = rollout["look"] or {}
    arms = [look[arm]["calls"] if look else None for arm in ("control", "candidate")]
    goal = (look.get("verdict") or {}).get("goal") or {}
    effect = [goal.get(name) for name in ("effect", "low", "high")]
    at = max(rollout["since"], look.get("at", 0.0))
    why = look["note"] if look and rollout["phase"] == "watching" else rollout["why"]
    return (round(at * 1000), rollout["phase"], rollout["share"], *arms, *effect, why)


def _frame(row: tuple[object, ...]) -> bytes:
    """The row as Grafana Live reads it: a frame in JSON."""
    fields = (
        Field(name, type_, (value,), config={"unit": unit} if unit else {})
        for (name, type_, unit), value in zip(_FIELDS, row, strict=True)
    )
    return json.dumps(to_json(Frame("rollout", tuple(fields)), "A")).encode()
