"""What the commands share: settings with their mistakes told, JSON, and the running backend over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

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
_BEYOND_POLICY: Final = "beyond_policy"

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


def print_json(value: object, *, on_one_line: bool = False) -> None:
    """Print it as JSON; on one line where more follows."""
    click.echo(json.dumps(value, indent=None if on_one_line else 2, ensure_ascii=False))


def path_of(suggestion: str) -> str:
    """Where the API has a suggestion; an id leads nowhere else."""
    return f"/suggestions/{quote(suggestion, safe='')}"


def change_of(one: Mapping[str, Any]) -> str:
    """What a suggestion changes, from which value to which; or that only its patch does."""
    if one["tunable"] is None:
        return f"{line(one['target'], 200)}: by its patch alone"
    unit = "" if one["unit"] == "1" else f" {one['unit']}"
    return f"{line(one['tunable'], 200)}: {one['from_value']:g} to {one['to_value']:g}{unit}"


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


class AnsweredError(click.ClickException):
    """The backend answers with an error: its HTTP status, and its code for programs."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Backend:
    """The running backend that the settings name; what ``changes`` something is asked with the operator's token."""

    def __init__(self, settings: Settings, *, changes: bool = False) -> None:
        host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
        self._url = (settings.backend_url or f"http://{host}:{settings.http_port}").rstrip("/")
        self._auth = _Bearer(settings.operator_token if changes else settings.viewer_token or settings.operator_token)
        self._tokens = env.OPERATOR_TOKEN.name if changes else f"{env.VIEWER_TOKEN.name} or {env.OPERATOR_TOKEN.name}"
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
        self._permitted(response)
        return response

    def _permitted(self, response: requests.Response) -> None:
        """Raise when it is the token that is refused; what the policy forbids, it forbids whoever asks."""
        unknown = response.status_code == requests.codes.unauthorized
        if unknown or (response.status_code == requests.codes.forbidden and _code(response) != _BEYOND_POLICY):
            wanted = "one of its own" if unknown else "one that may"
            raise NotPermittedError(
                f"the backend at {self.shown} refuses the token ({_message(response)}): set {self._tokens} to {wanted}"
            )

    def _answered(self, response: requests.Response) -> requests.Response:
        if not response.ok:
            told = f"the backend at {self.shown} answered: {_message(response)}"
            raise AnsweredError(told, response.status_code, _code(response))
        return response

    def _read(self, response: requests.Response) -> Any:
        try:
            return self._answered(response).json()
        except ValueError:
            raise NotReachedError(f"what answers at {self.shown} is no backend: check {env.BACKEND_URL.name}") from None


def _message(response: requests.Response) -> str:
    """The error's own words, else its number."""
    return _error(response, "message") or str(response.status_code)


def _code(response: requests.Response) -> str:
    return _error(response, "code")


def _error(response: requests.Response, field: str) -> str:
    """A field of the error, empty when the answer is no error of the backend's form."""
    try:
        return line(str(response.json()["error"][field]), 300)
    except (ValueError, KeyError, TypeError):
        return ""
