"""What the tortured service is: two primitives with a tunable each, one dealt call by call, one by time blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.contract.kinds import TunableScope
from ai_runtime_intelligent.flow.evidence import CodeSnippet, gather
from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.signal import Signal, Subject, Window
from ai_runtime_intelligent.flow.suggestion import Expected, Guardrail, Suggestion, Tunable

SERVICE: Final = "tortured"
OLD, GOOD, NULL, HARMFUL = 1.0, 2.0, 3.0, 4.0
VALUES: Final = (OLD, GOOD, NULL, HARMFUL)
QUALITY: Final = {OLD: 0.5, GOOD: 0.8, NULL: 0.5, HARMFUL: 0.8}
"""Mean score of an answer, by the value that its call obeys."""
FAILING: Final = 0.4
"""Share of the calls that fail with the harmful value."""
LOWEST, HIGHEST = 0.0, 9.0


@dataclass(frozen=True)
class Knob:
    """A primitive and its tunable."""

    primitive: str
    scope: TunableScope

    @property
    def tunable(self) -> str:
        """Its full name."""
        return f"{self.primitive}.size"

    @property
    def subject(self) -> Subject:
        """Whom a suggestion is about."""
        return Subject(SERVICE, self.primitive, "function")


KNOBS: Final = (Knob("ask", "call"), Knob("turn", "process"))


def suggestion(knob: Knob, name: str, value: float, at: float) -> Suggestion:
    """To try this value instead of the old one, which is claimed to give better answers."""
    signal = Signal(knob.subject, "quality_mean", "1", "measured", QUALITY[OLD], 1000, Window(at - 60, at), "query")
    finding = Finding(f"finding_{name}", knob.subject, "poor", 0.5, 0.9, "its answers are poor", (signal,))
    return Suggestion(
        id=f"suggestion_{name}",
        subject=knob.subject,
        rule="poor",
        tunable=Tunable(knob.tunable, knob.primitive, "float", OLD, OLD, LOWEST, HIGHEST, "1", "its size"),
        from_value=OLD,
        to_value=value,
        title="Let it be larger",
        claim="Answers are better then.",
        expected=Expected("quality_mean", "1", "higher", QUALITY[OLD], 0.6, 0.9),
        guardrails=(Guardrail("error_ratio", 0.05),),
        risk="low",
        evidence=gather(finding, [CodeSnippet("shop.py", 1, 1, "ask()")], []),
    )
