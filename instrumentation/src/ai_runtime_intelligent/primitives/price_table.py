"""The user's own prices of models, which go before those of the genai-prices package."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.quiet import log_once

if TYPE_CHECKING:
    from ai_runtime_intelligent.runtime.settings import Prices
    from ai_runtime_intelligent.runtime.yaml_file import Entry

PRICED: Final = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
"""What can have a price, in USD per million tokens. What has none costs what its wider sort does: a token that is read
from the cache or written to it is an input token, one that is kept there for an hour is a written one."""

Table = Mapping[str, Mapping[str, float]]


class PriceTable:
    """Prices by model. A name may hold ``*`` and ``?``; the longest name that fits is taken, an exact one first."""

    def __init__(self, table: Table) -> None:
        self._exact = {name.lower(): dict(prices) for name, prices in table.items()}
        patterns = [name for name in self._exact if "*" in name or "?" in name]
        self._patterns = sorted(patterns, key=len, reverse=True)

    def of(self, model: str) -> Mapping[str, float] | None:
        """The prices of ``model``, or None when the table has none for it."""
        wanted = model.lower()
        if wanted in self._exact:
            return self._exact[wanted]
        found = next((pattern for pattern in self._patterns if fnmatchcase(wanted, pattern)), None)
        return None if found is None else self._exact[found]


def price_table(prices: Prices | None) -> PriceTable:
    """The table in ``prices``: a YAML or JSON file, or a mapping of model -> what -> USD per million tokens.

    Raises OSError when the file cannot be read; ValueError or TypeError, naming model, field and value, for what is no
    price.
    """
    if prices is None:
        return PriceTable({})
    if isinstance(prices, Mapping):
        return PriceTable({model: _checked(model, given) for model, given in prices.items()})
    from ai_runtime_intelligent.runtime.yaml_file import read_yaml  # noqa: PLC0415 - read only with a file

    return PriceTable(read_prices(read_yaml(Path(prices))))


def prices_of_environment() -> PriceTable:
    """The table in the file that ``AIRUNTIME_PRICES`` names; a wrong one is told, and stops nobody."""
    try:
        return price_table(os.environ.get(env.PRICES.name) or None)
    except (OSError, ValueError) as error:
        log_once(f"env:{env.PRICES.name}", "%s: %s; these prices are not used", env.PRICES.name, error)
        return PriceTable({})


def read_prices(entry: Entry) -> dict[str, dict[str, float]]:
    """The table that stands under ``entry``. Raises ConfigFileError, naming file, line, key and value."""
    return {model: _read(prices) for model, prices in entry.members().items()}


def _read(entry: Entry) -> dict[str, float]:
    members = entry.members()
    for name, member in members.items():
        if name not in PRICED:
            raise member.wrong(f"is unknown; known are {', '.join(PRICED)}")
    if "input" not in members:
        raise entry.wrong("needs a price for input")
    return {name: member.number(_problem) for name, member in members.items()}


def _checked(model: str, prices: object) -> dict[str, float]:
    place = f"prices[{model!r}]"
    if not isinstance(prices, Mapping):
        raise TypeError(f"{place} must be a mapping of USD per million tokens, got {prices!r}")
    for name, value in prices.items():
        if name not in PRICED:
            raise ValueError(f"{place} has an unknown field {name!r}; known are {', '.join(PRICED)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or _problem(value):
            raise ValueError(f"{place}[{name!r}] must be USD per million tokens from 0, got {value!r}")
    if "input" not in prices:
        raise ValueError(f"{place} needs a price for 'input'")
    return dict(prices)


def _problem(value: float) -> str | None:
    return None if 0 <= value < math.inf else "must be USD per million tokens from 0"
