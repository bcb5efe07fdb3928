"""The questions that customers ask: about 300 that come back, some far more often than others, and new ones."""

from __future__ import annotations

import random
import re
from typing import Final

_TOPICS: Final = (
    "change my delivery address", "return a pair of shoes", "cancel a subscription", "reset my password",
    "download an invoice", "pay by bank transfer", "use a gift card", "track a parcel",
    "update my credit card", "close my account", "claim the warranty", "report a damaged item",
    "add a second user", "export my data", "redeem a voucher", "pause a delivery",
    "book a repair", "order a spare part", "get a refund", "move to the yearly plan",
    "install the mobile app", "turn off notifications", "verify my e-mail", "split a payment", "find my contract",
)  # fmt: skip

_EASY: Final = (
    "How do I {}?",
    "Can I {} online?",
    "What does it cost to {}?",
    "How long does it take to {}?",
    "Where do I go to {}?",
    "Is it possible to {} today?",
    "Who can help me {}?",
    "Do I need a receipt to {}?",
    "Can I {} without an account?",
)

_HARD: Final = (
    "Compare the ways to {} and explain why one of them is cheaper for a family of four.",
    "I tried to {} twice and it failed. Explain why, and what should I do first, step by step?",
    "Explain the difference between your two plans when I want to {}, and which one suits me better because I travel.",
)

_EASY_NEW: Final = ("Where is my order {}?", "When will order {} arrive?", "Has order {} been paid?")
_HARD_NEW: Final = (
    "Compare the two refunds of order {} and explain why the second one is smaller, step by step.",
    "Explain why order {} was split, and whether I should wait because one part is late.",
)

HARD_EVERY: Final = 4
"""Every fourth question is a hard one, at every level of popularity, so that a cache leaves the mix as it is."""

_MARKERS: Final = ("compare", "explain", "why", "difference", "step by step", "because", "better")
_SPACES: Final = re.compile(r"\s+")


def catalogue(seed: int) -> tuple[str, ...]:
    """The 300 questions that come back, most popular first; the seed decides which ones are popular."""
    rng = random.Random(f"{seed}-catalogue")
    easy = [form.format(topic) for form in _EASY for topic in _TOPICS]
    hard = [form.format(topic) for form in _HARD for topic in _TOPICS]
    rng.shuffle(easy)
    rng.shuffle(hard)
    total = len(easy) + len(hard)
    return tuple((hard if rank % HARD_EVERY == HARD_EVERY - 1 else easy).pop() for rank in range(total))


def new_question(rng: random.Random, number: int) -> str:
    """A question that nobody asked before: about the order of that number."""
    forms = _HARD_NEW if number % HARD_EVERY == HARD_EVERY - 1 else _EASY_NEW
    return rng.choice(forms).format(number)


def typed(rng: random.Random, question: str) -> str:
    """The question as a person types it: case, spaces and the last mark vary."""
    text = rng.choice((question, question.lower()))
    return rng.choice((text, text.rstrip("?."), f" {text} ", text.replace(" ", "  ", 1)))


def normalised(question: str) -> str:
    """The question without what differs from one typing to the next; the key of the answer cache."""
    return _SPACES.sub(" ", question.strip().lower()).rstrip("?.! ")


def complexity(question: str) -> float:
    """How much thought a question needs, 0..1: longer ones and those that ask for reasons need more."""
    text = normalised(question)
    reasons = sum(marker in text for marker in _MARKERS)
    return min(1.0, 0.035 * len(text.split()) + 0.1 * reasons)
