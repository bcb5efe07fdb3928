"""Ports: the usual one when it is free, else one that is."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import ExitStack

HOST = "127.0.0.1"


def choose(usual: Mapping[str, int]) -> dict[str, int]:
    """A free TCP port for each name, its usual one where possible; 0 means any. No two are the same."""
    with ExitStack() as held:
        return {name: _bind(held, port) for name, port in usual.items()}


def _bind(held: ExitStack, port: int) -> int:
    """Bind, and keep bound while the other names choose; gives the port."""
    listener = held.enter_context(socket.socket())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # some systems let two bind and refuse the second listener only
    except OSError:
        if port == 0:
            raise
        return _bind(held, 0)
    return int(listener.getsockname()[1])
