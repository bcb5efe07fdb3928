"""What a click does: apply a suggestion, or open it."""

from __future__ import annotations

from typing import Any, Final

from . import config

SUGGESTION_URL: Final = f"{config.APP_URL}/suggestions"


def apply() -> dict[str, Any]:
    """Grafana's Action that applies the suggestion of a table's row, at the revision that the row shows."""
    return {
        "type": "fetch",
        "title": "Apply",
        "confirmation": (
            "Set ${__data.fields.tunable} of ${__data.fields.service} from ${__data.fields.from} to "
            "${__data.fields.to}? The effect is measured, and the change can be rolled back."
        ),
        "fetch": {
            "method": "POST",
            "url": f"{config.RESOURCES_URL}/suggestions/${{__data.fields.id}}/apply",
            "body": '{"revision": ${__data.fields.revision}}',
            "headers": [["Content-Type", "application/json"]],
            "queryParams": [],
        },
    }


def open_suggestion(column: str) -> list[dict[str, Any]]:
    """A link to the page of the suggestion whose id stands in ``column``: evidence, code, documentation, diff."""
    return [_link("Open the suggestion", f"{SUGGESTION_URL}/${{__data.fields.{column}}}")]


def open_source(column: str) -> list[dict[str, Any]]:
    """A link to where a snippet was taken from, in a new tab."""
    return [_link("Open the source", f"${{__data.fields.{column}}}", new_tab=True)]


def open_dashboard(key: str, uid: str) -> list[dict[str, Any]]:
    """A link to another dashboard that keeps the time range and the variables."""
    return [_link(config.TITLES[key], f"/d/{uid}?{config.KEEP}")]


def _link(title: str, url: str, *, new_tab: bool = False) -> dict[str, Any]:
    return {"title": title, "url": url, "targetBlank": new_tab}
