"""How the fake servers run: one aiohttp process each, quiet, gone soon after SIGTERM."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import web

_START_SECONDS: Final = 10.0


def run_app(app: web.Application, host: str, port: int) -> None:
    """Serve ``app`` until SIGINT or SIGTERM; requests under way have a second to end."""
    web.run_app(app, host=host, port=port, access_log=None, print=None, shutdown_timeout=1.0)


@contextmanager
def in_thread(app: web.Application) -> Iterator[str]:
    """Serve ``app`` on a free loopback port from a thread of its own; gives its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fake server")
    thread.start()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    try:
        port = asyncio.run_coroutine_threadsafe(_start(runner), loop).result(_START_SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(_START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(runner: web.AppRunner) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port
