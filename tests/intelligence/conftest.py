"""Fixtures for the embedded loop: a service that is measured, and everything taken down again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ai_runtime_intelligent import Apm, quiet, setup_apm
from ai_runtime_intelligent.primitives import shared
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.runtime.tunables import TUNABLES


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget primitives, tunables and what was logged, and the environment of whoever runs the tests."""
    for name in ("AIRUNTIME_DISABLED", "AIRUNTIME_BACKEND_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)
    yield
    CATALOG.clear()
    TUNABLES.clear()
    shared.clear()
    quiet._told.clear()


@pytest.fixture
def apm() -> Iterator[Apm]:
    """A service `svc` that is measured, its metrics in a registry that nobody serves."""
    apm = setup_apm("svc", export_to_prometheus=False)
    yield apm
    apm.shutdown()
