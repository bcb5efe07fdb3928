"""Talking to the backend: the manifest out, tunables in, on one daemon thread that a dead backend cannot stop."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import requests

from ai_runtime_intelligent.quiet import forget, log_once

from .document import Config, ConfigRefusedError, read_config
from .manifest import Manifest
from .tunables import TUNABLES

__all__ = ["ConfigRefusedError", "RemoteConfig"]

_TIMEOUT: Final = (3.05, 10.0)
_JITTER: Final = 0.1
_DOUBLINGS: Final = 3
_WORTH_ANOTHER_TRY: Final = frozenset({401, 403, 404, 408, 429})
"""Refusals that somebody may put right on the other side without this process changing."""


class _Bearer(requests.auth.AuthBase):
    """The service token; as ``auth`` it also keeps requests from reading a netrc file."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class RemoteConfig:
    """Polls the config of one service and obeys it; ``config`` is the last good one.

    A document that cannot be taken is refused whole, logged once and not asked for again until it changes. While the
    backend cannot be reached the last good values stay, and the wait grows up to eight times ``poll_seconds``.
    """

    def __init__(
        self,
        service: str,
        backend_url: str,
        *,
        manifest: Callable[[], Manifest],
        token: str | None = None,
        poll_seconds: float = 15.0,
        on_config: Callable[[Config], None] | None = None,
    ) -> None:
        """Raises ValueError when ``poll_seconds`` is not positive or the URL is not one of HTTP."""
        if poll_seconds <= 0:
            raise ValueError(f"poll_seconds must be above 0, got {poll_seconds!r}")
        if not backend_url.startswith(("http://", "https://")):
            raise ValueError(f"backend_url must begin with http:// or https://, got {backend_url!r}")
        self.config: Config | None = None
        self.refused: str | None = None
        self._service = service
        self._url = f"{backend_url.rstrip('/')}/runtime/services/{quote(service, safe='')}"
        self._manifest = manifest
        self._poll_seconds = poll_seconds
        self._on_config = on_config
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._etag: str | None = None
        self._told: str | None = None
        self._failures = 0
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="airuntime-remote", daemon=True)

    def start(self) -> None:
        """Send the manifest and begin to poll, at once, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop polling and return every tunable to its default. Waits a second at most."""
        self._stopping.set()
        self._thread.join(timeout=0.9)
        with self._lock:
            if self.config is not None:
                TUNABLES.apply({})
        if not self._thread.is_alive():
            self._session.close()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._round()
            self._stopping.wait(self._delay())

    def _round(self) -> None:
        """One exchange; whatever happens in it, the next one comes."""
        try:
            self._tell()
            self._ask()
        except Exception as error:  # noqa: BLE001 - a thread that dies would leave the process on old values for good
            self._failures += 1
            log_once(
                f"remote:{self._url}", "%s: %s; the last good config is kept and asked for again", self._url, error
            )
        else:
            self._failures = 0
            forget(f"remote:{self._url}")

    def _delay(self) -> float:
        grown = 1 << min(self._failures, _DOUBLINGS)
        return self._poll_seconds * grown * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load

    def _tell(self) -> None:
        manifest = self._manifest()
        if manifest.version == self._told:
            return
        response = self._session.put(
            f"{self._url}/manifest", json=manifest.to_json(), timeout=_TIMEOUT, allow_redirects=False
        )
        if 400 <= response.status_code < 500 and response.status_code not in _WORTH_ANOTHER_TRY:  # noqa: PLR2004
            log_once(f"manifest:{self._url}", "the backend refused the manifest: %s", response.text[:500])
        else:
            _expect(response, {200, 201, 202, 204})
        self._told = manifest.version

    def _ask(self) -> None:
        headers = {"If-None-Match": self._etag} if self._etag else {}
        response = self._session.get(f"{self._url}/config", headers=headers, timeout=_TIMEOUT, allow_redirects=False)
        _expect(response, {200, 304})
        if response.status_code == requests.codes.ok:
            self._take(response.content)
            self._etag = response.headers.get("ETag")

    def _take(self, body: bytes) -> None:
        try:
            config = read_config(body, self._service)
        except ConfigRefusedError as error:
            self.refused = str(error)
            log_once(f"refused:{error}", "the remote config is refused, the last good one is kept: %s", error)
            return
        with self._lock:
            if not self._stopping.is_set():
                self._obey(config)

    def _obey(self, config: Config) -> None:
        TUNABLES.apply(config.values, config.experiments)
        self.config, self.refused = config, None
        if self._on_config is not None:
            self._on_config(config)


def _expect(response: requests.Response, good: set[int]) -> None:
    if response.status_code not in good:
        raise requests.HTTPError(f"the backend answered {response.status_code}: {response.text[:200]}")
