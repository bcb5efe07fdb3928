"""Moments as callers write them."""

from __future__ import annotations

from datetime import UTC, datetime

from airuntime_backend.errors import BadRequestError


def milliseconds(value: float | str, field: str) -> int:
    """Epoch milliseconds, given as such or as ISO 8601. Raises ``BadRequestError`` that names the field."""
    try:
        if isinstance(value, str) and not value.lstrip("-").isdigit():
            return round(datetime.fromisoformat(value).timestamp() * 1000)
        return round(float(value))
    except (ValueError, OverflowError) as error:
        expected = "epoch milliseconds or ISO 8601"
        raise BadRequestError(
            f"{field}: {value!r} is not a time, expected {expected}", field=field, value=value, expected=expected
        ) from error


def iso(at: float) -> str:
    """A moment (Unix seconds) in ISO 8601, UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
