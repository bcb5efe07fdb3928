"""Reading what callers send."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider


class JsonBody(DefaultJSONProvider):
    """Flask's JSON; what is nested deeper than Python can follow is no more JSON than any other broken body."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Decode JSON. Raises ValueError when it is none."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("the JSON is nested too deeply") from error
