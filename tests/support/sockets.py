"""Servers that misbehave: real sockets on loopback that say too little, too late or nonsense."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOOK_SECONDS: Final = 0.05
"""How often a server looks whether it is to end."""


@contextmanager
def mute(said: bytes = b"") -> Iterator[str]:
    """A server that takes every request, says this much, and then nothing more while it lives; gives its base URL."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_LOOK_SECONDS)
        thread = threading.Thread(target=_serve, args=(server, said, done), name="mute server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def _serve(server: socket.socket, said: bytes, done: threading.Event) -> None:
    held: list[socket.socket] = []
    while not done.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        connection.sendall(said)
        held.append(connection)
    for connection in held:
        connection.close()
