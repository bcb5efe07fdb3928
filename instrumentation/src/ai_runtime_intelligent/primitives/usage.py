"""Tokens of one model call, in the units in which providers price them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TokenUsage:
    """What one call used, by the unit names of the genai-prices package: ``input_tokens``, ``cache_read_tokens``, ...

    ``input_tokens`` holds every token that was sent, those read from and written to the provider's prompt cache too.
    """

    units: Mapping[str, float]

    @classmethod
    def of(cls, sent: int, received: int, *, cached: int = 0, written: int = 0) -> TokenUsage:
        """Usage of plain text: of the tokens ``sent``, ``cached`` came from the cache and ``written`` went into it."""
        units = {"input_tokens": sent, "output_tokens": received}
        return cls(units | {"cache_read_tokens": cached, "cache_write_tokens": written})

    @property
    def input(self) -> float:
        """Tokens sent."""
        return self.units.get("input_tokens", 0)

    @property
    def output(self) -> float:
        """Tokens received."""
        return self.units.get("output_tokens", 0)
