"""Webhooks by the Standard Webhooks specification (standardwebhooks.com): signed, with an id that stays on retries."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import requests
from standardwebhooks import Webhook

from airuntime_backend.errors import BadRequestError, UpstreamError
from airuntime_backend.ports import Message

_CONNECT_SECONDS: Final = 3.0
_READ_SECONDS: Final = 5.0
_PREFIX: Final = "whsec_"
_LEAST_BYTES: Final = 24
_MOST_BYTES: Final = 64
_GONE: Final = 410


@dataclass(frozen=True)
class Endpoint:
    """Where to, and what signs; neither is ever shown."""

    url: str = field(repr=False)
    signer: Webhook = field(repr=False)


class HttpHooks:
    """Posts messages to the configured endpoints. Redirects are not followed: the address is the operator's word."""

    def __init__(self, endpoints: Mapping[str, Endpoint], seconds: float = _READ_SECONDS) -> None:
        self._endpoints = dict(endpoints)
        self._timeout = (min(_CONNECT_SECONDS, seconds), seconds)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(sorted(self._endpoints))

    def send(self, endpoint: str, message: Message, at: float) -> bool:
        """Post a message; False when the endpoint says that it is gone for good.

        Raises:
            UpstreamError: it was not taken in; the text quotes neither address nor secret.
        """
        known = self._endpoints[endpoint]
        try:
            answer = requests.post(
                known.url,
                data=message.body.encode(),
                headers=_headers(known.signer, message, at),
                timeout=self._timeout,
                allow_redirects=False,
                auth=_no_auth,
                stream=True,
            )
        except requests.RequestException as error:
            raise UpstreamError(f"{endpoint} cannot be reached ({type(error).__name__})") from None
        with answer:
            if answer.status_code == _GONE:
                return False
            if not requests.codes.ok <= answer.status_code < requests.codes.multiple_choices:
                raise UpstreamError(f"{endpoint} answered {answer.status_code}")
        return True


def endpoints(urls: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, Endpoint]:
    """The endpoints with their secrets. Raises ``BadRequestError`` for one without the other, or a wrong secret."""
    lonely = sorted(urls.keys() ^ secrets.keys())
    if lonely:
        names = ", ".join(lonely)
        raise BadRequestError(f"AIRUNTIME_WEBHOOKS and AIRUNTIME_WEBHOOK_SECRETS must name the same: {names}")
    return {name: Endpoint(url, _signer(name, secrets[name])) for name, url in urls.items()}


def _signer(name: str, secret: str) -> Webhook:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX) + "==", validate=False)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise BadRequestError(
            f"AIRUNTIME_WEBHOOK_SECRETS: that of {name} must be whsec_ and the base64 of 24 to 64 random bytes"
        )
    return Webhook(secret)


def _headers(signer: Webhook, message: Message, at: float) -> dict[str, str]:
    stamp = datetime.fromtimestamp(int(at), UTC)
    return {
        "Content-Type": "application/json",
        "User-Agent": "airuntime-backend",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": signer.sign(message.id, stamp, message.body),
    }


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from reading a netrc file."""
    return request
