"""Values of the environment that have to be of a kind: a wrong one is told, and the default stands in for it.

A mistake in a variable must not stop a program that has nothing to do with it; one in the code's own arguments may.
"""

from __future__ import annotations

import math
import os
from typing import Final
from urllib.parse import urlsplit

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.contract.env import Variable
from ai_runtime_intelligent.quiet import log_once

HTTP_URL: Final = "an address that begins with http:// or https:// and names a host"

_HIGHEST_PORT: Final = 65535
_CONTENT_ON: Final = frozenset({"true", "1", "span_only", "span_and_event"})
_CONTENT_OFF: Final = frozenset({"false", "0", "no_content", "event_only"})
"""No events are made here, so what may stand in events alone stands nowhere."""


def port(variable: Variable) -> int:
    """The port that ``variable`` names, else its default."""
    text = _given(variable)
    try:
        number = int(text)
    except ValueError:
        number = -1
    if 0 <= number <= _HIGHEST_PORT:
        return number
    _tell(variable, text, f"a port from 0 to {_HIGHEST_PORT}")
    return int(str(variable.default))


def seconds(variable: Variable) -> float:
    """The seconds, above 0, that ``variable`` gives, else its default."""
    text = _given(variable)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if 0 < number < math.inf:
        return number
    _tell(variable, text, "a number of seconds above 0")
    return float(str(variable.default))


def http_url(variable: Variable) -> str | None:
    """The address that ``variable`` gives, if it gives one. A wrong one is not shown: it may hold a password."""
    text = os.environ.get(variable.name) or None
    if text is None or is_http_url(text):
        return text
    log_once(f"env:{variable.name}", "%s must be %s; it is not used", variable.name, HTTP_URL)
    return None


def captures_content() -> bool:
    """Whether prompts, answers and the words of errors may be recorded on spans.

    The variable is OpenTelemetry's: a boolean in its older instrumentations, the name of a place in its newer ones.
    """
    variable = env.CAPTURE_CONTENT
    text = (os.environ.get(variable.name) or str(variable.default)).strip().lower()
    if text not in _CONTENT_OFF | _CONTENT_ON:
        _tell(variable, text, "true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT")
    return text in _CONTENT_ON


def is_http_url(text: str) -> bool:
    """Whether ``text`` is what :data:`HTTP_URL` says."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, or a port that is none
        return False


def _given(variable: Variable) -> str:
    return os.environ.get(variable.name) or str(variable.default)


def _tell(variable: Variable, text: str, expected: str) -> None:
    log_once(
        f"env:{variable.name}:{text[:100]}",
        "%s must be %s, got %r; %s is used",
        variable.name,
        expected,
        text[:100],
        variable.default,
    )
