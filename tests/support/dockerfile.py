"""The Dockerfile, read as Docker reads it, as far as tests ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

FILE: Final = Path(__file__).resolve().parents[2] / "Dockerfile"
_INSTRUCTION: Final = re.compile(r"^(FROM|COPY|RUN|ENV|USER|WORKDIR|EXPOSE|CMD)\s+(.*)$")


@dataclass(frozen=True)
class Stage:
    """One stage of the Dockerfile: what it stands on, and its instructions in order."""

    name: str
    base: str
    instructions: tuple[tuple[str, str], ...]

    @classmethod
    def all(cls) -> dict[str, Self]:
        """The stages, by name."""
        stages: dict[str, Self] = {}
        for word, rest in _instructions(FILE.read_text(encoding="utf-8").splitlines()):
            if word == "FROM":
                base, _, name = rest.split()
                stages[name] = cls(name, base, ())
            else:
                last = list(stages)[-1]
                stages[last] = cls(last, stages[last].base, (*stages[last].instructions, (word, rest)))
        return stages

    def said(self, word: str) -> list[str]:
        """What follows each instruction of this word."""
        return [rest for instruction, rest in self.instructions if instruction == word]

    @property
    def command(self) -> list[str]:
        """The argv of its CMD."""
        argv: list[str] = json.loads(self.said("CMD")[-1])
        return argv

    def line(self) -> list[Stage]:
        """This stage and those that it stands on, the nearest first."""
        below = self.all().get(self.base)
        return [self, *(below.line() if below else [])]


def _instructions(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Raises ValueError for a line that is none, so that nothing in the file goes unread."""
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _INSTRUCTION.match(line)
        if match is None:
            raise ValueError(f"not an instruction of a Dockerfile that tests know: {line}")
        found.append((match[1], match[2]))
    return found
