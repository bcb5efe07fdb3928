"""The environment of whoever runs the tests stays out of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

import pytest
from ai_runtime_intelligent.contract import env

_NAMES: Final = frozenset(variable.name for variable in env.VARIABLES)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset every variable that the product reads."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)


def clean(**given: str) -> Mapping[str, str]:
    """The environment of a process: this one's, without settings of the product but those that are given."""
    return {name: value for name, value in os.environ.items() if name not in _NAMES} | given
