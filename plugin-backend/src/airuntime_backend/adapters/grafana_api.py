"""Dashboards in a Grafana, over its HTTP API (``/api/folders``, ``/api/dashboards``)."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from airuntime_backend.errors import BackendError, ForbiddenError, UpstreamError

from .urls import shown

_TIMEOUT: Final = (3.0, 30.0)
_SET_BY_GRAFANA: Final = frozenset({"id", "version", "iteration"})
_MISSING: Final = frozenset({404})
_MISSING_OR_NOT_OURS: Final = _MISSING | {403}
"""Of a folder that does not exist Grafana tells an editor that it may not be read."""


class GrafanaApi:
    """Client of one Grafana, as whoever the token is of: a service account with the role Editor will do.

    Its methods raise ``ForbiddenError`` when the token is refused, and ``UpstreamError`` for all else that goes wrong.
    """

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url.rstrip("/")
        self._shown = shown(self._url)
        self._session = requests.Session()
        self._session.trust_env = False  # a netrc file would take the token's place
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        retry = Retry(total=3, backoff_factor=0.3, status_forcelist=(429, 502, 503, 504), raise_on_status=False)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def dashboard(self, uid: str) -> tuple[dict[str, Any], str] | None:
        """The dashboard of that uid, without what Grafana sets itself, and its folder's uid; None if there is none."""
        answer = self._ask("GET", f"/api/dashboards/uid/{quote(uid, safe='')}", missing=_MISSING)
        if answer is None:
            return None
        return plain(answer["dashboard"]), str(answer.get("meta", {}).get("folderUid", ""))

    def make_folder(self, uid: str, title: str) -> bool:
        """Make the folder if there is none of that uid; whether it was made now."""
        if self._ask("GET", f"/api/folders/{quote(uid, safe='')}", missing=_MISSING_OR_NOT_OURS) is not None:
            return False
        self._ask("POST", "/api/folders", {"uid": uid, "title": title})
        return True

    def put(self, dashboard: Mapping[str, Any], folder: str, message: str) -> None:
        """Write the dashboard over the one of the same uid; ``message`` goes into Grafana's history of versions."""
        body = {"dashboard": plain(dashboard) | {"id": None}, "folderUid": folder, "overwrite": True}
        self._ask("POST", "/api/dashboards/db", body | {"message": message})

    def _ask(self, method: str, path: str, body: object = None, *, missing: Container[int] = ()) -> Any:
        try:
            answer = self._session.request(
                method, f"{self._url}{path}", json=body, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise UpstreamError(
                f"Grafana at {self._shown} cannot be reached ({type(error).__name__}): check the address"
            ) from None
        if answer.status_code in missing:
            return None
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP's own number
            raise _refusal(answer, self._shown)
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise UpstreamError(f"what answers at {self._shown} is no Grafana: check the address") from None


def plain(dashboard: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard without the keys that Grafana sets itself."""
    return {key: value for key, value in dashboard.items() if key not in _SET_BY_GRAFANA}


def _refusal(answer: requests.Response, url: str) -> BackendError:
    try:
        told = str(answer.json()["message"])[:300]
    except (ValueError, KeyError, TypeError):
        told = "no reason given"
    said = f"Grafana at {url} answered {answer.status_code}: {told}"
    if answer.status_code in {401, 403}:
        return ForbiddenError(f"{said}; give a token of a service account with the role Editor in GRAFANA_TOKEN")
    return UpstreamError(said)
