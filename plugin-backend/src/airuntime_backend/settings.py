"""Settings of the backend: read from the environment variables that the contract names."""

from __future__ import annotations

import re
from math import inf
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.flow.growth import Growth
from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected a URL such as http://127.0.0.1:9090")
    return url


def _steps(text: str) -> str:
    try:
        Growth(_shares(text))
    except ValueError as error:
        raise ValueError(f"expected shares that rise between 0 and 1, such as 0.01,0.1,0.5: {error}") from None
    return text


def _shares(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


Steps = Annotated[str, AfterValidator(_steps)]


def pairs(secret: SecretStr | None, separator: str | None = None) -> dict[str, str]:
    """What ``name=value`` parts say, by name. Raises ValueError, which quotes no value."""
    found: dict[str, str] = {}
    for part in secret.get_secret_value().split(separator) if secret else ():
        name, _, value = (one.strip() for one in part.partition("="))
        if not re.fullmatch(r"[\w.@-]{1,40}", name) or not value:
            raise ValueError("expected name=value, with names of 1 to 40 letters, digits, '.', '@', '-' and '_'")
        if name in found:
            raise ValueError(f"{name} is given twice")
        found[name] = value
    return found


def _by_comma(secret: SecretStr | None) -> SecretStr | None:
    pairs(secret, ",")
    return secret


def _by_blank(secret: SecretStr | None) -> SecretStr | None:
    pairs(secret)
    return secret


def _urls(secret: SecretStr | None) -> SecretStr | None:
    for name, url in pairs(secret).items():
        try:
            _http(url)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return secret


HttpUrl = Annotated[str, AfterValidator(_http)]
Tokens = Annotated[SecretStr | None, AfterValidator(_by_comma)]
Addresses = Annotated[SecretStr | None, AfterValidator(_urls)]
Signers = Annotated[SecretStr | None, AfterValidator(_by_blank)]


class Settings(BaseSettings):
    """Every setting, with the default of the contract's table; a value of the wrong type names its variable."""

    model_config = SettingsConfigDict(populate_by_name=True, frozen=True, env_ignore_empty=True, extra="ignore")

    prometheus_url: HttpUrl = Field("http://127.0.0.1:9090", validation_alias=env.PROMETHEUS_URL.name)
    prometheus_timeout_seconds: float = Field(10.0, gt=0, validation_alias=env.PROMETHEUS_TIMEOUT.name)
    database_url: str = Field("sqlite:///airuntime.db", validation_alias=env.DATABASE_URL.name, repr=False)
    backend_url: HttpUrl | None = Field(None, validation_alias=env.BACKEND_URL.name)
    http_host: str = Field("127.0.0.1", validation_alias=env.HTTP_HOST.name)
    http_port: int = Field(8765, ge=0, le=65535, validation_alias=env.HTTP_PORT.name)
    grpc_host: str = Field("127.0.0.1", validation_alias=env.GRPC_HOST.name)
    grpc_port: int = Field(8766, ge=0, le=65535, validation_alias=env.GRPC_PORT.name)
    viewer_token: SecretStr | None = Field(None, validation_alias=env.VIEWER_TOKEN.name)
    operator_token: SecretStr | None = Field(None, validation_alias=env.OPERATOR_TOKEN.name)
    operator_tokens: Tokens = Field(None, validation_alias=env.OPERATOR_TOKENS.name)
    service_token: SecretStr | None = Field(None, validation_alias=env.SERVICE_TOKEN.name)
    plugin_secret: SecretStr | None = Field(None, validation_alias=env.PLUGIN_SECRET.name)
    source_roots: str = Field("", validation_alias=env.SOURCE_ROOTS.name)
    context7_url: HttpUrl | None = Field(None, validation_alias=env.CONTEXT7_URL.name)
    context7_key: SecretStr | None = Field(None, validation_alias=env.CONTEXT7_KEY.name)
    cache_dir: str = Field("", validation_alias=env.CACHE_DIR.name)
    cache_home: str = Field(str(env.CACHE_HOME.default), validation_alias=env.CACHE_HOME.name)
    library_paths: str = Field("", validation_alias=env.LIBRARY_PATHS.name)
    llm_model: str = Field("", validation_alias=env.LLM_MODEL.name)
    llm_url: HttpUrl | None = Field(None, validation_alias=env.LLM_URL.name)
    llm_key: SecretStr | None = Field(None, validation_alias=env.LLM_KEY.name)
    llm_usd_per_day: float = Field(1.0, ge=0, validation_alias=env.LLM_BUDGET.name)
    llm_seconds: float = Field(30.0, gt=0, le=600, validation_alias=env.LLM_SECONDS.name)
    llm_unpriced: bool = Field(default=False, validation_alias=env.LLM_UNPRICED.name)
    window_seconds: float = Field(600.0, gt=0, validation_alias=env.WINDOW_SECONDS.name)
    analyse_seconds: float = Field(60.0, gt=0, validation_alias=env.ANALYSE_SECONDS.name)
    scrape_seconds: float = Field(15.0, gt=0, validation_alias=env.SCRAPE_SECONDS.name)
    budget_usd_per_hour: float | None = Field(None, gt=0, validation_alias=env.BUDGET.name)
    min_calls: int = Field(100, gt=0, validation_alias=env.MIN_CALLS.name)
    block_seconds: float = Field(60.0, gt=0, validation_alias=env.BLOCK_SECONDS.name)
    rollout_steps: Steps = Field("0.01,0.1,0.5", validation_alias=env.ROLLOUT_STEPS.name)
    rollout_deadline_seconds: float = Field(3600.0, gt=0, validation_alias=env.ROLLOUT_DEADLINE.name)
    rollout_settle_seconds: float = Field(60.0, ge=0, validate_default=True, validation_alias=env.ROLLOUT_SETTLE.name)
    holdout_share: float = Field(0.02, ge=0, le=0.5, validation_alias=env.HOLDOUT.name)
    grafana_url: HttpUrl | None = Field(None, validation_alias=env.GRAFANA_URL.name)
    grafana_token: SecretStr | None = Field(None, validation_alias=env.GRAFANA_TOKEN.name)
    ledger_seconds: float = Field(3600.0, ge=1, validation_alias=env.LEDGER_SECONDS.name)
    patches: Path | None = Field(None, validation_alias=env.PATCHES.name)
    patch_dir: Path | None = Field(None, validation_alias=env.PATCH_DIR.name)
    forge_token: SecretStr | None = Field(None, validation_alias=env.FORGE_TOKEN.name)
    policy_file: Path | None = Field(None, validation_alias=env.POLICY_FILE.name)
    webhooks: Addresses = Field(None, validation_alias=env.WEBHOOKS.name)
    webhook_secrets: Signers = Field(None, validation_alias=env.WEBHOOK_SECRETS.name)
    preview: bool = Field(default=False, validation_alias=env.PREVIEW.name)
    preview_dir: Path | None = Field(None, validation_alias=env.PREVIEW_DIR.name)
    dashboards_dir: Path | None = Field(None, validation_alias=env.DASHBOARDS_DIR.name)

    @field_validator("rollout_settle_seconds")
    @classmethod
    def _in_time(cls, settle: float, others: ValidationInfo) -> float:
        deadline = others.data.get("rollout_deadline_seconds", inf)
        if settle >= deadline:
            raise ValueError(f"expected less than {env.ROLLOUT_DEADLINE.name}, {deadline:g}")
        return settle

    def growth(self) -> Growth:
        """By which steps a change is rolled out."""
        return Growth(
            _shares(self.rollout_steps), self.rollout_settle_seconds, self.rollout_deadline_seconds, self.min_calls
        )

    def operators(self) -> dict[str, str]:
        """The token of each operator who is known by name."""
        return pairs(self.operator_tokens, ",")

    def roots(self) -> tuple[Path, ...]:
        """The folders whose source may be shown."""
        return tuple(Path(root) for root in self.source_roots.split(":") if root)
