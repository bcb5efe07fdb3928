"""Errors that a caller sees, each with a code that programs can read.

* BackendError
    * BadRequestError      400: the request is not of the form that is asked
    * UnauthorizedError    401: nobody proved who asks
    * ForbiddenError       403: who asks may not do this
        * BeyondPolicyError    the policy forbids it, whoever asks and whenever
    * NotFoundError        404: there is no such thing
    * ConflictError        409: the state is not the one that the caller expected
        * NotNowError          the policy forbids it now, and says from when on it would not
        * TooSoonError         it was not measured long enough to be compared with
        * TurnedError          another change was started or queued meanwhile
    * UpstreamError        502: something that we depend on failed
    * PolicyUnreadableError 503: the policy's file is wrong, so nothing is changed
    * StateError           503: the database does not take or give anything now
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


class BeyondPolicyError(ForbiddenError):
    """The policy forbids it, whoever asks and whenever; ``field`` is the rule of the policy."""

    code = "beyond_policy"


class NotFoundError(BackendError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class ConflictError(BackendError):
    """The state is not the one that the caller expected."""

    status = 409
    code = "conflict"


class NotNowError(ConflictError):
    """The policy forbids it now; ``field`` is the rule of the policy, ``expected`` from when on it would not."""

    code = "not_now"


class TooSoonError(ConflictError):
    """What is to be changed was not measured long enough to be compared with."""


class TurnedError(ConflictError):
    """Another change was started or queued since the state was read: look again whether this one may start."""


class UpstreamError(BackendError):
    """Something that we depend on failed."""

    status = 502
    code = "upstream"
    source = "downstream"


class PolicyUnreadableError(BackendError):
    """The policy's file is wrong, so nothing is changed until it is mended."""

    status = 503
    code = "policy_unreadable"


class StateError(BackendError):
    """The database does not take or give anything now: it is locked, full, read-only or away."""

    status = 503
    code = "state_unavailable"
