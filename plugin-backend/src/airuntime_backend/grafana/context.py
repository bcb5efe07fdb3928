"""Who calls: the secret that proves Grafana's word, and the person whom Grafana names."""

from __future__ import annotations

import hmac
from typing import Any, Final

from airuntime_backend.api.identity import Identity, Role
from airuntime_backend.engine.people import ANONYMOUS
from airuntime_backend.errors import BackendError, ForbiddenError, UnauthorizedError

SECRET_KEY: Final = "secret"  # noqa: S105 - the name of the key, not its value
"""Key of ``secureJsonData`` under which the app and the data source carry the shared secret."""

SCHEDULER: Final = "grafana_scheduler"
"""The login in whose name Grafana evaluates alert rules."""

_ROLES: Final[dict[str, Role]] = {"Admin": "operator", "Editor": "operator"}
_MAX_NAME: Final = 100


def refusal(plugin_context: Any, secret: str | None) -> BackendError | None:
    """Why a call is refused, or None: only a caller that knows the secret is believed to be our Grafana."""
    if not secret:
        return UnauthorizedError(
            "the backend has no plugin secret, so it refuses every call: set AIRUNTIME_PLUGIN_SECRET for the backend "
            "and the same value as secureJsonData.secret of the app and the data source in Grafana"
        )
    given = _secrets(plugin_context)
    if not given:
        return UnauthorizedError(
            "no secret came with the call: set secureJsonData.secret of the app and the data source in Grafana to the "
            "backend's AIRUNTIME_PLUGIN_SECRET"
        )
    if not any(hmac.compare_digest(one.encode(), secret.encode()) for one in given):
        return ForbiddenError(
            "the secret that came with the call is wrong: secureJsonData.secret in Grafana must equal the backend's "
            "AIRUNTIME_PLUGIN_SECRET"
        )
    return None


def identity_of(plugin_context: Any) -> Identity:
    """The asker in our terms. A role that is not known, and an alert rule, may only read."""
    login = " ".join(plugin_context.user.login.split())[:_MAX_NAME]
    role: Role = "viewer" if login == SCHEDULER else _ROLES.get(plugin_context.user.role, "viewer")
    return Identity(login or ANONYMOUS, role, "grafana")


def _secrets(plugin_context: Any) -> list[str]:
    instances = (plugin_context.dataSourceInstanceSettings, plugin_context.appInstanceSettings)
    carried = (instance.decryptedSecureJsonData.get(SECRET_KEY, "") for instance in instances)
    return [secret for secret in carried if secret]
