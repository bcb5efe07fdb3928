"""Which model is asked, and what its tokens cost.

``provider:model``: ``openai`` (or whatever speaks its API at the base URL), ``anthropic``, ``google`` (by Google's
endpoint that speaks OpenAI's API), ``ollama``, and ``gemini-cli``, which asks the installed ``gemini`` command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from airuntime_backend.errors import BadRequestError

from .errors import Tokens

PROVIDERS: Final = ("anthropic", "gemini-cli", "google", "ollama", "openai")
_URLS: Final = {
    "google": "https://generativelanguage.googleapis.com/v1beta/openai/",
    "ollama": "http://127.0.0.1:11434/v1",
}
_SELLERS: Final = {"gemini-cli": "google"}
"""Who sets the price, where that is another name than the provider's."""


@dataclass(frozen=True)
class Model:
    """One model of one provider."""

    provider: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Model:
        """From the setting. Raises ``BadRequestError``."""
        provider, _, name = text.partition(":")
        if provider not in PROVIDERS or not name or not name.isprintable() or name.startswith("-") or " " in name:
            raise BadRequestError(
                f"AIRUNTIME_LLM_MODEL is {text[:80]!r}, expected <provider>:<model> with one of {', '.join(PROVIDERS)}"
            )
        return cls(provider, name)

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"

    @property
    def url(self) -> str | None:
        """Where it is asked unless the operator says otherwise; None where the client knows."""
        return _URLS.get(self.provider)

    def usd(self, tokens: Tokens) -> float | None:
        """What a call costs; None when no price is known."""
        from genai_prices import Usage, calc_price  # noqa: PLC0415 - loaded only when a model is asked

        usage = Usage(input_tokens=tokens.given, output_tokens=tokens.made)
        try:
            seller = _SELLERS.get(self.provider, self.provider)
            return float(calc_price(usage, self.name, provider_id=seller).total_price)
        except (LookupError, ValueError):
            return None
