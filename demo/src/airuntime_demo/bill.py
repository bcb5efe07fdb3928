"""What the fake provider would charge: a meter beside the instrumented one, to compare the two."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from genai_prices import Usage, calc_price

from .replies import Reply


@lru_cache(maxsize=1 << 16)
def _price(model: str, prompt_tokens: int, completion_tokens: int) -> Decimal:
    usage = Usage(input_tokens=prompt_tokens, output_tokens=completion_tokens)
    return calc_price(usage, model_ref=model, provider_id="openai").total_price


@dataclass
class Bill:
    """Calls, tokens and USD by model, answered calls only, priced by genai-prices."""

    calls: Counter[str] = field(default_factory=Counter)
    prompt_tokens: Counter[str] = field(default_factory=Counter)
    completion_tokens: Counter[str] = field(default_factory=Counter)
    usd: dict[str, Decimal] = field(default_factory=dict)

    def add(self, model: str, reply: Reply) -> None:
        """Charge one answered call."""
        price = _price(model, reply.prompt_tokens, reply.completion_tokens)
        self.calls[model] += 1
        self.prompt_tokens[model] += reply.prompt_tokens
        self.completion_tokens[model] += reply.completion_tokens
        self.usd[model] = self.usd.get(model, Decimal(0)) + price

    def as_json(self) -> dict[str, object]:
        """The bill as ``GET /fake/bill`` gives it."""
        models = {
            model: {
                "calls": self.calls[model],
                "prompt_tokens": self.prompt_tokens[model],
                "completion_tokens": self.completion_tokens[model],
                "usd": float(self.usd[model]),
            }
            for model in sorted(self.calls)
        }
        return {"usd": float(sum(self.usd.values(), Decimal(0))), "calls": self.calls.total(), "models": models}
