"""Reading what callers send."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider
from pydantic_core import from_json


class JsonBody(DefaultJSONProvider):
    """Flask's JSON, read by a stricter parser: nothing too deep to follow, and no half characters that are no text."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ARG002 - the options are those of Python's parser
        """Decode JSON. Raises ValueError when it is none."""
        return from_json(s)
