"""What a runtime is set up with: the same values whether they come from arguments or from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

Backend = Literal["opentelemetry", "elastic", "datadog"]
"""Where spans go, and metrics that are not scraped."""

BACKENDS: Final[tuple[Backend, ...]] = get_args(Backend)

Prices = Path | str | Mapping[str, Mapping[str, float]]
"""The user's own prices: a file, or model -> what -> USD per million tokens."""


@dataclass(frozen=True)
class ApmSettings:
    """Measuring. ``vendor_agent`` sends spans through the vendor's own agent package instead of by OTLP."""

    enabled: bool = True
    backend: Backend = "opentelemetry"
    export_to_prometheus: bool = True
    vendor_agent: bool = False
    metrics_port: int | None = None
    prices: Prices | None = None


@dataclass(frozen=True)
class Context7Settings:
    """Documentation look-ups. Without ``api_key`` the one of the environment is used.

    ``auto_analyze`` gives what is suggested its evidence: source lines and documentation.
    """

    enabled: bool = False
    api_key: str | None = field(default=None, repr=False)
    auto_analyze: bool = False


@dataclass(frozen=True)
class IntelligenceSettings:
    """Optimisation. ``min_samples`` calls are seen before anything is concluded from them."""

    auto_optimize: bool = False
    learning_rate: float = 0.01
    min_samples: int = 100


@dataclass(frozen=True)
class Settings:
    """Everything an ``IntelligentRuntime`` is set up with; what is None is read from the environment."""

    service_name: str | None = None
    backend_url: str | None = None
    service_token: str | None = field(default=None, repr=False)
    poll_seconds: float | None = None
    apm: ApmSettings = field(default_factory=ApmSettings)
    context7: Context7Settings = field(default_factory=Context7Settings)
    intelligence: IntelligenceSettings = field(default_factory=IntelligenceSettings)
