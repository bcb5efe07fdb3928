"""Requests to Context7 as they go over the network: bounded, and none while it asks to be left alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import requests
from pydantic import ValidationError
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from requests.structures import CaseInsensitiveDict

from .errors import DocsError
from .forms import Refusal
from .text import line

_TIMEOUT: Final = (3.0, 5.0)
_MOST_BYTES: Final = 2_000_000
_MOST_SECONDS: Final = 15.0
_REST_SECONDS: Final = 15.0
"""How long a Context7 that failed is not asked again, unless it says so itself."""
_MAX_REST_SECONDS: Final = 3600.0
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503


class Access(AuthBase):
    """The key, or the user and password of the URL; as ``auth`` it also keeps requests from reading a netrc file."""

    def __init__(self, url: str, key: str | None) -> None:
        parts = urlsplit(url)
        self.url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        self._key = key or ""
        self._user = HTTPBasicAuth(unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._secrets = [one for one in (self._key, unquote(parts.password or "")) if one]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the key into the request; without one, user and password."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}".encode()  # type: ignore[assignment]  # any key
            return request
        return self._user(request) if self._user else request

    def hidden(self, body: bytes) -> bytes:
        """The body without the secrets, should it repeat them."""
        for secret in self._secrets:
            body = body.replace(secret.encode(), b"***")
        return body


class Wire(HTTPAdapter):
    """Sends what a cache does not answer; raises ``DocsError`` for what is no answer of Context7's.

    ``fits`` says whether a body has the form that the path promises; ``clock`` gives seconds that only grow.
    """

    def __init__(
        self, access: Access, fits: Callable[[str, bytes], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._access = access
        self._fits = fits
        self._clock = clock
        self._rests: tuple[float, str] = (0.0, "")
        """Until when it is not asked, and why."""

    def send(self, request: requests.PreparedRequest, *_: Any, **more: Any) -> requests.Response:
        """The answer, read to its end. Raises ``DocsError``."""
        until, why = self._rests
        if self._clock() < until:
            raise DocsError(f"{why}; it is not asked for {until - self._clock():.0f} s")
        try:
            requests.utils.check_header_validity(("Authorization", request.headers.get("Authorization", "")))
            response = super().send(request, **more | {"timeout": _TIMEOUT, "stream": True})
            self._read(response)
        except OSError as error:
            # Its words may hold the key or the password: they are neither told nor chained.
            raise self._rest(f"{self._name} cannot be reached ({type(error).__name__})", _REST_SECONDS) from None
        return self._checked(request, response)

    def _checked(self, request: requests.PreparedRequest, response: requests.Response) -> requests.Response:
        if response.status_code in {_TOO_MANY, _UNAVAILABLE}:
            raise self._rest(self._told(response), _retry_after(response))
        if response.status_code != requests.codes.ok:
            raise DocsError(self._told(response))
        if not self._fits(str(request.path_url), response.content):
            raise DocsError(f"{self._name} answered in another form than its own")
        return response

    def _read(self, response: requests.Response) -> None:
        """Read the body, within a size and a time, and keep no secret that it repeats. Raises RequestException."""
        body, started = bytearray(), time.monotonic()
        for chunk in response.iter_content(65_536):
            body += chunk
            if len(body) > _MOST_BYTES or time.monotonic() - started > _MOST_SECONDS:
                response.close()
                raise requests.exceptions.ContentDecodingError
        response._content = self._access.hidden(bytes(body))  # noqa: SLF001 - requests can bound a body in no other way
        response.cookies.clear()
        kept = {"Content-Type", "Retry-After"} & set(response.headers)
        response.headers = CaseInsensitiveDict({name: response.headers[name] for name in kept})

    @property
    def _name(self) -> str:
        return f"Context7 at {self._access.url}"

    def _told(self, response: requests.Response) -> str:
        """The refusal in Context7's own words, cut."""
        try:
            message = Refusal.model_validate_json(response.content).message
        except ValidationError:
            message = "without a reason"
        return f"{self._name} answered {response.status_code}: {line(message, 200)}"

    def _rest(self, why: str, seconds: float) -> DocsError:
        self._rests = (self._clock() + seconds, why)
        return DocsError(why)


def _retry_after(response: requests.Response) -> float:
    """Seconds to wait as the header says, a number or a date, within an hour."""
    told = response.headers.get("Retry-After", "")
    if told.isdecimal():
        return min(float(told), _MAX_REST_SECONDS)
    try:
        seconds = parsedate_to_datetime(told).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return _REST_SECONDS
    return min(max(seconds, _REST_SECONDS), _MAX_REST_SECONDS)
