"""What an error says in HTTP's terms, read from its shape: no client library is imported for it.

Known are the errors of openai, anthropic, httpx and requests (``response.status_code``, ``response.headers``), aiohttp
(``status``, ``headers``), urllib (``code``, ``headers``) and botocore (``response`` as a mapping), and any error with
a number of seconds in ``retry_after``. An error that was raised from such an error says the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, Final

_CAUSES: Final = 5
_STATUS_NAMES: Final = ("status_code", "status", "code")
_WORTH_ANOTHER_TRY: Final = frozenset({408, 409, 425, 429})


def retry_after(error: BaseException | None) -> float:
    """Seconds that the server asked to wait, 0 when it asked for none or nobody can read what it said."""
    for one in _chain(error):
        asked = _get(one, "retry_after")
        seconds = _number(asked) if isinstance(asked, int | float) else _asked_in(_headers(one))
        if seconds > 0:
            return seconds
    return 0.0


def is_final(error: BaseException) -> bool:
    """Whether the server refused the request itself: the same request would be refused again."""
    for one in _chain(error):
        verdict = _header(_headers(one), "x-should-retry").lower()
        if verdict in {"true", "false"}:
            return verdict == "false"
        status = http_status(one)
        if status is not None:
            return 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY  # noqa: PLR2004 - HTTP's client errors
    return False


def http_status(error: BaseException) -> int | None:
    """The HTTP status that the error carries itself or on its response."""
    response = _get(error, "response")
    found = [_get(holder, name) for holder in (error, response) for name in _STATUS_NAMES]
    found.append(_get(_get(response, "ResponseMetadata"), "HTTPStatusCode"))
    return next((one for one in found if type(one) is int and 100 <= one < 600), None)  # noqa: PLR2004 - HTTP's range


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__


def _headers(error: BaseException) -> Any:
    response = _get(error, "response")
    for holder in (response, error):
        headers = _get(holder, "headers")
        if headers is not None:
            return headers
    return _get(_get(response, "ResponseMetadata"), "HTTPHeaders")


def _get(holder: Any, name: str) -> Any:
    """A key or an attribute, None where there is none or reading it fails: it is someone else's object."""
    try:
        return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
    except Exception:  # noqa: BLE001 - whatever it is, the error that was raised matters more
        return None


def _asked_in(headers: Any) -> float:
    milliseconds = _number(_header(headers, "retry-after-ms"))
    if milliseconds > 0:
        return milliseconds / 1000
    text = _header(headers, "retry-after")
    return _number(text) or _until(text)


def _header(headers: Any, name: str) -> str:
    with suppress(Exception):
        for spelling in (name, name.title()):  # plain dicts are case-sensitive
            value = headers.get(spelling)
            if value:
                return str(value).strip()
    return ""


def _number(text: str | float) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if 0 < seconds < float("inf") else 0.0


def _until(date: str) -> float:
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    return 0.0
