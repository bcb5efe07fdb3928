"""Elastic: the APM server takes OTLP, by gRPC and by HTTP, on its one port."""

from __future__ import annotations

import os
from typing import Final

from ai_runtime_intelligent.contract import env

from .destination import Destination, resource_of

DEFAULT_URL: Final = "http://127.0.0.1:8200"


def elastic() -> Destination:
    """Elastic as its own variables name it.

    ``ELASTIC_APM_SERVER_URL`` goes first, then ``OTEL_EXPORTER_OTLP_ENDPOINT``, then a server on this machine. The
    secret token or API key is sent to Elastic's own address alone, never to an OTLP endpoint.
    """
    url = os.environ.get(env.ELASTIC_SERVER_URL.name)
    resource = resource_of(
        os.environ.get(env.ELASTIC_SERVICE_VERSION.name), os.environ.get(env.ELASTIC_ENVIRONMENT.name)
    )
    if not url and os.environ.get(env.OTLP_ENDPOINT.name):
        return Destination(resource=resource)
    return Destination((url or DEFAULT_URL).rstrip("/"), headers=_authorization(), resource=resource)


def _authorization() -> dict[str, str]:
    key, token = os.environ.get(env.ELASTIC_API_KEY.name), os.environ.get(env.ELASTIC_SECRET_TOKEN.name)
    if key:
        return {"authorization": f"ApiKey {key}"}
    return {"authorization": f"Bearer {token}"} if token else {}
