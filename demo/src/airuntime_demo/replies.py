"""What the fake model says, how many tokens that is, and how long it takes: seeded, the same for the same prompt."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_CHARACTERS_PER_TOKEN: Final = 4
_TOKENS_PER_MESSAGE: Final = 4

_SENTENCES: Final = (
    "Open your account page and choose the entry that names it.",
    "You will find a confirmation in your mailbox within a few minutes.",
    "It takes two working days until the change shows on your statement.",
    "The button is at the lower right of the order overview.",
    "Nothing else needs to be done on your side.",
    "If the page shows an older state, reload it once.",
    "Your earlier settings are kept, and you can go back at any time.",
    "The amount is returned to the card that was charged.",
    "A colleague looks at it when the automatic check cannot decide.",
    "Both addresses must be verified before the first delivery.",
    "The limit is counted for each calendar month.",
    "Please keep the number of the case until it is closed.",
)


@dataclass(frozen=True)
class Speed:
    """How fast a model answers: a fixed part and a part for each generated token, both in seconds."""

    base: float
    per_token: float


SPEEDS: Final[Mapping[str, Speed]] = {
    "gpt-4o-mini": Speed(base=0.035, per_token=0.0007),
    "gpt-4o": Speed(base=0.105, per_token=0.0021),
}
"""The models that exist; the larger one takes three times as long."""


@dataclass(frozen=True)
class Reply:
    """One answer of a model, with the tokens that it counts and the seconds that it takes."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    truncated: bool


def count_tokens(text: str) -> int:
    """Tokens of a text by the rule of thumb of four characters each; 1 at least."""
    return max(1, -(-len(text) // _CHARACTERS_PER_TOKEN))


def reply(seed: int, model: str, messages: Sequence[Mapping[str, str]], max_tokens: int | None = None) -> Reply:
    """Answer ``messages`` as ``model``, cut at ``max_tokens``. Raises KeyError for a model that does not exist."""
    speed = SPEEDS[model]
    prompt = "\n".join(message["content"] for message in messages)
    rng = _rng(seed, model, prompt)
    full = " ".join(rng.sample(_SENTENCES, rng.randint(3, 8)))
    text = full if max_tokens is None else full[: max_tokens * _CHARACTERS_PER_TOKEN]
    tokens = count_tokens(text)
    seconds = (speed.base + speed.per_token * tokens) * rng.uniform(0.9, 1.1)
    prompt_tokens = sum(_TOKENS_PER_MESSAGE + count_tokens(message["content"]) for message in messages)
    return Reply(text, prompt_tokens, tokens, seconds, truncated=len(text) < len(full))


def _rng(seed: int, model: str, prompt: str) -> random.Random:
    # Not the built-in hash(): that differs from process to process.
    digest = hashlib.sha256(f"{seed}\0{model}\0{prompt}".encode()).digest()
    return random.Random(digest)
