"""The written answers: which there are, and what the scripted model says for each."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from airuntime_demo.scripted_llm import Scripted

DATA: Final = Path(__file__).with_name("answers.yaml")


@dataclass(frozen=True)
class Case:
    """One written answer: to which suggestion, what is said, and of what the reason of its refusal must speak.

    A good answer has no ``because``.
    """

    name: str
    kind: str
    offer: str
    said: Scripted
    because: str


def cases(path: Path = DATA) -> tuple[Case, ...]:
    """All of them, the good ones first."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_case(data["base"], one) for one in (*data["good"], *data["bad"]))


def _case(base: dict[str, Any], one: dict[str, Any]) -> Case:
    return Case(one["name"], one.get("kind", "good"), one["offer"], _said(base, one), one.get("because", ""))


def _said(base: dict[str, Any], one: dict[str, Any]) -> Scripted:
    if "text" in one:
        return Scripted(text=one["text"])
    if "arguments" in one:
        return Scripted(arguments=one["arguments"], tool=one.get("tool"))
    answer = copy.deepcopy(base[one["offer"]])
    for path, value in one.get("set", {}).items():
        _put(answer, path.split("."), value)
    for name in one.get("drop", ()):
        del answer[name]
    if "repeat" in one:
        answer[one["repeat"]["field"]] *= one["repeat"]["times"]
    answer.update({"patch": one["patch"]} if "patch" in one else {})
    return Scripted(arguments=json.dumps(answer))


def _put(answer: dict[str, Any], path: list[str], value: object) -> None:
    *above, last = path
    for name in above:
        answer = answer[name]
    answer[last] = value
