"""What the tests of all parts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.prometheus import running


@pytest.fixture(scope="session")
def empty_prometheus() -> Iterator[str]:
    """Base URL of a real Prometheus that scrapes nothing: it judges queries, and answers them with no data."""
    with running() as url:
        yield url
