"""``Stream``: there are no live channels, and each call says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc

from . import pluginv2_pb2 as pb


class StreamService:
    """The service ``Stream`` of Grafana's protocol."""

    def SubscribeStream(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """No channel is known, whatever its path."""
        del request, context
        return pb.SubscribeStreamResponse(status=pb.SubscribeStreamResponse.NOT_FOUND)

    def PublishStream(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """Nobody may publish."""
        del request, context
        return pb.PublishStreamResponse(status=pb.PublishStreamResponse.PERMISSION_DENIED)

    def RunStream(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802 - Grafana's name
        """Grafana asks only after a subscription was granted, and none is."""
        context.abort(grpc.StatusCode.NOT_FOUND, f"there is no live channel {request.path!r}")
        yield from ()
