"""The score: precision and recall of findings, the top cause, the time to finding, false suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from .trial import Said

PRECISION: Final = 0.95
RECALL: Final = 0.90
TOP: Final = 0.85


@dataclass(frozen=True)
class Score:
    """What all trials came to. A finding counts once, however often it was repeated."""

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

    @property
    def precision(self) -> float:
        """Share of the findings that name what is planted."""
        named = self.right + self.wrong
        return self.right / named if named else 1.0

    @property
    def recall(self) -> float:
        """Share of the faults that were found."""
        return self.found / self.faults if self.faults else 1.0

    @property
    def top_cause(self) -> float:
        """Share of the found faults whose first finding was about the planted primitive."""
        return self.top / self.found if self.found else 1.0

    def missed(self) -> list[str]:
        """The bars that were missed."""
        bars = (
            ("precision", self.precision, PRECISION),
            ("recall", self.recall, RECALL),
            ("top-1 cause", self.top_cause, TOP),
        )
        under = [f"{name} {value:.2f} is below {bar:.2f}" for name, value, bar in bars if value < bar]
        if self.false_suggestions:
            under.append(f"{self.false_suggestions} false suggestions in {self.healthy_days:.1f} healthy days")
        return under


def score(said: Sequence[Said], hours: float) -> Score:
    """Score the trials of workloads that were each looked at for so many hours."""
    planted = [one for one in said if not one.workload.healthy]
    healthy = [one for one in said if one.workload.healthy]
    found = [one for one in planted if one.found_at is not None]
    return Score(
        faults=len(planted),
        found=len(found),
        right=sum(one.right(*key) for one in planted for key in one.first),
        wrong=sum(len(one.wrong()) for one in said),
        top=sum(one.top is not None and one.right(*one.top) for one in found),
        minutes=tuple((one.found_at - one.workload.since) / 60 for one in found if one.found_at is not None),
        healthy=len(healthy),
        healthy_days=len(healthy) * hours / 24,
        false_findings=sum(len(one.first) for one in healthy),
        false_suggestions=sum(one.suggestions for one in healthy),
    )


def show(title: str, said: Sequence[Said], result: Score) -> None:
    """Print the tables."""
    print(f"\n{title}: {result.faults} faults, {result.healthy} healthy workloads ({result.healthy_days:.1f} days)")
    print(f"  {'precision of findings':<34}{result.precision:>8.2f}   (bar {PRECISION:.2f})")
    print(f"  {'recall of faults':<34}{result.recall:>8.2f}   (bar {RECALL:.2f})")
    print(f"  {'top-1 cause':<34}{result.top_cause:>8.2f}   (bar {TOP:.2f})")
    if result.minutes:
        late = max(result.minutes)
        print(f"  {'minutes to finding, median / most':<34}{median(result.minutes):>8.0f} / {late:.0f}")
    a_day = result.false_suggestions / result.healthy_days if result.healthy_days else 0.0
    print(f"  {'false suggestions a healthy day':<34}{a_day:>8.2f}   (bar 0)")
    print(f"  {'findings in healthy workloads':<34}{result.false_findings:>8}")
    show_faults(said)


def show_faults(said: Sequence[Said]) -> None:
    """One row for each fault, and what was wrong elsewhere."""
    print(f"\n  {'planted':<20}{'minutes':>9}  named first")
    for one in said:
        if not one.workload.healthy:
            minutes = "missed" if one.found_at is None else f"{(one.found_at - one.workload.since) / 60:.0f}"
            top = " ".join(one.top) if one.top else ""
            print(f"  {one.workload.name:<20}{minutes:>9}  {top}")
    wrong = Counter((one.workload.name, *key) for one in said for key in one.wrong())
    for (name, primitive, finding), times in sorted(wrong.items()):
        print(f"  wrong in {name!r}: {finding} of {primitive}" + (f" ({times} times)" if times > 1 else ""))
