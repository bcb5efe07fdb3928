"""Numbers in words: each must be one that was measured or decided, in its own unit or an exact conversion of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import floor, log10
from typing import Final

from ai_runtime_intelligent.flow.suggestion import Suggestion, step_of

SMALL: Final = frozenset({0.0, 1.0, 2.0})

_UNITS: Final = {
    "%": ("1", 0.01), "percent": ("1", 0.01),
    "ms": ("s", 0.001), "millisecond": ("s", 0.001), "milliseconds": ("s", 0.001),
    "s": ("s", 1.0), "sec": ("s", 1.0), "secs": ("s", 1.0), "second": ("s", 1.0), "seconds": ("s", 1.0),
    "min": ("s", 60.0), "mins": ("s", 60.0), "minute": ("s", 60.0), "minutes": ("s", 60.0),
    "h": ("s", 3600.0), "hour": ("s", 3600.0), "hours": ("s", 3600.0),
    "day": ("s", 86400.0), "days": ("s", 86400.0), "week": ("s", 604800.0), "weeks": ("s", 604800.0),
    "$": ("USD", 1.0), "usd": ("USD", 1.0), "dollar": ("USD", 1.0), "dollars": ("USD", 1.0),
    "€": ("EUR", 1.0), "eur": ("EUR", 1.0), "euro": ("EUR", 1.0), "euros": ("EUR", 1.0),
    "cent": ("USD", 0.01), "cents": ("USD", 0.01), "¢": ("USD", 0.01),
    "b": ("B", 1.0), "byte": ("B", 1.0), "bytes": ("B", 1.0), "kb": ("B", 1e3), "mb": ("B", 1e6), "gb": ("B", 1e9),
    "token": ("tokens", 1.0), "tokens": ("tokens", 1.0),
    "times": ("x", 1.0), "x": ("x", 1.0), "fold": ("x", 1.0),
}  # fmt: skip
_NUMBER: Final = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)(?P<before>[$€])?\s?(?P<number>\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"(?:[\s-]?(?P<unit>%|¢|€|\$|[A-Za-z]+))?"
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; the unit is empty when the words give none."""

    value: float
    unit: str
    text: str = ""


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text, converted to seconds, shares of 1, USD, bytes."""
    for found in _NUMBER.finditer(text):
        number = float(found["number"].replace(",", ""))
        unit, factor = _UNITS.get((found["before"] or found["unit"] or "").lower(), ("", 1.0))
        text = found.group() if unit else found["number"]
        yield Quantity(number * factor, unit, text.strip())


def known(suggestion: Suggestion, *texts: str) -> tuple[Quantity, ...]:
    """What words about a suggestion may quote: its numbers, and those of the rule's words and the code shown."""
    step, claim, evidence = step_of(suggestion), suggestion.expected, suggestion.evidence
    plain = [(one.value, one.unit) for one in evidence.signals if one.value is not None]
    plain += [(float(one.n), "") for one in evidence.signals]
    plain += [(getattr(claim, name), claim.unit) for name in ("now", "low", "high")]
    ends = (step.before, step.after)
    plain += [(value, step.tunable.unit) for value in ends]
    plain += [(1 - value, unit) for value, unit in plain if unit == "1" and 0 <= value <= 1]
    plain += [
        (value, "x") for value in _ratios(ends) + _ratios((claim.now, claim.low)) + _ratios((claim.now, claim.high))
    ]
    read = [one for text in texts for one in quantities(text)]
    return (*(Quantity(value, unit) for value, unit in plain), *read)


def _ratios(pair: tuple[float, float]) -> list[float]:
    first, second = pair
    return [first / second, second / first] if first and second else []


def unknown(text: str, facts: Iterable[Quantity]) -> str | None:
    """The first number of a text that is none of the facts, as it stands there; None when all are."""
    facts = tuple(facts)
    for one in quantities(text):
        if not (one.unit == "" and one.value in SMALL) and not any(_same(one, fact) for fact in facts):
            return one.text
    return None


def _same(told: Quantity, fact: Quantity) -> bool:
    alike = told.unit in {"", fact.unit} or (told.unit == "x" and fact.unit == "1" and fact.value > 1)
    return alike and abs(told.value - fact.value) <= _second_digit(fact.value)


def _second_digit(value: float) -> float:
    """One unit of a number's second digit: a model is shown two."""
    return 10.0 ** (floor(log10(abs(value))) - 1) * 1.001 if value else 0.0
