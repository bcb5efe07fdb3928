"""Webhooks by the Standard Webhooks specification (standardwebhooks.com): signed, with an id that stays on retries."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import httpx2
from standardwebhooks import Webhook

from airuntime_backend.errors import BadRequestError, UpstreamError
from airuntime_backend.ports import Message

_SECONDS: Final = 8.0
"""For one attempt, from the first packet to the answer's status."""
_PREFIX: Final = "whsec_"
_LEAST_BYTES: Final = 24
_MOST_BYTES: Final = 64
_TAKEN: Final = 2
_REDIRECTS: Final = 3

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log the addresses


@dataclass(frozen=True)
class Endpoint:
    """Where to, and what signs; neither is ever shown."""

    url: str = field(repr=False)
    signer: Webhook = field(repr=False)


class HttpHooks:
    """Posts messages to the configured endpoints. Redirects are not followed: the address is the operator's word."""

    def __init__(self, endpoints: Mapping[str, Endpoint], seconds: float = _SECONDS) -> None:
        self._endpoints = dict(endpoints)
        self._seconds = seconds

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(sorted(self._endpoints))

    def send(self, endpoint: str, message: Message, at: float) -> bool:
        """Post a message; False when the endpoint says that it is gone for good.

        Raises:
            UpstreamError: it was not taken in; the text quotes neither address nor secret.
        """
        try:
            status = asyncio.run(self._post(self._endpoints[endpoint], message, at))
        except TimeoutError:
            raise UpstreamError(f"{endpoint} did not answer within {self._seconds:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise UpstreamError(f"{endpoint} cannot be reached ({type(error).__name__})") from None
        if status == HTTPStatus.GONE:
            return False
        if status // 100 == _REDIRECTS:
            raise UpstreamError(f"{endpoint} answered {status}, and redirects are not followed: name where it is now")
        if status // 100 != _TAKEN:
            raise UpstreamError(f"{endpoint} answered {status}")
        return True

    async def _post(self, to: Endpoint, message: Message, at: float) -> int:
        """The status of the answer, whose body nobody reads. The time is for all of it, however slowly bytes come."""
        body, headers = message.body.encode(), _headers(to.signer, message, at)
        async with (
            asyncio.timeout(self._seconds),
            httpx2.AsyncClient(timeout=None) as client,
            client.stream("POST", to.url, content=body, headers=headers) as answer,
        ):
            return answer.status_code


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
