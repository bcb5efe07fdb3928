"""Prices of model calls, from the genai-prices package. A model without a price has none: it is never free."""

from __future__ import annotations

from functools import lru_cache

from genai_prices import Usage, calc_price

from .llm import TokenUsage

UNKNOWN_PROVIDER = "_OTHER"


def price_usd(model: str, usage: TokenUsage) -> float | None:
    """What ``usage`` of ``model`` costs in USD, or None when no price is known."""
    if provider_of(model) == UNKNOWN_PROVIDER:
        return None
    tokens = Usage(input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=usage.cached or None)
    try:
        return float(calc_price(tokens, model_ref=model).total_price)
    except (LookupError, ValueError):
        return None


def load() -> None:
    """Read the price table now, so that no call waits for it."""
    price_usd("gpt-4o-mini", TokenUsage(1, 1))


@lru_cache(maxsize=256)
def provider_of(model: str) -> str:
    """The provider of ``model`` in OpenTelemetry's spelling, ``_OTHER`` when it is not known."""
    try:
        price = calc_price(Usage(input_tokens=1, output_tokens=1), model_ref=model)
    except (LookupError, ValueError):
        return UNKNOWN_PROVIDER
    return str(price.provider.id)
