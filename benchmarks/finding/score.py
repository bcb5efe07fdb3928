"""The score: precision and recall of findings, the top cause, the time to finding, false suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from .outcome import Outcome

PRECISION: Final = 0.95
RECALL: Final = 0.90
TOP: Final = 0.85


@dataclass(frozen=True)
class Score:
    """What all trials came to. A finding of a service counts once, however often it was repeated."""

    faults: int
    found: int
    right: int
    wrong: int
    top: int
    minutes: tuple[float, ...]
    healthy: int
    healthy_days: float
    false_findings: int
    false_suggestions: int
    beside: int
    """Suggestions, where a fault was planted, that are about something else."""

    @property
    def precision(self) -> float:
        """Share of the findings, those in healthy workloads included, that name what is planted."""
        named = self.right + self.wrong
        return self.right / named if named else 1.0

    @property
    def recall(self) -> float:
        """Share of the faults that were found."""
        return self.found / self.faults if self.faults else 1.0

    @property
    def top_cause(self) -> float:
        """Share of the found faults for which the best finding named a primitive where it truly began."""
        return self.top / self.found if self.found else 1.0

    def missed(self) -> list[str]:
        """The bars that were missed."""
        bars = (
            ("precision", self.precision, PRECISION),
            ("recall", self.recall, RECALL),
            ("top-1 cause", self.top_cause, TOP),
        )
        under = [f"{name} {value:.3f} is below {bar:.2f}" for name, value, bar in bars if value < bar]
        if self.false_suggestions:
            under.append(f"{self.false_suggestions} false suggestions in {self.healthy_days:.1f} healthy days")
        return under


def score(outcomes: Sequence[Outcome]) -> Score:
    """Score the trials."""
    planted = [one for one in outcomes if not one.healthy]
    healthy = [one for one in outcomes if one.healthy]
    found = [one for one in planted if one.minutes is not None]
    return Score(
        faults=len(planted),
        found=len(found),
        right=sum(one.right for each in planted for one in each.named),
        wrong=sum(len(one.wrong()) for one in outcomes),
        top=sum(one.top_right for one in found),
        minutes=tuple(one.minutes for one in found if one.minutes is not None),
        healthy=len(healthy),
        healthy_days=sum(one.hours for one in healthy) / 24,
        false_findings=sum(len(one.named) for one in healthy),
        false_suggestions=sum(one.false_suggestions for one in healthy),
        beside=sum(one.false_suggestions for one in planted),
    )


def show(title: str, outcomes: Sequence[Outcome], result: Score) -> None:
    """Print the tables."""
    print(f"\n{title}: {result.faults} faults, {result.healthy} healthy workloads ({result.healthy_days:.1f} days)")
    print(f"  {'precision of findings':<40}{result.precision:>8.3f}   (bar {PRECISION:.2f})")
    print(f"  {'recall of faults':<40}{result.recall:>8.3f}   (bar {RECALL:.2f})")
    print(f"  {'top-1 cause':<40}{result.top_cause:>8.3f}   (bar {TOP:.2f})")
    if result.minutes:
        late = max(result.minutes)
        print(f"  {'minutes to finding, median / most':<40}{median(result.minutes):>8.0f} / {late:.0f}")
    a_day = result.false_suggestions / result.healthy_days if result.healthy_days else 0.0
    print(f"  {'false suggestions a healthy day':<40}{a_day:>8.3f}   (bar 0)")
    print(f"  {'findings right / wrong':<40}{result.right:>8} / {result.wrong}")
    print(f"  {'findings in healthy workloads':<40}{result.false_findings:>8}")
    print(f"  {'suggestions beside the fault':<40}{result.beside:>8}")
    _show_faults(outcomes)


def _show_faults(outcomes: Sequence[Outcome]) -> None:
    """One row for each kind of fault, and what was wrong elsewhere."""
    print(f"\n  {'planted':<20}{'found':>9}{'minutes':>9}  named first as the cause")
    for name in dict.fromkeys(one.workload for one in outcomes if not one.healthy):
        alike = [one for one in outcomes if one.workload == name]
        minutes = [one.minutes for one in alike if one.minutes is not None]
        late = f"{median(minutes):.0f}" if minutes else "-"
        tops = Counter(one.top for one in alike if one.top)
        told = ", ".join(f"{top} ({times})" for top, times in tops.most_common())
        print(f"  {name:<20}{f'{len(minutes)} of {len(alike)}':>9}{late:>9}  {told}")
    for one in outcomes:
        for each in one.wrong():
            cause = f", begun in {each.cause}" if each.cause != each.primitive else ""
            where = f"{each.finding} of {each.primitive}{cause}"
            print(f"  wrong in {one.workload!r}: {where} ({each.minutes:.0f} minutes)")
