"""Every environment variable that the product reads, in one table.

The table drives the documentation and the check of the compose file; readers take the name from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Reader = Literal["instrumentation", "backend", "demo"]


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, what happens without it, and what it is for."""

    name: str
    default: str | None
    help: str
    readers: tuple[Reader, ...]
    secret: bool = False


def _instrumentation(name: str, default: str | None, about: str, *, secret: bool = False) -> Variable:
    return Variable(name, default, about, ("instrumentation",), secret)


def _backend(name: str, default: str | None, about: str, *, secret: bool = False) -> Variable:
    return Variable(name, default, about, ("backend",), secret)


DISABLED: Final = _instrumentation("AIRUNTIME_DISABLED", "0", "1 turns every instrumented call into the bare call.")
BACKEND_URL: Final = Variable(
    "AIRUNTIME_BACKEND_URL",
    None,
    "The backend: services read tunables there and send their manifest, without it neither; commands ask it, else the "
    "one on this machine.",
    ("instrumentation", "backend"),
)
SERVICE_TOKEN: Final = Variable(
    "AIRUNTIME_SERVICE_TOKEN",
    None,
    "Bearer token of instrumented services.",
    ("instrumentation", "backend"),
    secret=True,
)
POLL_SECONDS: Final = _instrumentation(
    "AIRUNTIME_POLL_SECONDS", "15", "Seconds between two reads of the remote config."
)
STATE_DIR: Final = _instrumentation(
    "AIRUNTIME_STATE_DIR",
    None,
    "Folder in which the last good remote config survives a restart; else `airuntime` in `XDG_STATE_HOME`.",
)
STATE_HOME: Final = _instrumentation("XDG_STATE_HOME", "~/.local/state", "Folder of the user's that holds such state.")
METRICS_HOST: Final = _instrumentation("AIRUNTIME_METRICS_HOST", "127.0.0.1", "Address on which metrics are exposed.")
METRICS_PORT: Final = _instrumentation("AIRUNTIME_METRICS_PORT", "9464", "Port on which metrics are exposed; 0 = any.")
OTLP_ENDPOINT: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    None,
    "Where spans, and metrics that are not scraped, are sent by OTLP; without it, and without a vendor, none are.",
)
OTLP_TRACES_ENDPOINT: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", None, "The same for spans alone, with its whole path."
)
OTLP_METRICS_ENDPOINT: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", None, "The same for metrics alone, which are then sent even when scraped."
)
OTLP_PROTOCOL: Final = _instrumentation("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "http/protobuf or grpc.")
OTLP_TRACES_PROTOCOL: Final = _instrumentation("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", None, "The same for spans alone.")
OTLP_METRICS_PROTOCOL: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", None, "The same for metrics alone."
)
OTLP_HEADERS: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_HEADERS", None, "Headers sent with OTLP: name=value, separated by commas.", secret=True
)
OTLP_TRACES_HEADERS: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS", None, "The same for spans alone.", secret=True
)
OTLP_METRICS_HEADERS: Final = _instrumentation(
    "OTEL_EXPORTER_OTLP_METRICS_HEADERS", None, "The same for metrics alone.", secret=True
)
TRACES_EXPORTER: Final = _instrumentation("OTEL_TRACES_EXPORTER", None, "none sends no spans.")
METRICS_EXPORTER: Final = _instrumentation(
    "OTEL_METRICS_EXPORTER", None, "otlp sends metrics even when they are scraped, none never sends them."
)
ELASTIC_SERVER_URL: Final = _instrumentation(
    "ELASTIC_APM_SERVER_URL", "http://127.0.0.1:8200", "Elastic's APM server, for the backend elastic."
)
ELASTIC_SECRET_TOKEN: Final = _instrumentation(
    "ELASTIC_APM_SECRET_TOKEN", None, "Secret token for Elastic's APM server.", secret=True
)
ELASTIC_API_KEY: Final = _instrumentation(
    "ELASTIC_APM_API_KEY", None, "API key for Elastic's APM server, instead of the token.", secret=True
)
ELASTIC_SERVICE_NAME: Final = _instrumentation(
    "ELASTIC_APM_SERVICE_NAME", None, "Service name for the backend elastic when nothing else gives one."
)
ELASTIC_SERVICE_VERSION: Final = _instrumentation(
    "ELASTIC_APM_SERVICE_VERSION", None, "Version of the service, told to Elastic."
)
ELASTIC_ENVIRONMENT: Final = _instrumentation(
    "ELASTIC_APM_ENVIRONMENT", None, "Environment of the service, told to Elastic."
)
DD_AGENT_HOST: Final = _instrumentation(
    "DD_AGENT_HOST", None, "Host of Datadog's agent, for the backend datadog; its OTLP ports are 4317 and 4318."
)
DD_API_KEY: Final = _instrumentation(
    "DD_API_KEY", None, "Key for Datadog's intake, which is used when no agent is named.", secret=True
)
DD_SITE: Final = _instrumentation("DD_SITE", "datadoghq.com", "Datadog's site whose intake is used.")
DD_SERVICE: Final = _instrumentation(
    "DD_SERVICE", None, "Service name for the backend datadog when nothing else gives one."
)
DD_VERSION: Final = _instrumentation("DD_VERSION", None, "Version of the service, told to Datadog.")
DD_ENV: Final = _instrumentation("DD_ENV", None, "Environment of the service, told to Datadog.")
DD_TAGS: Final = _instrumentation("DD_TAGS", None, "More that Datadog is told: name:value, separated by commas.")
PRICES: Final = _instrumentation(
    "AIRUNTIME_PRICES", None, "YAML file of the user's own prices, USD per million tokens by model."
)
CAPTURE_CONTENT: Final = _instrumentation(
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
    "NO_CONTENT",
    "`true`, `SPAN_ONLY` or `SPAN_AND_EVENT` records prompts, answers and the words of errors on spans; all else does "
    "not.",
)
REVISION: Final = _instrumentation(
    "AIRUNTIME_REVISION",
    None,
    "Commit of the code that runs, told to the backend; else `vcs.ref.head.revision` or `service.version` of "
    "`OTEL_RESOURCE_ATTRIBUTES`.",
)
RESOURCE_ATTRIBUTES: Final = _instrumentation(
    "OTEL_RESOURCE_ATTRIBUTES", None, "What OpenTelemetry is told of the service: name=value, separated by commas."
)
SERVICE_NAME: Final = _instrumentation("OTEL_SERVICE_NAME", None, "Service name when the code gives none.")

