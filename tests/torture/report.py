"""The report: who died in which phase of a rollout, how rollouts ended, and what was audited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ai_runtime_intelligent.contract.kinds import PHASES

Kills = Counter[tuple[str, str]]
"""How often who was killed, by who and the phase in which a rollout stood."""

Say = Callable[[str], None]
"""Takes one line of progress, which the next one overwrites."""


@dataclass(frozen=True)
class Report:
    """What one torture came to. It ended well: what an audit finds is raised."""

    of: str
    killed: int
    kills: Kills
    ends: Counter[str]
    numbers: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        by: dict[str, dict[str, int]] = {}
        for (who, phase), count in sorted(self.kills.items()):
            by.setdefault(who, {})[phase] = count
        numbers = {name.replace(" ", "_"): value for name, value in self.numbers.items()}
        return {"killed": self.killed, "by_phase": by, "ends": dict(sorted(self.ends.items())), **numbers}

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        phases = [one for one in ("open", *PHASES) if any(phase == one for _, phase in self.kills)]
        yield f"{self.of}: {self.killed} killed"
        yield f"  {'killed':<12}" + "".join(f"{phase:>12}" for phase in phases)
        for who in sorted({who for who, _ in self.kills}):
            yield f"  {who:<12}" + "".join(f"{self.kills[who, phase]:>12}" for phase in phases)
        yield "  ends: " + ", ".join(f"{count} {name}" for name, count in sorted(self.ends.items()))
        yield "  " + ", ".join(f"{value:g} {name}" for name, value in self.numbers.items())
