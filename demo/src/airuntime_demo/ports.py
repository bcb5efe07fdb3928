"""Ports: the usual one when it is free, else one that is; kept from others until their owner starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping

HOST = "127.0.0.1"


class ReservedPorts(Mapping[str, int]):
    """A free TCP port of loopback for each name: its usual one where possible, 0 means any. No two are the same.

    Each is held by a listener until :meth:`release`, so that a second demo, started meanwhile, takes another one.
    """

    def __init__(self, usual: Mapping[str, int]) -> None:
        self._held: dict[str, socket.socket] = {}
        self._ports: dict[str, int] = {}
        for name, port in usual.items():
            self._held[name] = listener = _listen(port)
            self._ports[name] = listener.getsockname()[1]

    def __getitem__(self, name: str) -> int:
        return self._ports[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ports)

    def __len__(self) -> int:
        return len(self._ports)

    def release(self, *names: str) -> None:
        """Let go of these ports, or of all: what listens there is about to start. May be repeated."""
        for name in names or tuple(self._held):
            if (listener := self._held.pop(name, None)) is not None:
                listener.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    # Connections of an earlier run that linger in TIME_WAIT do not make a port taken; a listener does.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        if port == 0:
            raise
        return _listen(0)
    return listener
