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
WATCHED_SECONDS: Final = 20
"""How long a rollout is watched before its picture is taken."""


def main() -> None:
    """Write a PNG of each dashboard in both themes, of a rollout watched, kept and rolled back, and of the ledger."""
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
        preview = Preview(browser, stack.urls.preview)

        def say(told: str) -> None:
            print(told)
            for watched in client.suggestions(SERVICE, "applied")[:1]:
                if not (folder / "watched.png").exists():
                    time.sleep(WATCHED_SECONDS)
                    take_suggestion(preview, watched.id, folder / "watched.png")

        (folder / "watched.png").unlink(missing_ok=True)
        print(Check(stack, client, say, began=began, timeout=240).run())
        time.sleep(AFTERWARDS_SECONDS)
        take(preview, client, folder)


def take(preview: Preview, client: Client, folder: Path) -> None:
    """Take every picture of what was kept, then roll it back and take one of that."""
    for name, uid in DASHBOARD_UIDS.items():
        for theme, path in (("dark", f"{name}.png"), ("light", f"{name}-light.png")):
            preview.dashboard(uid, span="now-3m", theme=theme)
            preview.picture(folder / path)
    preview.open("/ledger")
    preview.page.get_by_test_id("totals").wait_for()
    preview.page.screenshot(path=str(folder / "ledger.png"), animations="disabled")
    (kept, *_) = client.suggestions(SERVICE, "kept")
    take_suggestion(preview, kept.id, folder / "suggestion.png")
    preview.page.get_by_role("button", name="Roll back").click()
    preview.page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    preview.page.get_by_text("Rolled back").first.wait_for()
    take_suggestion(preview, kept.id, folder / "rolled-back.png")


def take_suggestion(preview: Preview, suggestion: str, path: Path) -> None:
    """Take a picture of a suggestion's whole page."""
    preview.open(f"/suggestions/{suggestion}")
    preview.page.get_by_text("History").wait_for()
    preview.picture(path)


if __name__ == "__main__":
    main()
