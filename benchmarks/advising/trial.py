"""One written answer through the product: the real client asks the scripted model, and the editor judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airuntime_backend.adapters.advisor_llm.asker import Asker
from airuntime_backend.adapters.advisor_llm.checks import Judge
from airuntime_backend.adapters.advisor_llm.client import ApiClient
from airuntime_backend.adapters.advisor_llm.editor import LlmEditor
from airuntime_backend.adapters.advisor_llm.files import Files
from airuntime_backend.adapters.advisor_llm.model import Model
from airuntime_backend.adapters.advisor_llm.purse import Purse
from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.adapters.clock import SystemClock
from airuntime_backend.ports import Offer
from pydantic import SecretStr

from .script import Case

MODEL: Final = Model("openai", "gpt-4o-mini")
TOKEN: Final = "operator-token-of-the-shop"  # noqa: S105 - of a shop that there is not
_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Judged:
    """What came of one answer. ``right``: a good one was taken, a bad one refused for the reason that it deserves."""

    name: str
    kind: str
    accepted: bool
    reason: str
    right: bool


class Forgetful:
    """Keeps no answer and no bill, so that every case is asked anew."""

    def answered(self, key: str, model: str, refused_since: float) -> tuple[str, str] | None:  # noqa: ARG002
        """Nothing."""
        return None

    def spent(self, since: float) -> float:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return 0.0

    def begin(self, key: str, model: str, at: float, usd: float, *, since: float, limit: float) -> int:  # noqa: ARG002
        """Any number."""
        return 0

    def end(self, number: int, usd: float, answer: str, refusal: str) -> None:
        """Forget it."""


def judge_of(folder: Path) -> Judge:
    """The judge of the shop."""
    return Judge(Files((folder,)).read, Redactor([TOKEN]))


def tried(case: Case, offers: Mapping[str, Offer], judge: Judge, url: str) -> Judged:
    """Ask for the suggestion's words, and see what was taken of the answer."""
    offer = offers[case.offer]
    client = ApiClient(MODEL, f"{url}/v1", SecretStr("sk-of-the-scripted-model"))
    editor = LlmEditor(Asker(client, Purse(Forgetful(), SystemClock(), MODEL, 1.0), _SECONDS), judge)
    (suggestion,), missing = editor.edit([offer])
    accepted = suggestion.wording is not None
    reason = missing[0].partition(": ")[2].partition("did not word it: ")[2] if missing else ""
    untouched = accepted or suggestion == offer.suggestion
    right = accepted if not case.because else (not accepted and case.because in reason)
    return Judged(case.name, case.kind, accepted, reason, right and untouched)
