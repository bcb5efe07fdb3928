"""How long it takes until a dashboard is drawn, in a real Chromium.

What is measured: the milliseconds from the start of the navigation, in a browser that has nothing of it yet, until
every panel with a part in the window shows its answer (not: asks still), two frames of the screen later. So it holds
the page itself, the code, the dashboard's JSON, the choices of the variables, all queries of those panels, and the
drawing. The first visit finds no answer kept by the backend; the second comes while they are kept.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
from ai_runtime_intelligent.contract.names import DASHBOARD_UIDS
from finding.blocks import serving
from playwright.sync_api import Browser, sync_playwright

from .fleet import Size, backend, plant, rules

MOST_SECONDS: Final = 3.0
WIDTH: Final = 1600
HEIGHT: Final = 1000
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_MS: Final = 120_000
_WATCH: Final = """
(() => {
  const panels = () => [...document.querySelectorAll('[data-testid^="panel-"]')];
  const seen = (box) => box.bottom > 0 && box.top < innerHeight;
  const told = new Set(['done', 'empty', 'error']);
  const settled = (found) => found.length > 0 && found.every(({ dataset }) => told.has(dataset.state));
  const look = () => {
    const all = panels();
    const visible = all.filter((one) => seen(one.getBoundingClientRect()));
    if (!settled(visible)) {
      return requestAnimationFrame(look);
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.painted = {
        ms: performance.now(),
        visible: visible.length,
        failed: visible.filter(({ dataset }) => dataset.state === 'error').length,
        empty: visible.filter(({ dataset }) => dataset.state === 'empty').length,
      };
    }));
  };
  requestAnimationFrame(look);
})();
"""


@dataclass(frozen=True)
class Visit:
    """One visit: the seconds until the visible panels were drawn, how many they are, and how many of them failed."""

    seconds: float
    visible: int
    failed: int
    empty: int


@dataclass(frozen=True)
class Painted:
    """One dashboard: the first visit and the second, while answers are kept."""

    name: str
    first: Visit
    second: Visit

    @property
    def met(self) -> bool:
        """Whether the first visit was quick enough, with nothing failed."""
        return self.first.seconds <= MOST_SECONDS and not self.first.failed + self.second.failed


@dataclass(frozen=True)
class Paint:
    """What was measured of all dashboards, with the size of what is behind them."""

    series: int
    size: Size
    boards: tuple[Painted, ...]

    def missed(self) -> list[str]:
        """The dashboards that were too slow, or had a panel that failed."""
        return [
            f"first paint of {one.name}: {one.first.seconds:.2f} s, at most {MOST_SECONDS:g}; "
            f"{one.first.failed + one.second.failed} panels failed"
            for one in self.boards
            if not one.met
        ]


def paint(size: Size) -> Paint:
    """Plant the fleet, let the rules and the analysis run once, and look at each dashboard."""
    with tempfile.TemporaryDirectory(prefix="paint-") as held:
        folder = Path(held)
        _say(f"planting {size.services} services with {size.primitives} primitives each")
        count = plant(folder, size, time.time())
        with serving(folder, rules(size.scrape)) as served, browser() as chromium:
            _recorded(served.url)
            _say(f"{count:,} series, and the rules have run; the first analysis is made")
            with backend(folder, served.url, size) as url:
                boards = tuple(_board(chromium, url, name, size) for name in DASHBOARD_UIDS)
    return Paint(count, size, boards)


def _say(text: str) -> None:
    print(f"paint: {text}", file=sys.stderr, flush=True)


def _board(chromium: Browser, url: str, name: str, size: Size) -> Painted:
    # Answers are kept for one scrape: none of an earlier visit is left.
    time.sleep(size.scrape + 1)
    address = f"{url}/preview/#/d/{DASHBOARD_UIDS[name]}"
    return Painted(name, visit(chromium, address), visit(chromium, address))


def visit(chromium: Browser, address: str) -> Visit:
    """Open a page in an empty profile. Raises playwright's TimeoutError when it is never drawn."""
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        page.goto(address)
        page.wait_for_function("window.painted !== undefined", timeout=_PATIENCE_MS)
        told = page.evaluate("window.painted")
        return Visit(told["ms"] / 1000, told["visible"], told["failed"], told["empty"])
    finally:
        context.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium. Raises FileNotFoundError without one."""
    found = [path for name in _BROWSERS if (path := shutil.which(name))]
    if not found:
        raise FileNotFoundError(f"none of {', '.join(_BROWSERS)} is on the PATH")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found[0], args=["--disable-gpu"], chromium_sandbox=False)
        try:
            yield opened
        finally:
            opened.close()


def _recorded(url: str) -> None:
    """Wait until every recording rule has run once. Raises RuntimeError when they do not."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        told = requests.get(f"{url}/api/v1/rules?type=record", timeout=10).json()["data"]["groups"]
        found = [rule for group in told for rule in group["rules"]]
        if found and all(rule.get("lastEvaluation", "0").startswith("2") for rule in found):
            return
        time.sleep(1)
    raise RuntimeError("the recording rules have not run")


def show(result: Paint) -> None:
    """Print the table."""
    size = result.size
    load, _, _ = os.getloadavg()
    print(f"\n{size.services} services x {size.primitives} primitives, {result.series:,} series, "
          f"scraped each {size.scrape:g} s; window {WIDTH} x {HEIGHT}; "
          f"load of the machine {load:.1f} on {os.cpu_count()} cores")  # fmt: skip
    print(f"{'first paint of':<14}{'panels':>8}{'empty':>7}{'first visit':>13}{'second':>9}{'at most':>9}")
    for one in result.boards:
        print(f"{one.name:<14}{one.first.visible:>8}{one.first.empty:>7}{one.first.seconds:>11.2f} s"
              f"{one.second.seconds:>7.2f} s{MOST_SECONDS:>7g} s")  # fmt: skip
