"""Where the assistant looks things up: three small stores that answer after a wait, as a database would."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

CUSTOMERS = 40
"""How many customers there are; their names are ``customer-0`` onwards."""


@dataclass(frozen=True)
class Asked:
    """One question of one customer: the input of the assistant."""

    customer: str
    question: str


class Stores:
    """Profiles, orders and help articles. Each look-up waits 40 to 60 ms, seeded."""

    def __init__(self, seed: int = 7) -> None:
        self._rng = random.Random(f"{seed}-stores")

    async def profile(self, asked: Asked) -> dict[str, str]:
        """The customer's name and plan."""
        await self._wait()
        return {"name": asked.customer.replace("-", " ").title(), "plan": "yearly"}

    async def orders(self, asked: Asked) -> list[int]:
        """The numbers of the customer's last orders."""
        await self._wait()
        first = 10_000 + sum(asked.customer.encode())
        return [first, first + 1]

    async def knowledge(self, asked: Asked) -> list[str]:
        """Titles of help articles that share a longer word with the question."""
        await self._wait()
        words = {word for word in asked.question.lower().split() if len(word) > 5}  # noqa: PLR2004 - skips "where", "which"
        return sorted(f"help: {word.strip('?.,')}" for word in words)[:3]

    async def _wait(self) -> None:
        await asyncio.sleep(self._rng.uniform(0.04, 0.06))
