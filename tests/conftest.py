"""What the tests of all parts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from support.prometheus import running

settings.register_profile("any machine", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def empty_prometheus() -> Iterator[str]:
    """Base URL of a real Prometheus that scrapes nothing: it judges queries, and answers them with no data."""
    with running() as url:
        yield url