PROMETHEUS_URL: Final = _backend(
    "AIRUNTIME_PROMETHEUS_URL", "http://127.0.0.1:9090", "Base URL of Prometheus' HTTP API."
)
PROMETHEUS_TIMEOUT: Final = _backend("AIRUNTIME_PROMETHEUS_TIMEOUT_SECONDS", "10", "Longest wait for one query.")
DATABASE_URL: Final = _backend("DATABASE_URL", "sqlite:///airuntime.db", "SQLAlchemy URL of the state.", secret=True)
HTTP_HOST: Final = _backend("AIRUNTIME_HTTP_HOST", "127.0.0.1", "Address of the HTTP API.")
HTTP_PORT: Final = _backend("AIRUNTIME_HTTP_PORT", "8765", "Port of the HTTP API.")
GRPC_HOST: Final = _backend("AIRUNTIME_GRPC_HOST", "127.0.0.1", "Address of the gRPC service for Grafana.")
GRPC_PORT: Final = _backend("AIRUNTIME_GRPC_PORT", "8766", "Port of the gRPC service for Grafana.")
VIEWER_TOKEN: Final = _backend("AIRUNTIME_VIEWER_TOKEN", None, "Bearer token that may read.", secret=True)
OPERATOR_TOKEN: Final = _backend("AIRUNTIME_OPERATOR_TOKEN", None, "Bearer token that may change.", secret=True)
OPERATOR_TOKENS: Final = _backend(
    "AIRUNTIME_OPERATOR_TOKENS",
    None,
    "Bearer tokens of operators who are known by name: name=token, separated by commas.",
    secret=True,
)
PLUGIN_SECRET: Final = _backend(
    "AIRUNTIME_PLUGIN_SECRET",
    None,
    "Secret shared with the Grafana plugin; without it gRPC refuses calls.",
    secret=True,
)
SOURCE_ROOTS: Final = _backend("AIRUNTIME_SOURCE_ROOTS", "", "Folders whose source may be shown, separated by ':'.")
CONTEXT7_URL: Final = Variable(
    "CONTEXT7_API_URL",
    None,
    "Base URL of Context7's HTTP API; without it and a key, not asked.",
    ("instrumentation", "backend"),
)
CONTEXT7_KEY: Final = Variable(
    "CONTEXT7_API_KEY", None, "Key for Context7.", ("instrumentation", "backend"), secret=True
)
CACHE_DIR: Final = _backend(
    "AIRUNTIME_CACHE_DIR",
    None,
    "Folder of what may be fetched or built again, such as documentation; else `airuntime` in `XDG_CACHE_HOME`.",
)
CACHE_HOME: Final = _backend("XDG_CACHE_HOME", "~/.cache", "Folder of the user's that holds such things.")
LIBRARY_PATHS: Final = _backend(
    "AIRUNTIME_LIBRARY_PATHS",
    "",
    "Folders (site-packages) with the libraries of the services, separated by ':'; the backend's own come after them.",
)
LLM_MODEL: Final = _backend(
    "AIRUNTIME_LLM_MODEL",
    None,
    "Model that words suggestions and drafts patches, as `<provider>:<model>` with openai (or what speaks its API), "
    "anthropic, google, ollama or gemini-cli; without it rules alone do. It is shown source lines and documentation.",
)
LLM_URL: Final = _backend(
    "AIRUNTIME_LLM_BASE_URL", None, "Base URL of the model's API, where it is not the provider's own."
)
LLM_KEY: Final = _backend("AIRUNTIME_LLM_API_KEY", None, "Key for the model; no other variable is read.", secret=True)
LLM_BUDGET: Final = _backend("AIRUNTIME_LLM_BUDGET_USD_PER_DAY", "1", "USD that the model may cost in a day (UTC).")
LLM_SECONDS: Final = _backend(
    "AIRUNTIME_LLM_TIMEOUT_SECONDS",
    "30",
    "Longest wait for the model in one analysis, for all of its answers together.",
)
LLM_UNPRICED: Final = _backend(
    "AIRUNTIME_LLM_UNPRICED", "0", "1 lets a model be asked whose price is not known, counted as free: one of your own."
)
WINDOW_SECONDS: Final = _backend("AIRUNTIME_WINDOW_SECONDS", "600", "Window over which signals are read.")
ANALYSE_SECONDS: Final = _backend("AIRUNTIME_ANALYSE_SECONDS", "60", "Seconds between two analyses.")
SCRAPE_SECONDS: Final = _backend("AIRUNTIME_SCRAPE_SECONDS", "15", "Scrape interval of Prometheus.")
MIN_CALLS: Final = _backend(
    "AIRUNTIME_MIN_CALLS", "100", "Calls below which nothing is concluded, of a window or of twelve."
)
BUDGET: Final = _backend(
    "AIRUNTIME_BUDGET_USD_PER_HOUR", None, "What one service may spend; a forecast beyond it is a finding."
)
BLOCK_SECONDS: Final = _backend(
    "AIRUNTIME_BLOCK_SECONDS",
    "60",
    "Length of a time block: keys are dealt to the arms anew in each, and what all calls share switches between them.",
)
ROLLOUT_STEPS: Final = _backend(
    "AIRUNTIME_ROLLOUT_STEPS",
    "0.01,0.1,0.5",
    "Shares of the calls, rising within 0..1, that a change gets one after the other before it is kept.",
)
ROLLOUT_SETTLE: Final = _backend("AIRUNTIME_ROLLOUT_SETTLE_SECONDS", "60", "Seconds at each share before the next one.")
ROLLOUT_DEADLINE: Final = _backend(
    "AIRUNTIME_ROLLOUT_DEADLINE_SECONDS",
    "3600",
    "Seconds at one share without a verdict after which a change goes back.",
)
HOLDOUT: Final = _backend(
    "AIRUNTIME_HOLDOUT_SHARE",
    "0.02",
    "Share of the calls, 0..0.5, that stays on the old value of a kept change, so that its saving goes on being "
    "measured; 0 = none.",
)
LEDGER_SECONDS: Final = _backend(
    "AIRUNTIME_LEDGER_SECONDS", "3600", "Length in seconds of the periods in which savings are booked."
)
PATCHES: Final = _backend(
    "AIRUNTIME_PATCHES",
    None,
    "TOML file that says for which services code patches are tried, where, and by which commands "
    "(docs/code-patches.md); without it they are only shown.",
)
PATCH_DIR: Final = _backend(
    "AIRUNTIME_PATCH_DIR", None, "Folder in which patches are tried; else `patches` in `AIRUNTIME_CACHE_DIR`."
)
FORGE_TOKEN: Final = _backend(
    "AIRUNTIME_FORGE_TOKEN", None, "Token with which branches are pushed and pull requests opened.", secret=True
)
POLICY_FILE: Final = _backend(
    "AIRUNTIME_POLICY_FILE",
    None,
    "YAML file of what may be changed, when, by whom and how far by itself (docs/policy.md); its changes are seen.",
)
WEBHOOKS: Final = _backend(
    "AIRUNTIME_WEBHOOKS",
    None,
    "Endpoints that are told of every transition: name=URL, separated by blanks; each needs its secret.",
    secret=True,
)
WEBHOOK_SECRETS: Final = _backend(
    "AIRUNTIME_WEBHOOK_SECRETS",
    None,
    "What signs for each endpoint: name=whsec_<base64 of 24 to 64 bytes>, separated by blanks.",
    secret=True,
)
PREVIEW: Final = _backend("AIRUNTIME_PREVIEW", "0", "1 serves /preview/, on loopback only.")
PREVIEW_DIR: Final = _backend("AIRUNTIME_PREVIEW_DIR", None, "Folder of the built preview.")
DASHBOARDS_DIR: Final = _backend("AIRUNTIME_DASHBOARDS_DIR", None, "Folder of the generated dashboards.")
GRAFANA_URL: Final = _backend("GRAFANA_URL", None, "The Grafana that `airuntime dashboards` writes to.")
GRAFANA_TOKEN: Final = _backend(
    "GRAFANA_TOKEN", None, "Token of a service account with the role Editor in that Grafana.", secret=True
)

