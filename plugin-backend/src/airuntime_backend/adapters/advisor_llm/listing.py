"""Whether a model's API answers and takes the key, found out without a question that costs."""

from __future__ import annotations

from typing import Final

import requests
from pydantic import SecretStr

from airuntime_backend.adapters.urls import shown
from airuntime_backend.errors import UpstreamError

from .model import Model

_SECONDS: Final = (3.0, 5.0)
_VERSION: Final = "2023-06-01"
"""Anthropic's API wants one named."""


class _Key(requests.auth.AuthBase):
    """The key as the provider wants it; as ``auth`` it also keeps requests from reading a netrc file."""

    def __init__(self, provider: str, key: str) -> None:
        self._provider = provider
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the key into the request."""
        if self._provider == "anthropic":
            request.headers.update({"x-api-key": self._key, "anthropic-version": _VERSION})
        else:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def models_status(model: Model, url: str | None, key: SecretStr | None) -> int:
    """The HTTP status of the list of models. Raises ``UpstreamError`` when nobody answers."""
    anthropic = model.provider == "anthropic"
    base = (url or model.url or ("https://api.anthropic.com" if anthropic else "https://api.openai.com/v1")).rstrip("/")
    auth = _Key(model.provider, key.get_secret_value() if key else "none")
    try:
        path = "v1/models" if anthropic else "models"
        return requests.get(f"{base}/{path}", auth=auth, timeout=_SECONDS, allow_redirects=False).status_code
    except (requests.RequestException, ValueError) as error:
        # Its words may hold the key: they are neither told nor chained.
        raise UpstreamError(f"{model} at {shown(base)} cannot be reached ({type(error).__name__})") from None
