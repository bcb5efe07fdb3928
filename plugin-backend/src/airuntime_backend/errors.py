"""Errors that a caller sees, each with a code that programs can read.

* BackendError
    * BadRequestError      400: the request is not of the form that is asked
    * UnauthorizedError    401: nobody proved who asks
    * ForbiddenError       403: who asks may not do this
    * NotFoundError        404: there is no such thing
    * ConflictError        409: the state is not the one that the caller expected
    * UpstreamError        502: something that we depend on failed
"""

from __future__ import annotations

from typing import ClassVar, Literal


class BackendError(Exception):
    """Any error that is told to the caller: message for people, code for programs, field and value when known."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    source: ClassVar[Literal["plugin", "downstream"]] = "plugin"

    def __init__(
        self, message: str, *, field: str | None = None, value: object = None, expected: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value
        self.expected = expected


class BadRequestError(BackendError):
    """The request is not of the form that is asked."""

    status = 400
    code = "bad_request"


class UnauthorizedError(BackendError):
    """Nobody proved who asks."""

    status = 401
    code = "unauthorized"


class ForbiddenError(BackendError):
    """Who asks may not do this."""

    status = 403
    code = "forbidden"


class NotFoundError(BackendError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class ConflictError(BackendError):
    """The state is not the one that the caller expected."""

    status = 409
    code = "conflict"


class UpstreamError(BackendError):
    """Something that we depend on failed."""

    status = 502
    code = "upstream"
    source = "downstream"
