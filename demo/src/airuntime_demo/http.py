"""HTTP to our own parts on loopback: no proxy, short time limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

_TIMEOUT = (2.0, 15.0)


def session(token: str | None = None) -> requests.Session:
    """A session that goes straight to loopback, with a bearer token when there is one."""
    made = requests.Session()
    made.trust_env = False  # a proxy from the environment would be asked for loopback
    if token is not None:
        made.headers["Authorization"] = f"Bearer {token}"
    return made


def get_json(url: str, params: Mapping[str, str] | None = None) -> Any:
    """The JSON at ``url``. Raises requests.RequestException."""
    with session() as once:
        answer = once.get(url, params=params, timeout=_TIMEOUT)
        answer.raise_for_status()
        return answer.json()


def answers(url: str) -> bool:
    """Whether ``url`` answers 200."""
    try:
        with session() as once:
            return once.get(url, timeout=_TIMEOUT).status_code == 200  # noqa: PLR2004 - OK
    except requests.RequestException:
        return False
