"""How the dashboards look: a palette that survives colour blindness, and what each word of the contract is drawn in.

The palette is that of Okabe and Ito. Colour is never the only sign: a state also carries its word, a line its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ai_runtime_intelligent.contract.colours import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
)
from ai_runtime_intelligent.contract.kinds import CacheResult, Outcome, Phase

from . import config

__all__ = ["BLUE", "GREEN", "GREY", "ORANGE", "PURPLE", "SKY", "VERMILLION", "YELLOW"]

MEANINGS: Final[Mapping[str, str]] = {
    "good": GREEN,
    "warning": ORANGE,
    "bad": VERMILLION,
    "neutral": SKY,
    "accent": PURPLE,
}
"""The words that ``config`` uses for colours."""

CACHE_RESULT_COLOURS: Final[Mapping[CacheResult, str]] = {
    "hit": GREEN,
    "coalesced": SKY,
    "stale": YELLOW,
    "miss": VERMILLION,
    "bypass": GREY,
}
PHASE_COLOURS: Final[Mapping[Phase, str]] = {
    "planned": GREY,
    "applying": YELLOW,
    "watching": SKY,
    "kept": GREEN,
    "rolled_back": ORANGE,
    "stuck": VERMILLION,
}
TIMELINE_COLOURS: Final[Mapping[str, str]] = {
    "queued": PURPLE,
    **{str(name): colour for name, colour in PHASE_COLOURS.items()},
}
"""A change that must wait has no rollout yet, and is on the timeline all the same."""
OUTCOME_COLOURS: Final[Mapping[Outcome, str]] = {
    "confirmed": GREEN,
    "refuted": VERMILLION,
    "inconclusive": ORANGE,
    "error": PURPLE,
}
STATUS_COLOURS: Final[Mapping[str, str]] = {
    "open": PURPLE,
    "queued": YELLOW,
    "applied": SKY,
    "kept": GREEN,
    "rolled_back": ORANGE,
    "dismissed": GREY,
    "expired": GREY,
    "stuck": VERMILLION,
}
HELD_COLOURS: Final[Mapping[str, str]] = {"kept": GREEN, "short": ORANGE, "missed": VERMILLION}
RISK_COLOURS: Final[Mapping[str, str]] = {"low": GREEN, "medium": ORANGE, "high": VERMILLION}
STATE_COLOURS: Final[Mapping[str, str]] = {"found": ORANGE, "clear": GREEN, "unsure": GREY, "unread": VERMILLION}
ROUTE_COLOURS: Final[Mapping[str, str]] = {"fast": SKY, "premium": ORANGE}
"""The route names of the documentation; other names take the next colour of the palette."""

SERIES_COLOURS: Final = {"mode": "palette-classic-by-name"}
"""A series keeps its colour over panels and reloads, whatever else is on the panel."""


def steps(thresholds: config.Steps) -> list[dict[str, Any]]:
    """Grafana's threshold steps. Raises ValueError unless the first starts at the bottom and the rest ascend."""
    first, *rest = (value for value, _ in thresholds)
    if first is not None or None in rest or rest != sorted(value for value in rest if value is not None):
        raise ValueError(f"thresholds must start with None and ascend: {thresholds}")
    return [{"color": MEANINGS[meaning], "value": value} for value, meaning in thresholds]


def mapping(colours: Mapping[Any, str]) -> list[dict[str, Any]]:
    """A value mapping that draws each word in its colour, with spaces for underscores."""
    options = {
        word: {"text": word.replace("_", " "), "color": colour, "index": index}
        for index, (word, colour) in enumerate(colours.items())
    }
    return [{"type": "value", "options": options}]


def absent(text: str) -> list[dict[str, Any]]:
    """A value mapping for no value at all, in the colour of plain text: it is neither good nor bad."""
    return [{"type": "special", "options": {"match": "null", "result": {"text": text, "color": "text", "index": 0}}}]


def fixed(colour: str) -> dict[str, str]:
    """A colour setting that does not depend on the value."""
    return {"mode": "fixed", "fixedColor": colour}


def override(matcher: str, pattern: str, **properties: Any) -> dict[str, Any]:
    """What is different for some fields; ``custom_x`` stands for Grafana's property ``custom.x``."""
    return {
        "matcher": {"id": matcher, "options": pattern},
        "properties": [{"id": key.replace("custom_", "custom."), "value": value} for key, value in properties.items()],
    }


def named(colours: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Fixed colours for series whose name contains a known word."""
    return [override("byRegexp", rf"/\b{word}\b/", color=fixed(colour)) for word, colour in colours.items()]
