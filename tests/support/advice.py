"""A model that words suggestions, as tests put it together: the shop's suggestions, a scripted model, a database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from advising.script import cases
from advising.shop import lay, offers
from advising.trial import judge_of
from airuntime_backend.adapters.advisor_llm.asker import Asker
from airuntime_backend.adapters.advisor_llm.client import ApiClient, Client
from airuntime_backend.adapters.advisor_llm.editor import LlmEditor
from airuntime_backend.adapters.advisor_llm.model import Model
from airuntime_backend.adapters.advisor_llm.purse import Purse
from airuntime_backend.adapters.ledger import SqlCalls
from airuntime_backend.adapters.ledger.engine import connect
from airuntime_backend.ports import Offer
from airuntime_demo.scripted_llm import Scripted, ScriptedLLM
from airuntime_demo.serving import in_thread
from pydantic import SecretStr
from sqlalchemy import Engine

from .world import Clock

MODEL: Final = Model("openai", "gpt-4o-mini")
KEY: Final = "sk-of-the-tests-1234567890"
WRITTEN: Final = {case.name: case for case in cases()}
"""The written answers of the benchmark, by name."""
GOOD: Final = WRITTEN["plain words about the cache"].said


def obedient(body: dict[str, Any]) -> Scripted:
    """Answers as it was told to, from nothing but the document that it got."""
    return Scripted(arguments=json.dumps(answered(document(body))))


def document(body: dict[str, Any]) -> dict[str, Any]:
    """The document of a request to OpenAI's API."""
    found: dict[str, Any] = json.loads(next(one["content"] for one in body["messages"] if one["role"] == "user"))
    return found


def answered(shown: dict[str, Any]) -> dict[str, Any]:
    """An answer that keeps to what was shown."""
    expected = shown["expected"]
    return {
        "title": shown["rule"]["title"],
        "claim": f"{shown['rule']['claim']} It is worth doing before anything else.",
        "cites": [shown["signals"][0]["id"]],
        "change": {"tunable": shown["change"]["tunable"], "to": shown["change"]["to"]},
        "effect": {name: expected[name] for name in ("measure", "unit", "direction", "low", "high")},
        "rank": 0.9,
        "patch": "",
    }


@dataclass
class Desk:
    """A shop with two suggestions, a model whose next answer is ``said``, and a database of calls."""

    folder: Path
    url: str
    model: ScriptedLLM
    engine: Engine
    said: list[Scripted]
    clock: Clock = field(default_factory=Clock)
    timer: Clock = field(default_factory=Clock)

    @property
    def calls(self) -> SqlCalls:
        """What is on record, as a process finds it that starts now."""
        return SqlCalls(self.engine)

    def offer(self, name: str = "cache") -> Offer:
        """One of the two suggestions."""
        return offers(self.folder)[name]

    def editor(
        self, *, usd_per_day: float = 1.0, seconds: float = 10.0, model: Model = MODEL, client: Client | None = None
    ) -> LlmEditor:
        """An editor as a process makes it that starts now."""
        asked = client or ApiClient(model, f"{self.url}/v1", SecretStr(KEY))
        purse = Purse(self.calls, self.clock, model, usd_per_day)
        return LlmEditor(Asker(asked, purse, seconds, self.timer.now), judge_of(self.folder))


@contextmanager
def desk(folder: Path, said: Scripted = GOOD) -> Iterator[Desk]:
    """Lay out the shop, and serve the model for as long as a test lasts."""
    shop = folder / "source"
    shop.mkdir()
    lay(shop)
    answers = [said]
    fake = ScriptedLLM(lambda _: answers[-1])
    engine = connect(f"sqlite:///{folder}/calls.db")
    with in_thread(fake.app()) as url:
        yield Desk(shop, url, fake, engine, answers)
    engine.dispose()
