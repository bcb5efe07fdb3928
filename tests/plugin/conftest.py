"""What the tests of the built plugin share."""

from __future__ import annotations

import pytest
from support.plugin import FOLDERS, Plugin, built


@pytest.fixture
def app() -> Plugin:
    """The app, which contains the data source."""
    return built("")


@pytest.fixture(params=FOLDERS, ids=["app", "datasource"])
def plugin(request: pytest.FixtureRequest) -> Plugin:
    """Each plugin of the build in turn."""
    return built(request.param)
