"""Identifiers that stay the same for every user: plugin ids, ports, query types, API paths."""

from __future__ import annotations

from typing import Final

APP_PLUGIN_ID: Final = "airuntime-intelligence-app"
DATASOURCE_PLUGIN_ID: Final = "airuntime-intelligence-datasource"
DATASOURCE_UID: Final = "airuntime"
"""Fixed uid of the provisioned data source, so that dashboards find it on every Grafana."""

HTTP_PORT: Final = 8765
GRPC_PORT: Final = 8766
METRICS_PORT: Final = 9464
PROMETHEUS_PORT: Final = 9090

QUERY_TYPES: Final = (
    "promql",
    "primitives",
    "findings",
    "cost",
    "routing",
    "cache",
    "catalog",
    "forecast",
    "snippets",
    "evidence",
    "suggestions",
    "impact",
    "savings",
    "ledger",
    "earnings",
    "roi",
    "bill",
    "timeline",
    "annotations",
)
"""What ``POST /api/query`` and the plugin's ``QueryData`` answer."""

VARIABLES: Final = ("services", "primitives", "models")
"""What ``GET /api/variables/<name>`` answers."""

DASHBOARD_UIDS: Final = {
    "runtime": "airuntime-runtime",
    "code": "airuntime-code",
    "timeline": "airuntime-timeline",
}

INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
"""Attributes of OpenTelemetry's gen_ai conventions under which a span holds what was asked and answered, as JSON."""

OTHER: Final = "other"
"""Label value into which label sets past the cap are folded."""
