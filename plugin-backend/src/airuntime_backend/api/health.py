"""Health, readiness and the backend's own metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import cast

from ai_runtime_intelligent.contract import env
from flask import Response, current_app, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from airuntime_backend.errors import BackendError

from .document import ERRORS
from .policy_telemetry import PolicyCollector
from .schemas import Dependency, Health
from .services import services

bp = APIBlueprint(
    "health",
    __name__,
    abp_tags=[Tag(name="health", description="How the backend itself does")],
    abp_responses=ERRORS,
)
_NEEDED = ("database",)
_WITHOUT = {
    "context7": f"optional: documentation is that of the installed libraries; {env.CONTEXT7_URL.name} names one",
    "model": f"optional: the rules word suggestions themselves; {env.LLM_MODEL.name} names one",
}
"""What goes on without a dependency, and how to have it."""


@bp.get("/healthz", summary="Say how each dependency does", responses={200: Health})
def healthz() -> dict[str, object]:
    """Each dependency, and services that refuse their config; always 200, for the process itself is alive."""
    return _health(services().checks, refused=_refused()).model_dump()


@bp.get("/readyz", summary="Say whether requests can be served", responses={200: Health, 503: Health})
def readyz() -> tuple[Response, int]:
    """200 when the state can be read, 503 otherwise; what we can do without is not waited for."""
    health = _health(_NEEDED)
    return jsonify(health.model_dump()), 200 if health.ok else 503


@bp.get("/metrics", summary="Expose the backend's own metrics")
def metrics() -> Response:
    """Prometheus' text format."""
    registry = CollectorRegistry()
    here = services()
    registry.register(here.telemetry)
    registry.register(PolicyCollector(here.ledger, here.autopilot, here.outbox))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@bp.get("/openapi.json", summary="Describe this API")
def openapi() -> Response:
    """The OpenAPI 3.1 document, generated from the code."""
    return jsonify(cast("OpenAPI", current_app).api_doc)


def _refused() -> dict[str, str]:
    """Services that refuse their config, and why; none when nobody can tell, which the database's own check says."""
    try:
        return {manifest.service: manifest.refused for manifest in services().ledger.manifests() if manifest.refused}
    except Exception:  # noqa: BLE001 - health is told whatever is wrong
        return {}


def _health(names: Iterable[str], refused: Mapping[str, str] = MappingProxyType({})) -> Health:
    dependencies = {name: _dependency(name) for name in names}
    ok = all(one.ok or not one.configured for one in dependencies.values())
    return Health(ok=ok, version=version("airuntime-backend"), dependencies=dependencies, refused=dict(refused))


def _dependency(name: str) -> Dependency:
    check = services().checks[name]
    if check is None:
        return Dependency(configured=False, ok=False, detail=_WITHOUT.get(name, "not configured"))
    try:
        return Dependency(configured=True, ok=True, detail=check())
    except BackendError as error:
        return Dependency(configured=True, ok=False, detail=error.message)
    except Exception as error:  # noqa: BLE001 - health tells what is wrong, whatever it is; the message may hold secrets
        return Dependency(configured=True, ok=False, detail=type(error).__name__)
