"""Which code runs: the commit, as whoever deployed it said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from ai_runtime_intelligent.contract import env

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_ATTRIBUTES = ("vcs.ref.head.revision", "service.version")
"""OpenTelemetry's names: the second is a commit only where somebody deploys by commits."""


def revision_of(environ: Mapping[str, str]) -> str | None:
    """The commit of the code that runs; None when nobody told, or what was told is no commit."""
    given = _attributes(environ.get(env.RESOURCE_ATTRIBUTES.name, ""))
    told = (environ.get(env.REVISION.name, ""), *(given.get(name, "") for name in _ATTRIBUTES))
    return next((text.strip().lower() for text in told if _COMMIT.fullmatch(text.strip().lower())), None)


def _attributes(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}
