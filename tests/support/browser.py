"""A real Chromium, and the preview as a person uses it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import ConsoleMessage, Locator, Page, expect, sync_playwright

WIDTH: Final = 1600
HEIGHT: Final = 1000
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DASHBOARDS: Final = {
    "runtime": "AI Runtime Intelligence",
    "code": "Code Performance",
    "timeline": "Self-Optimization Timeline",
}
"""Title of each dashboard by the name of its file."""


def binary() -> str:
    """Where Chromium is. Raises FileNotFoundError: without it these tests prove nothing and must not pass."""
    for name in _NAMES:
        if (found := shutil.which(name)) is not None:
            return found
    raise FileNotFoundError(f"none of {', '.join(_NAMES)} is on the PATH: install Chromium from your distribution")


@contextmanager
def page(width: int = WIDTH, height: int = HEIGHT) -> Iterator[Page]:
    """A page of a new browser with an empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary(), args=_FLAGS, chromium_sandbox=False)
        try:
            yield browser.new_page(viewport={"width": width, "height": height})
        finally:
            browser.close()


@dataclass
class Preview:
    """The preview at ``url``; ``complaints`` has what the browser's console said of errors."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str, *, theme: str = "dark") -> None:
        """Open a page of the preview by what stands behind the ``#``."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}?theme={theme}#{path}")

    def dashboard(self, uid: str, *, span: str = "now-5m", theme: str = "dark") -> None:
        """Open a dashboard, all of it in sight, and wait until every panel has asked once."""
        self.open(f"/d/{uid}?from={span}&to=now&refresh=5s", theme=theme)
        expect(self.panels().first).to_be_visible(timeout=20_000)
        self.whole()
        expect(self.panels("asleep")).to_have_count(0, timeout=20_000)
        expect(self.panels("loading")).to_have_count(0, timeout=30_000)

    def panels(self, state: str | None = None) -> Locator:
        """The panels of the dashboard, of one state if it is given: asleep, loading, done, empty or error."""
        wanted = "" if state is None else f'[data-state="{state}"]'
        return self.page.locator(f'[data-testid^="panel-"]{wanted}')

    def panel(self, title: str) -> Locator:
        """The panel of that title."""
        heading = self.page.get_by_role("heading", name=title, exact=True)
        return self.page.locator('[data-testid^="panel-"]').filter(has=heading)

    def picture(self, path: Path) -> None:
        """Take a picture of the whole page, however long it is: what is out of sight is not always drawn."""
        self.whole()
        self.page.screenshot(path=str(path), animations="disabled")

    def whole(self) -> None:
        """Make the window as high as the page, and wait until all of it is drawn."""
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})  # a page is never lower than its window
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": WIDTH, "height": max(HEIGHT, int(height))})
        self.page.wait_for_timeout(700)  # tooltips and transitions settle

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)
