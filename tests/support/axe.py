"""axe, the accessibility checker, run inside a page of a real browser."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page

from .plugin import FRONTEND

_SOURCE: Final = FRONTEND / "node_modules/axe-core/axe.min.js"
_GRAVE: Final = frozenset({"serious", "critical"})
_RUN: Final = "axe.run(document, {resultTypes: ['violations']})"


def grave(page: Page) -> list[str]:
    """What axe calls serious or critical on the page: the rule, what it asks for, and each place."""
    page.evaluate(_SOURCE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(_RUN)
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
        for node in one["nodes"]
    ]
