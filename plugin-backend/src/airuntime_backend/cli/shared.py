"""What the commands share: settings with their mistakes told, JSON, and the running backend over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import click
import requests
from ai_runtime_intelligent.context7.text import line
from ai_runtime_intelligent.contract import env
from pydantic import SecretStr, ValidationError

from airuntime_backend.adapters.urls import shown
from airuntime_backend.settings import Settings

_UNSAID: Final = {variable.name for variable in env.VARIABLES if variable.secret or variable.name.endswith("_URL")}
"""Variables whose values are not repeated."""
_TIMEOUT: Final = (3.0, 30.0)
_REFUSED: Final = (401, 403)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def read_settings() -> Settings:
    """The settings of the environment. Raises ``ClickException`` that names every wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        told = "; ".join(_told(str(one["loc"][0]), one["input"], one["msg"]) for one in error.errors())
        raise click.ClickException(f"wrong settings: {told}") from error


def _told(name: str, value: object, problem: str) -> str:
    """The variable, its value unless it is or may hold a secret, and what was expected."""
    said = "" if name in _UNSAID else f" is {value!r}"
    return f"{name}{said}: {problem}"


def print_json(value: object) -> None:
    """Print it as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


class _Bearer(requests.auth.AuthBase):
    """The token; as ``auth`` it also keeps requests from reading a netrc file."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token into the request."""
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return request


class NotReachedError(click.ClickException):
    """The backend cannot be reached, or does not answer as one."""


class NotPermittedError(click.ClickException):
    """The backend answers, and refuses the token."""


class Backend:
    """The running backend that the settings name; what ``changes`` something is asked with the operator's token."""

    def __init__(self, settings: Settings, *, changes: bool = False) -> None:
        host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
        self._url = (settings.backend_url or f"http://{host}:{settings.http_port}").rstrip("/")
        self._auth = _Bearer(settings.operator_token if changes else settings.viewer_token or settings.operator_token)
        self.shown = shown(self._url)

    def get(self, path: str, params: Mapping[str, str | float] | None = None) -> Any:
        """What it answers, read from JSON. Raises ``ClickException`` with the next step."""
        return self._read(self._ask("GET", path, params=params))

    def get_text(self, path: str, params: Mapping[str, str | float] | None = None) -> str:
        """What it answers, as it is. Raises ``ClickException`` with the next step."""
        return self._answered(self._ask("GET", path, params=params)).text

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """What it answers to JSON that is sent, read from JSON. Raises ``ClickException`` with the next step."""
        return self._read(self._ask("POST", path, json=body))

    def _ask(self, method: str, path: str, **given: Any) -> requests.Response:
        try:
            response = requests.request(
                method, f"{self._url}{path}", auth=self._auth, timeout=_TIMEOUT, allow_redirects=False, **given
            )
        except requests.RequestException as error:
            raise NotReachedError(
                f"the backend at {self.shown} cannot be reached ({type(error).__name__}): start it with "
                f"'airuntime serve', or name another one in {env.BACKEND_URL.name}"
            ) from None
        if response.status_code in _REFUSED:
            raise NotPermittedError(
                f"the backend at {self.shown} refuses the token ({_message(response)}): "
                f"set {env.VIEWER_TOKEN.name} or {env.OPERATOR_TOKEN.name} to one of its own"
            )
        return response

    def _answered(self, response: requests.Response) -> requests.Response:
        if not response.ok:
            raise click.ClickException(f"the backend at {self.shown} answered: {_message(response)}")
        return response

    def _read(self, response: requests.Response) -> Any:
        try:
            return self._answered(response).json()
        except ValueError:
            raise NotReachedError(f"what answers at {self.shown} is no backend: check {env.BACKEND_URL.name}") from None


def _message(response: requests.Response) -> str:
    """The error's own words, else its number."""
    try:
        return line(str(response.json()["error"]["message"]), 300)
    except (ValueError, KeyError, TypeError):
        return str(response.status_code)
