"""The whole demo in front of a real browser, once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airuntime_demo.layout import StackOptions
from airuntime_demo.stack import Stack
from playwright.sync_api import Page
from support.browser import Preview, page


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Every part of the demo on free ports, with a cache that forgets too soon."""
    with Stack(StackOptions("cache", usual_ports=False), print) as running:
        yield running


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    """A page of a real Chromium."""
    with page() as opened:
        yield opened


@pytest.fixture(scope="module")
def preview(stack: Stack, browser_page: Page) -> Preview:
    """The preview of the running demo."""
    return Preview(browser_page, stack.urls.preview)
