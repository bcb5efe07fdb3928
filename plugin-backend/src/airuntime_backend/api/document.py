"""What the OpenAPI document says of many routes at once: how they answer errors, and how the asker is proved."""

from __future__ import annotations

from typing import Any, Final

from flask_openapi3.types import ResponseDict

from .schemas import ErrorBody

ERRORS: Final[ResponseDict] = {400: ErrorBody, "default": ErrorBody}
"""Every error has the one shape, whatever its status."""

SCHEMES: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The viewer, operator or service token."}
}
GUARDED: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
"""Security of the routes that ask who asks."""
