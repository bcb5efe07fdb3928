"""Who may do what: bearer tokens, the Grafana plugin's word, the preview's token, or loopback without any token."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Final, ParamSpec, TypeVar, cast

from flask import Flask, g, request
from pydantic import SecretStr

from airuntime_backend.engine.people import LOCAL, of_role
from airuntime_backend.errors import ForbiddenError, UnauthorizedError
from airuntime_backend.settings import Settings

from .identity import Identity, Role
from .local import is_local, is_of_another_site

ENVIRON_IDENTITY: Final = "airuntime.identity"
"""WSGI key under which the gRPC service hands over an identity; no HTTP client can set it."""
_OPEN: Final = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/preview/")
_ALLOWED: Final[dict[Role, frozenset[Role]]] = {
    "viewer": frozenset({"viewer", "operator"}),
    "operator": frozenset({"operator"}),
    "service": frozenset({"service"}),
}

P = ParamSpec("P")
R = TypeVar("R")


class Gate:
    """Finds out who asks before each request."""

    def __init__(self, settings: Settings, preview: Callable[[], Identity | None]) -> None:
        self._tokens = tuple(_tokens(settings))
        self._preview = preview

    def install(self, app: Flask) -> None:
        """Ask at the door of every request."""
        app.before_request(self._enter)

    def _enter(self) -> None:
        g.identity = None if request.path.startswith(_OPEN) else self._identify()

    def _identify(self) -> Identity:
        handed = request.environ.get(ENVIRON_IDENTITY)
        if isinstance(handed, Identity):
            return handed
        return self._preview() or self._by_token() or self._by_loopback()

    def _by_token(self) -> Identity | None:
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        given = rest.strip()
        if scheme.lower() != "bearer" or not given:
            return None
        matched = [who for who, token in self._tokens if hmac.compare_digest(token.encode(), given.encode())]
        if not matched:
            raise UnauthorizedError("this bearer token is not known: use the viewer, operator or service token")
        return matched[0]

    def _by_loopback(self) -> Identity:
        if self._tokens:
            raise UnauthorizedError("a bearer token is needed: send Authorization: Bearer <token>")
        if not is_local():
            raise ForbiddenError(
                "no tokens are configured, so only this machine is served, as localhost: set AIRUNTIME_*_TOKEN"
            )
        if is_of_another_site():
            raise ForbiddenError("no tokens are configured, so pages of other sites are refused: set AIRUNTIME_*_TOKEN")
        role: Role = "service" if request.path.startswith("/runtime/") else "operator"
        return Identity(LOCAL, role, "loopback")


def _tokens(settings: Settings) -> Iterator[tuple[Identity, str]]:
    """Whoever has a token, those who are known by name first."""
    for name, token in settings.operators().items():
        yield Identity(name, "operator", "token"), token
    tokens: tuple[tuple[Role, SecretStr | None], ...] = (
        ("viewer", settings.viewer_token),
        ("operator", settings.operator_token),
        ("service", settings.service_token),
    )
    for role, secret in tokens:
        if secret is not None:
            yield Identity(of_role(role), role, "token"), secret.get_secret_value()


def requires(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be called only by who may: viewers read, operators also change, services speak for themselves."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            who = asker()
            if who.role not in _ALLOWED[role]:
                raise ForbiddenError(f"{who.name} has the role {who.role}: this needs the role {role}")
            return view(*args, **kwargs)

        return guarded

    return decorate


def asker() -> Identity:
    """Who asks. Raises ``UnauthorizedError`` where nobody was identified."""
    identity = cast("Identity | None", g.get("identity"))
    if identity is None:
        raise UnauthorizedError("nobody was identified for this request")
    return identity
