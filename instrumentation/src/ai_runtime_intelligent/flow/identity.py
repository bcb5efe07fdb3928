"""Identifiers of records: made from their content, so that the same record always has the same id."""

from __future__ import annotations

import hashlib


def identify(prefix: str, *parts: object) -> str:
    """Return ``<prefix>_<12 hex digits>``, a digest of the parts; equal parts give equal ids."""
    text = "\x1f".join(repr(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
