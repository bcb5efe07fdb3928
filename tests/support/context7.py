"""The demo's stand-in for Context7, served on loopback for as long as a test lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airuntime_demo.fake_context7 import FakeContext7
from airuntime_demo.serving import in_thread


@contextmanager
def serving(fake: FakeContext7) -> Iterator[str]:
    """Serve it from a thread of its own; gives the base URL, which ends in ``/api``."""
    with in_thread(fake.app()) as url:
        yield f"{url}/api"
