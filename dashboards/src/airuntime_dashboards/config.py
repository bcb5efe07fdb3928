"""Every knob of the dashboards: where they link to, how often they refresh, and where a colour changes."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.contract import names

SCHEMA_VERSION: Final = 42
"""Grafana's last schema of this dashboard format; nothing is migrated on load."""
PLUGIN_VERSION: Final = "12.2.0"
"""The Grafana whose panel options are written; an older value would start migrations of panels."""

REFRESH: Final = "5s"
REFRESH_CHOICES: Final = ("5s", "10s", "30s", "1m", "5m", "15m")
TIME_FROM: Final = "now-15m"
TIME_TO: Final = "now"
MIN_INTERVAL: Final = "5s"
"""Finest step of a series: finer than a scrape draws the same value twice."""
BARS: Final = 10
"""Most bars in one bar gauge."""
LINES: Final = 25
"""Most lines on one graph: beyond them nobody can tell one from another, and a browser takes its time."""
ROWS: Final = 100
"""Most rows of a table that has one for each primitive."""

TAG: Final = "airuntime"
TITLES: Final = {
    "runtime": "AI Runtime Intelligence",
    "code": "Code Performance",
    "timeline": "Self-Optimization Timeline",
}
DATASOURCE: Final = {"type": names.DATASOURCE_PLUGIN_ID, "uid": names.DATASOURCE_UID}

APP_URL: Final = f"/a/{names.APP_PLUGIN_ID}"
RESOURCES_URL: Final = f"/api/plugins/{names.APP_PLUGIN_ID}/resources"
KEEP: Final = "${__url_time_range}&${__all_variables}"
"""Carries the time range and the variables into a link."""

Steps = tuple[tuple[float | None, str], ...]
"""Thresholds: from this value on, this colour of :mod:`style`; the first value is None, for "from the bottom"."""

SPEND_USD_PER_HOUR: Final[Steps] = ((None, "neutral"), (10.0, "warning"), (100.0, "bad"))
SAVED_USD: Final[Steps] = ((None, "bad"), (0.0, "neutral"), (0.000001, "good"))
ERROR_RATIO: Final[Steps] = ((None, "good"), (0.01, "warning"), (0.05, "bad"))
FINDINGS: Final[Steps] = ((None, "good"), (1.0, "warning"), (5.0, "bad"))
SUGGESTIONS: Final[Steps] = ((None, "neutral"), (1.0, "accent"))
COVERAGE: Final[Steps] = ((None, "bad"), (0.9, "warning"), (0.99, "good"))
SCORE: Final[Steps] = ((None, "neutral"), (0.2, "warning"), (0.5, "bad"))
SHARE: Final[Steps] = ((None, "neutral"), (0.25, "accent"), (0.5, "warning"))
ATTEMPTS: Final[Steps] = ((None, "good"), (1.2, "warning"), (2.0, "bad"))
QUEUE_SHARE: Final[Steps] = ((None, "good"), (0.25, "warning"), (1.0, "bad"))
SECONDS: Final[Steps] = ((None, "neutral"), (1.0, "warning"), (5.0, "bad"))
HIT_RATIO: Final[Steps] = ((None, "bad"), (0.2, "warning"), (0.5, "good"))
EXPIRED_RATIO: Final[Steps] = ((None, "good"), (0.1, "warning"), (0.3, "bad"))
TRUST: Final[Steps] = ((None, "bad"), (0.3, "warning"), (0.6, "good"))
BREACH_SECONDS: Final[Steps] = ((None, "bad"), (3600.0, "warning"), (21600.0, "neutral"))
ROLLED_BACK: Final[Steps] = ((None, "neutral"), (1.0, "warning"))
KEPT: Final[Steps] = ((None, "neutral"), (1.0, "good"))
UNDER_WAY: Final[Steps] = ((None, "neutral"), (1.0, "accent"))
PLAIN: Final[Steps] = ((None, "neutral"),)
"""For a number that is neither good nor bad."""
