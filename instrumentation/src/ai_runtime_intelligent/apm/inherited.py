"""What a forked child inherits of OpenTelemetry's parts: locks nobody will free, and connections that are the parent's.

The SDK renews its own threads and queues in a child. The rest has no public name; what is not found is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ai_runtime_intelligent import forks


def free_locks(provider: object) -> None:
    """Free what a thread of the parent may have held while it read the metrics of ``provider``."""
    forks.free(*_holders(provider))


def _holders(provider: object) -> Iterator[object]:
    yield provider
    yield from list(getattr(provider, "_meters", {}).values())
    consumer = getattr(provider, "_measurement_consumer", None)
    yield consumer
    for reader, storage in list(getattr(consumer, "_reader_storages", {}).items()):
        yield from (reader, storage)
        for matches in list(getattr(storage, "_instrument_view_instrument_matches", {}).values()):
            for match in matches:
                yield match
                yield from list(getattr(match, "_attributes_aggregation", {}).values())


def drop_connections(exporter: object) -> None:
    """Let ``exporter``, if it sends by HTTP, open connections of its own; closing our end does not end the parent's."""
    transport: Any = getattr(getattr(exporter, "_client", None), "_transport", None)
    session = getattr(transport, "_session", None)
    if session is not None:
        session.close()
