"""The backend's HTTP API as an operator's program uses it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import requests

from .http import session

_TIMEOUT: Final = (2.0, 30.0)
_CONFLICT: Final = 409
_MINUTE_MS: Final = 60_000


class BackendAnswerError(RuntimeError):
    """Raised when the backend refuses a call; has its sentence and the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(f"the backend answered {status}: {message}")


@dataclass(frozen=True)
class Suggestion:
    """What a list of suggestions tells about one of them."""

    id: str
    revision: int
    title: str
    primitive: str
    tunable: str
    to: float


@dataclass(frozen=True)
class Verdict:
    """What was measured of an applied change; the two values are None when that was not possible."""

    outcome: str
    reason: str
    before: float | None
    after: float | None


class Client:
    """One session with the backend at ``url``, as whoever holds ``token``. A context manager."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._session = url, session(token)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def open_suggestions(self, service: str) -> list[Suggestion]:
        """The suggestions that wait for a decision."""
        return self.suggestions(service, "open")

    def suggestions(self, service: str, status: str) -> list[Suggestion]:
        """The suggestions of a status that can be applied, newest first."""
        answer = self._call("GET", "/suggestions", params={"service": service, "status": status})
        return [_suggestion(one) for one in answer["suggestions"] if _sets_something(one)]

    def apply(self, suggestion: Suggestion) -> bool:
        """Apply; False when it is no longer as we have read it, and must be read again."""
        body = {"revision": suggestion.revision, "reason": "demo check"}
        try:
            self._call("POST", f"/suggestions/{suggestion.id}/apply", json=body)
        except BackendAnswerError as error:
            if error.status == _CONFLICT:
                return False
            raise
        return True

    def finding(self, suggestion_id: str) -> str:
        """The name of the finding that a suggestion answers."""
        return str(self._call("GET", f"/suggestions/{suggestion_id}")["finding"]["name"])

    def watched(self, suggestion_id: str) -> bool:
        """Whether the service was seen to obey the change, for some of its calls or for all."""
        rollout = self._call("GET", f"/suggestions/{suggestion_id}")["rollout"]
        return rollout is not None and rollout["phase"] not in ("planned", "applying", "stuck")

    def verdict(self, suggestion_id: str) -> Verdict | None:
        """The verdict on an applied suggestion, None until there is one."""
        verdict = self._call("GET", f"/suggestions/{suggestion_id}")["verdict"]
        if verdict is None:
            return None
        goal = verdict["goal"] or {}
        return Verdict(verdict["outcome"], verdict["reason"], goal.get("before"), goal.get("after"))

    def findings(self, service: str) -> list[dict[str, Any]]:
        """The rows of the query type ``findings``; those in state ``clear`` say why nothing was found."""
        now = round(time.time() * 1000)
        body = {
            "queries": [{"refId": "A", "type": "findings", "service": service}],
            "range": {"from": now - _MINUTE_MS, "to": now},
        }
        result = self._call("POST", "/api/query", json=body)["results"]["A"]
        if "error" in result:
            raise BackendAnswerError(result.get("status", 500), str(result["error"]))
        return [row for frame in result["frames"] for row in _rows(frame)]

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._session.request(method, self._url + path, timeout=_TIMEOUT, **more)
        try:
            body = answer.json()
        except requests.JSONDecodeError as error:
            raise BackendAnswerError(answer.status_code, "no JSON") from error
        if not answer.ok:
            raise BackendAnswerError(answer.status_code, str(body.get("error", body)))
        return body


def _suggestion(raw: dict[str, Any]) -> Suggestion:
    names = ("id", "revision", "title", "primitive", "tunable")
    return Suggestion(**{name: raw[name] for name in names}, to=float(raw["to_value"]))


def _sets_something(raw: dict[str, Any]) -> bool:
    """Whether it moves a tunable: one that only patches the code cannot be applied."""
    return raw["tunable"] is not None


def _rows(frame: dict[str, Any]) -> list[dict[str, Any]]:
    names = [field["name"] for field in frame["schema"]["fields"]]
    return [dict(zip(names, row, strict=True)) for row in zip(*frame["data"]["values"], strict=True)]
