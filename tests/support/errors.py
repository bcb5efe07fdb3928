"""The one shape of every error."""

from __future__ import annotations

from typing import Any


def assert_canonical_error(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer has this status and code and says something; gives the error."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    body = answer.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field", "value", "expected"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]
    error: dict[str, Any] = body["error"]
    return error
