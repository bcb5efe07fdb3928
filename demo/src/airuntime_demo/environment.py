"""The environment in which each part runs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.contract import env

from .layout import Layout
from .ports import HOST

WINDOW_SECONDS: Final = 30
"""Window of the analysis: long enough for the numbers, short enough to watch."""
ANALYSE_SECONDS: Final = 5
SCRAPE_SECONDS: Final = 1
BLOCK_SECONDS: Final = 4
ROLLOUT_STEPS: Final = "0.5"
"""Half of the calls at once: nobody is harmed, and a verdict comes within a minute or two."""
ROLLOUT_SETTLE_SECONDS: Final = 4
ROLLOUT_DEADLINE_SECONDS: Final = 150
HOLDOUT_SHARE: Final = 0
"""None: what was found is to be seen mended."""
MIN_CALLS: Final = 60
LEDGER_SECONDS: Final = 20


def bare() -> dict[str, str]:
    """The environment that every part gets: the person's own, without settings and keys that are not for the demo."""
    ours = {variable.name for variable in env.VARIABLES} - {env.OTLP_ENDPOINT.name}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    direct = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), HOST)))
    return {**kept, "NO_PROXY": direct, "no_proxy": direct, "PYTHONUNBUFFERED": "1"}


def of_backend(layout: Layout) -> dict[str, str]:
    """Short windows, its state in the run's folder, the preview of the clone."""
    tokens, root = layout.tokens, layout.root
    settings: dict[env.Variable, object] = {
        env.PROMETHEUS_URL: layout.urls.prometheus,
        env.DATABASE_URL: f"sqlite:///{layout.folder / 'airuntime.db'}",
        env.HTTP_PORT: layout.ports["http"],
        env.GRPC_PORT: layout.ports["grpc"],
        env.VIEWER_TOKEN: tokens.viewer,
        env.OPERATOR_TOKEN: tokens.operator,
        env.SERVICE_TOKEN: tokens.service,
        env.PLUGIN_SECRET: tokens.plugin,
        env.SOURCE_ROOTS: Path(__file__).resolve().parent if root is None else root / "demo" / "src",
        env.CONTEXT7_URL: layout.urls.context7,
        env.CACHE_DIR: layout.folder / "cache",
        env.WINDOW_SECONDS: WINDOW_SECONDS,
        env.ANALYSE_SECONDS: ANALYSE_SECONDS,
        env.SCRAPE_SECONDS: SCRAPE_SECONDS,
        env.MIN_CALLS: MIN_CALLS,
        env.BLOCK_SECONDS: BLOCK_SECONDS,
        env.ROLLOUT_STEPS: ROLLOUT_STEPS,
        env.ROLLOUT_SETTLE: ROLLOUT_SETTLE_SECONDS,
        env.ROLLOUT_DEADLINE: ROLLOUT_DEADLINE_SECONDS,
        env.HOLDOUT: HOLDOUT_SHARE,
        env.LEDGER_SECONDS: LEDGER_SECONDS,
        env.PREVIEW: 1,
    }
    if root is not None:
        settings[env.PREVIEW_DIR] = root / "plugin-frontend" / "dist-preview"
        settings[env.DASHBOARDS_DIR] = root / "dashboards" / "generated"
    return bare() | _named(settings)


def of_service(layout: Layout) -> dict[str, str]:
    """Traffic and waste as the options say; it obeys the backend when that is started too."""
    options = layout.options
    settings: dict[env.Variable, object] = {
        env.POLL_SECONDS: 1,
        env.METRICS_PORT: layout.ports["metrics"],
        env.STATE_DIR: layout.folder / "state",
        env.DEMO_WASTE: options.waste,
        env.DEMO_SEED: options.seed,
        env.DEMO_RATE: options.rate,
        env.OPENAI_BASE_URL: layout.urls.openai,
        env.OPENAI_API_KEY: secrets.token_urlsafe(16),  # the fake model asks for a key and takes any
    }
    if "backend" in options.parts:
        settings |= {env.BACKEND_URL: layout.urls.api, env.SERVICE_TOKEN: layout.tokens.service}
    return bare() | _named(settings)


def _named(settings: Mapping[env.Variable, object]) -> dict[str, str]:
    return {variable.name: str(value) for variable, value in settings.items()}
