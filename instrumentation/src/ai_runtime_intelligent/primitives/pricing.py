"""Prices of model calls: the user's own, else those of the genai-prices package.

A model without a price has none: it is never free.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from genai_prices import Usage, calc_price
from genai_prices.types import ModelPrice, PriceCalculation

from .price_table import PriceTable
from .usage import TokenUsage

UNKNOWN_PROVIDER: Final = "_OTHER"

_CONVENTIONS: Final = {
    "aws": "aws.bedrock",
    "azure": "azure.ai.openai",
    "google": "gcp.gemini",
    "mistral": "mistral_ai",
    "x-ai": "x_ai",
}
"""Providers whose name in OpenTelemetry's conventions is not the one in genai-prices."""


class Prices:
    """What calls cost, the user's own ``table`` first."""

    def __init__(self, table: PriceTable) -> None:
        self._table = table

    def usd(self, model: str, usage: TokenUsage, provider: str | None = None) -> float | None:
        """What ``usage`` of ``model`` costs in USD, or None when no price is known.

        ``model`` may begin with its provider (``groq/llama-3.3-70b-versatile``); ``provider``, in genai-prices'
        spelling, is whom to ask for a name by which no provider is known.
        """
        own = self._table.of(model)
        try:
            if own is not None:
                return _own(own, usage)
            return float(_priced(model, Usage(**usage.units), provider).total_price)
        except (LookupError, ValueError):
            return None


def _own(prices: Mapping[str, float], usage: TokenUsage) -> float | None:
    if usage.output and "output" not in prices:
        return None
    if "cache_write_1h" in prices:
        prices = {"cache_write": prices["input"], **prices}
    model_price = ModelPrice(**{f"{name}_mtok": Decimal(str(usd)) for name, usd in prices.items()})
    return float(model_price.calc_price(Usage(**usage.units))["total_price"])


def _priced(model: str, usage: Usage, provider: str | None) -> PriceCalculation:
    named, name = _reference(model)
    try:
        return calc_price(usage, name, provider_id=named)
    except LookupError:
        if named is not None or provider is None:
            raise
        return calc_price(usage, name, provider_id=provider)


def _reference(model: str) -> tuple[str | None, str]:
    """The provider that ``model`` begins with, and its name there. Gemini's ``models/`` is no provider."""
    provider, slash, name = model.partition("/")
    return (provider, name) if slash and provider not in ("models", "publishers", "projects") else (None, model)


@lru_cache(maxsize=256)
def provider_of(model: str, provider: str | None = None) -> str:
    """The provider of ``model`` in OpenTelemetry's spelling, ``_OTHER`` when it is not known.

    ``model`` and ``provider`` are as in :meth:`Prices.usd`.
    """
    try:
        found = _priced(model, Usage(input_tokens=1, output_tokens=1), provider).provider.id
    except (LookupError, ValueError):
        return UNKNOWN_PROVIDER
    return _CONVENTIONS.get(found, found)


def load() -> None:
    """Read the price table now, so that no call waits for it."""
    provider_of("gpt-4o-mini")
