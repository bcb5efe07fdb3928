"""Calls that are let go in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .backend import Backend


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls give, all let go in the same moment."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def post(backend: Backend, url: str, **body: object) -> Callable[[], Any]:
    """A request of a client of its own."""
    return lambda: backend.app.test_client().post(url, json=body)
