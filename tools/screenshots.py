"""Takes the pictures of the documentation from a running demo: a waste is found, removed and measured before."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.contract.names import DASHBOARD_UIDS
from airuntime_demo.check import Check
from airuntime_demo.client import Client
from airuntime_demo.layout import StackOptions
from airuntime_demo.service import SERVICE
from airuntime_demo.stack import Stack
from support.browser import Preview, page

AFTERWARDS_SECONDS: Final = 60
"""How long the service runs on after the verdict, so that the graphs show what it brought."""


def main() -> None:
    """Write a PNG for each dashboard, and for a suggestion's page, into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with (
        Stack(StackOptions("router", usual_ports=False), print) as stack,
        Client(stack.urls.api, stack.tokens.operator) as client,
        page() as browser,
    ):
        print(Check(stack, client, print, began=began, timeout=240).run())
        time.sleep(AFTERWARDS_SECONDS)
        take(Preview(browser, stack.urls.preview), client, folder)


def take(preview: Preview, client: Client, folder: Path) -> None:
    """Take every picture."""
    for name, uid in DASHBOARD_UIDS.items():
        preview.dashboard(uid, span="now-3m")
        preview.picture(folder / f"{name}.png")
    (kept,) = client.suggestions(SERVICE, "kept")
    preview.open(f"/suggestions/{kept.id}")
    preview.page.get_by_text("History").wait_for()
    preview.picture(folder / "suggestion.png")


if __name__ == "__main__":
    main()
