"""Datadog: an agent that takes OTLP, or, with an API key and without an agent, Datadog's own intake."""

from __future__ import annotations

import os
import re
from typing import Final

from ai_runtime_intelligent.contract import env

from .destination import Destination, resource_of

_HTTP_PORT: Final = 4318
_GRPC_PORT: Final = 4317


def datadog() -> Destination:
    """Datadog as its own variables name it.

    ``OTEL_EXPORTER_OTLP_ENDPOINT`` goes first, then ``DD_AGENT_HOST``, then the intake of ``DD_SITE`` if there is a
    ``DD_API_KEY``, then an agent on this machine: the order that Datadog's own library has. The key is sent to the
    intake alone, which takes HTTP only and wants counts as what came since the last push.
    """
    tags = dict(_tags(os.environ.get(env.DD_TAGS.name, "")))
    resource = tags | resource_of(os.environ.get(env.DD_VERSION.name), os.environ.get(env.DD_ENV.name))
    host, key = os.environ.get(env.DD_AGENT_HOST.name), os.environ.get(env.DD_API_KEY.name)
    if os.environ.get(env.OTLP_ENDPOINT.name):
        return Destination(resource=resource)
    if key and not host:
        site = os.environ.get(env.DD_SITE.name) or env.DD_SITE.default
        headers = {"dd-api-key": key}
        return Destination(f"https://otlp.{site}", headers=headers, resource=resource, delta=True, http_only=True)
    agent = f"http://{host or '127.0.0.1'}"
    return Destination(f"{agent}:{_HTTP_PORT}", f"{agent}:{_GRPC_PORT}", resource=resource)


def _tags(text: str) -> list[tuple[str, str]]:
    """``team:search,region:eu`` or the same with spaces."""
    pairs = [tag.partition(":") for tag in re.split(r"[,\s]+", text) if tag]
    return [(name, value) for name, colon, value in pairs if colon and name]
