"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Guardrail

from airuntime_backend.ports import Case, Question

ERRORS = Guardrail("error_ratio", 0.02, shown="grown")
"""No change may add two failures to a hundred calls.

Where one call in eight fails anyway it takes ten thousand calls to show that, and a good change need not wait for them.
"""

Advise = Callable[[Case], Advice | None]


def nothing_to_set(case: Case) -> Advice | None:  # noqa: ARG001 - the form of an advice
    """The advice of a rule that no tunable answers: what to do is told, and a person does it."""
    return None


@dataclass(frozen=True)
class Rule:
    """One rule: the finding that it answers, what to look up for it, its advice, and what a person may do instead.

    ``needs`` are the measures that it must see. Its documentation is ``docs/rules/<id>.md``. A rule whose ``advise``
    is ``nothing_to_set`` changes nothing: an order to a person has no inverse, and a claim that nobody could hold it
    to would be no suggestion. Its words stay with the finding. ``mend`` is advice for the code: it counts only with a
    patch, whose inverse is a commit.
    """

    id: str
    finding: str
    needs: tuple[str, ...]
    questions: tuple[Question, ...]
    remedy: Callable[[Finding], str]
    advise: Advise = nothing_to_set
    mend: Advise = nothing_to_set

    @property
    def page(self) -> str:
        """Where it is documented, from the root of the project."""
        return f"docs/rules/{self.id}.md"


def measured(finding: Finding, measure: str) -> float | None:
    """The value of one of the finding's signals; None when it was not measured."""
    return next((signal.value for signal in finding.signals if signal.measure == measure), None)


def told(finding: Finding, measure: str, form: str = ".3g") -> str:
    """The value of one of the finding's signals in words."""
    value = measured(finding, measure)
    return "an unknown number" if value is None else format(value, form)


def began(finding: Finding) -> str:
    """Where the trouble began, if that is elsewhere."""
    return f", most likely because of {finding.causes[0]}" if finding.causes else ""
