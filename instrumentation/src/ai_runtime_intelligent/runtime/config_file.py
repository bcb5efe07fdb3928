"""``config.yaml``: the settings of a runtime in a file.

The sections ``apm``, ``context7`` and ``intelligence`` may stand under ``runtime`` or beside it, each in one place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from .settings import BACKENDS, ApmSettings, Context7Settings, IntelligenceSettings, Prices, Settings
from .yaml_file import ConfigFileError, Entry, read_yaml

__all__ = ["ConfigFileError", "read_settings"]

Reader = Callable[[Entry], Any]


def _above_zero(value: float) -> str | None:
    return None if 0 < value < math.inf else "must be above 0"


def _from_one(value: float) -> str | None:
    return None if value >= 1 else "must be from 1"


def _share(value: float) -> str | None:
    return None if 0 < value <= 1 else "must be above 0 and at most 1"


def _port(value: float) -> str | None:
    return None if 0 <= value <= 65535 else "must be a port from 0 to 65535"  # noqa: PLR2004 - the highest there is


def _url(entry: Entry) -> str | None:
    """An address; a wrong one is not shown, for it may hold a password."""
    found = entry.text(secret=True)
    if found is not None and not found.startswith(("http://", "https://")):
        raise entry.wrong("must begin with http:// or https://")
    return found


def _prices(entry: Entry) -> Prices | None:
    """A file, found from the configuration file, or the table itself."""
    from ai_runtime_intelligent.primitives.price_table import read_prices  # noqa: PLC0415 - read only with prices

    if not entry.is_mapping():
        name = entry.text()
        return None if name is None else Path(entry.file).parent / name
    return read_prices(entry)


_APM: Final[Mapping[str, Reader]] = {
    "enabled": Entry.boolean,
    "backend": lambda entry: entry.one_of(BACKENDS),
    "export_to_prometheus": Entry.boolean,
    "vendor_agent": Entry.boolean,
    "metrics_port": lambda entry: entry.whole(_port),
    "prices": _prices,
}
_CONTEXT7: Final[Mapping[str, Reader]] = {
    "enabled": Entry.boolean,
    "api_key": lambda entry: entry.text(secret=True),
    "auto_analyze": Entry.boolean,
}
_INTELLIGENCE: Final[Mapping[str, Reader]] = {
    "auto_optimize": Entry.boolean,
    "learning_rate": lambda entry: entry.number(_share),
    "min_samples": lambda entry: entry.whole(_from_one),
}
_SECTIONS: Final[Mapping[str, Reader]] = {
    "apm": lambda entry: ApmSettings(**_read(entry, _APM)),
    "context7": lambda entry: Context7Settings(**_read(entry, _CONTEXT7)),
    "intelligence": lambda entry: IntelligenceSettings(**_read(entry, _INTELLIGENCE)),
}
_RUNTIME: Final[Mapping[str, Reader]] = {
    "service_name": Entry.text,
    "backend_url": _url,
    "service_token": lambda entry: entry.text(secret=True),
    "poll_seconds": lambda entry: entry.number(_above_zero),
    **_SECTIONS,
}


def read_settings(path: str | Path) -> Settings:
    """The settings in the YAML file at ``path``; ``${NAME}`` and ``${NAME:-default}`` are read from the environment.

    Raises OSError when the file cannot be read; ConfigFileError, naming file, line and key, for an unknown key, a value
    of the wrong type or out of range, a section in two places, and a variable that is not set and has no default.
    """
    top = _known(read_yaml(Path(path)), {"runtime": None, **_SECTIONS})
    inner = _known(top.pop("runtime"), _RUNTIME) if "runtime" in top else {}
    for name in top.keys() & inner.keys():
        raise top[name].wrong(f"is given twice, first on line {inner[name].line}")
    return Settings(**{name: _RUNTIME[name](entry) for name, entry in {**inner, **top}.items()})


def _read(section: Entry, readers: Mapping[str, Reader]) -> dict[str, Any]:
    return {name: readers[name](entry) for name, entry in _known(section, readers).items()}


def _known(section: Entry, names: Mapping[str, object]) -> dict[str, Entry]:
    """The members of ``section``. Raises ConfigFileError for one that is not among ``names``."""
    members = section.members()
    for name, entry in members.items():
        if name not in names:
            raise entry.wrong(f"is unknown; known are {', '.join(names)}")
    return members
