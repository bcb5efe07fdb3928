"""Every error as the one JSON shape."""

from __future__ import annotations

import logging
import math

from flask import Flask, Response, jsonify, request
from pydantic import JsonValue, ValidationError
from werkzeug.exceptions import HTTPException

from airuntime_backend.errors import BackendError, UnauthorizedError

from .schemas import ErrorBody, ErrorDetail

_log = logging.getLogger(__name__)
_MAX_VALUE = 200


def install(app: Flask) -> None:
    """Let the app answer every error in the one shape."""
    app.register_error_handler(BackendError, _backend_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def invalid(error: ValidationError) -> Response:
    """The answer to a request that is not of the form asked: the first field that is wrong, its value, the reason."""
    first = error.errors(include_url=False)[0]
    if not first["loc"] and request.get_json(silent=True) is None:
        asked = "a JSON object, sent as application/json"
        return _answer(
            ErrorDetail(code="bad_request", message=f"the body is not JSON: send {asked}", expected=asked), 400
        )
    where = ".".join(str(part) for part in first["loc"])
    detail = ErrorDetail(
        code="bad_request",
        message=f"{where or 'the body'}: {first['msg']} ({error.error_count()} problem(s) in all)",
        field=where or None,
        value=_short(first.get("input")),
        expected=first["msg"],
    )
    return _answer(detail, 400)


def _backend_error(error: BackendError) -> Response:
    answer = _answer(detail_of(error), error.status)
    if isinstance(error, UnauthorizedError):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def detail_of(error: BackendError) -> ErrorDetail:
    """The error as it is told to a caller."""
    return ErrorDetail(
        code=error.code,
        message=error.message,
        field=error.field,
        value=_short(error.value),
        expected=error.expected,
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = "bad_request" if status == 400 else (error.name or "error").lower().replace(" ", "_")  # noqa: PLR2004
    answer = _answer(ErrorDetail(code=code, message=error.description or error.name), status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    _log.error("a request failed unexpectedly", exc_info=error)
    message = f"something failed that should not ({type(error).__name__}); the backend's log has the traceback"
    return _answer(ErrorDetail(code="internal", message=message), 500)


def _answer(detail: ErrorDetail, status: int) -> Response:
    answer = jsonify(ErrorBody(error=detail).model_dump())
    answer.status_code = status
    return answer


def _short(value: object) -> JsonValue:
    """The value as it was given, cut: what is wrong must be told without echoing a whole body."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)[:_MAX_VALUE]