DEMO_WASTE: Final = Variable("DEMO_WASTE", "cache", "Planted waste: cache, router, retry, serial or none.", ("demo",))
DEMO_SEED: Final = Variable("DEMO_SEED", "7", "Seed of traffic, latency and faults.", ("demo",))
DEMO_RATE: Final = Variable("DEMO_RATE", "25", "Questions a second; with the wastes router and retry 60.", ("demo",))
OPENAI_BASE_URL: Final = Variable("OPENAI_BASE_URL", None, "Where the demo's chat completions go.", ("demo",))
OPENAI_API_KEY: Final = Variable("OPENAI_API_KEY", None, "Key that the demo sends.", ("demo",), secret=True)

VARIABLES: Final = (
    DISABLED,
    BACKEND_URL,
    SERVICE_TOKEN,
    POLL_SECONDS,
    STATE_DIR,
    STATE_HOME,
    METRICS_HOST,
    METRICS_PORT,
    OTLP_ENDPOINT,
    OTLP_TRACES_ENDPOINT,
    OTLP_METRICS_ENDPOINT,
    OTLP_PROTOCOL,
    OTLP_TRACES_PROTOCOL,
    OTLP_METRICS_PROTOCOL,
    OTLP_HEADERS,
    OTLP_TRACES_HEADERS,
    OTLP_METRICS_HEADERS,
    TRACES_EXPORTER,
    METRICS_EXPORTER,
    ELASTIC_SERVER_URL,
    ELASTIC_SECRET_TOKEN,
    ELASTIC_API_KEY,
    ELASTIC_SERVICE_NAME,
    ELASTIC_SERVICE_VERSION,
    ELASTIC_ENVIRONMENT,
    DD_AGENT_HOST,
    DD_API_KEY,
    DD_SITE,
    DD_SERVICE,
    DD_VERSION,
    DD_ENV,
    DD_TAGS,
    PRICES,
    CAPTURE_CONTENT,
    REVISION,
    RESOURCE_ATTRIBUTES,
    SERVICE_NAME,
    PROMETHEUS_URL,
    PROMETHEUS_TIMEOUT,
    DATABASE_URL,
    HTTP_HOST,
    HTTP_PORT,
    GRPC_HOST,
    GRPC_PORT,
    VIEWER_TOKEN,
    OPERATOR_TOKEN,
    OPERATOR_TOKENS,
    PLUGIN_SECRET,
    SOURCE_ROOTS,
    CONTEXT7_URL,
    CONTEXT7_KEY,
    CACHE_DIR,
    CACHE_HOME,
    LIBRARY_PATHS,
    LLM_MODEL,
    LLM_URL,
    LLM_KEY,
    LLM_BUDGET,
    LLM_SECONDS,
    LLM_UNPRICED,
    WINDOW_SECONDS,
    ANALYSE_SECONDS,
    SCRAPE_SECONDS,
    MIN_CALLS,
    BUDGET,
    BLOCK_SECONDS,
    ROLLOUT_STEPS,
    ROLLOUT_SETTLE,
    ROLLOUT_DEADLINE,
    HOLDOUT,
    LEDGER_SECONDS,
    PATCHES,
    PATCH_DIR,
    FORGE_TOKEN,
    POLICY_FILE,
    WEBHOOKS,
    WEBHOOK_SECRETS,
    PREVIEW,
    PREVIEW_DIR,
    DASHBOARDS_DIR,
    GRAFANA_URL,
    GRAFANA_TOKEN,
    DEMO_WASTE,
    DEMO_SEED,
    DEMO_RATE,
    OPENAI_BASE_URL,
    OPENAI_API_KEY,
)
