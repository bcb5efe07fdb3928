"""The demo's stand-in for Context7, served on loopback for as long as a test lasts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from airuntime_demo.fake_context7 import FakeContext7

_START_SECONDS = 10


@contextmanager
def serving(fake: FakeContext7) -> Iterator[str]:
    """Serve it from a thread of its own; gives the base URL, which ends in ``/api``."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fake context7")
    thread.start()
    runner = web.AppRunner(fake.app())
    try:
        port = asyncio.run_coroutine_threadsafe(_start(runner), loop).result(_START_SECONDS)
        yield f"http://127.0.0.1:{port}/api"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(_START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(runner: web.AppRunner) -> int:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    return port
