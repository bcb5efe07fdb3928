"""Talking to the backend: the manifest out, tunables in, on one daemon thread that a dead backend cannot stop."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import requests

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.quiet import failed, forget, log_once

from .document import Config, ConfigRefusedError, read_config
from .environment import HTTP_URL, is_http_url
from .manifest import Manifest
from .saved import SavedConfig
from .tunables import TUNABLES

__all__ = ["ConfigRefusedError", "RemoteConfig"]

_TIMEOUT: Final = (3.05, 10.0)
_JITTER: Final = 0.1
_DOUBLINGS: Final = 3
_MOST_BYTES: Final = 4_000_000
_MOST_SAID: Final = 500
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

    A document that cannot be taken is refused whole, logged once and not asked for again until it changes; the next
    manifest tells the backend why. While the backend cannot be reached the last good values stay, those of an earlier
    process too, and the wait grows up to eight times ``poll_seconds``. With ``AIRUNTIME_DISABLED=1`` it never starts.
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
        """Raises ValueError when ``poll_seconds`` is not positive or the URL is not one of HTTP.

        A user and a password in the URL are not used, nor shown.
        """
        if poll_seconds <= 0:
            raise ValueError(f"poll_seconds must be above 0, got {poll_seconds!r}")
        if not is_http_url(backend_url):
            raise ValueError(f"backend_url must be {HTTP_URL}, got {backend_url.rpartition('@')[2]!r}")
        self.config: Config | None = None
        self._service = service
        self._url = f"{_shown(backend_url).rstrip('/')}/runtime/services/{quote(service, safe='')}"
        self._manifest = manifest
        self._token = token
        self._poll_seconds = poll_seconds
        self._on_config = on_config
        self._saved = SavedConfig(service, backend_url)
        self._refused: str | None = None
        self._running = False
        self._begin()
        forks.in_child(self._begin_in_child)

    def _begin(self) -> None:
        """Connections, thread and all that goes with one process."""
        self._session = requests.Session()
        self._session.auth = _Bearer(self._token)
        self._etag: str | None = None
        self._told: str | None = None
        self._failures = 0
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="airuntime-remote", daemon=True)

    def _begin_in_child(self) -> None:
        """A forked child speaks for itself: the parent's connections are the parent's."""
        self._begin()
        if self._running:
            self._thread.start()

    @property
    def refused(self) -> str | None:
        """Why the backend's config, or the part of it that met its tunable later, is not obeyed; None when it is."""
        if self._refused is not None or self.config is None:
            return self._refused
        problems = [*TUNABLES.problems(self.config.values), *TUNABLES.problems_of(self.config.experiments)]
        return "; ".join(problems)[:_MOST_SAID] or None

    def start(self) -> None:
        """Obey what was saved, send the manifest and begin to poll, at once, in the background."""
        if os.environ.get(env.DISABLED.name) == "1":
            return
        saved = self._saved.load()
        if saved is not None:
            self._obey(saved)
        self._running = True
        self._thread.start()

    def stop(self) -> None:
        """Stop polling and return every tunable to its default. Waits a second at most."""
        self._stopping.set()
        if self._running:
            self._running = False
            self._thread.join(timeout=0.9)
        with self._lock:
            if self.config is not None:
                TUNABLES.apply({})
        if not self._thread.is_alive():
            self._session.close()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._round()
            self._stopping.wait(min(self._delay(), threading.TIMEOUT_MAX))

    def _round(self) -> None:
        """One exchange; whatever happens in it, the next one comes. The config is asked for in any case."""
        done = [self._tried(step) for step in (self._tell, self._ask)]
        self._failures = 0 if all(done) else self._failures + 1
        if all(done):
            forget(f"remote:{self._url}")

    def _tried(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - a thread that dies would leave the process on old values for good
            if not self._stopping.is_set():
                said = str(error)[:_MOST_SAID]
                log_once(
                    f"remote:{self._url}", "%s: %s; the last good config is kept and asked for again", self._url, said
                )
            return False
        return True

    def _delay(self) -> float:
        grown = 1 << min(self._failures, _DOUBLINGS)
        return self._poll_seconds * grown * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load

    def _tell(self) -> None:
        manifest = self._manifest().refusing(self.refused)
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
        with self._session.get(
            f"{self._url}/config", headers=headers, timeout=_TIMEOUT, allow_redirects=False, stream=True
        ) as response:
            body = _body(response)
        _expect(response, {200, 304}, body)
        if response.status_code == requests.codes.ok:
            self._take(body)
            self._etag = response.headers.get("ETag")

    def _take(self, body: bytes) -> None:
        """Obey ``body`` whole or not at all."""
        try:
            if len(body) > _MOST_BYTES:
                raise ConfigRefusedError(f"it is larger than {_MOST_BYTES} bytes")
            config = read_config(body, self._service)
            with self._lock:
                if self._stopping.is_set():
                    return
                self._obey(config)
        except ValueError as error:
            reason = self._refused = str(error)[:_MOST_SAID]
            log_once(f"refused:{reason}", "the remote config is refused, the last good one is kept: %s", reason)
        else:
            self._saved.save(config)

    def _obey(self, config: Config) -> None:
        """Raises ValueError, and changes nothing, when a tunable was declared meanwhile that it does not fit."""
        TUNABLES.apply(config.values, config.experiments)
        self.config, self._refused = config, None
        try:
            if self._on_config is not None:
                self._on_config(config)
        except Exception:  # noqa: BLE001 - it only looks on
            failed("on_config")


def _shown(url: str) -> str:
    """``url`` without a user and a password, which are not what the backend asks for."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _body(response: requests.Response) -> bytes:
    """The body, or its beginning when it is longer than any config can be."""
    body = b""
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > _MOST_BYTES:
            break
    return body


def _expect(response: requests.Response, good: set[int], body: bytes | None = None) -> None:
    if response.status_code not in good:
        said = response.text if body is None else body.decode("utf-8", "replace")
        raise requests.HTTPError(f"the backend answered {response.status_code}: {said[:200]}")
