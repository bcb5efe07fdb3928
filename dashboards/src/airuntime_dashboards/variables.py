"""The choices at the top of each dashboard: which services, which primitives."""

from __future__ import annotations

from typing import Final

from grafanalib.core import Template, Templating

from . import config

ALL: Final = ".*"
"""What "All" stands for: a regular expression, so that it costs one matcher however many there are."""

_ON_LOAD: Final = 1
"""Names seldom change, and there may be tens of thousands: they are not asked for at each refresh."""


_OF_SERVICE: Final = {"query": "primitives", "service": "${service:pipe}"}
"""Names of primitives are only worth choosing from when they are those of the services that are chosen."""


def _choice(name: str, label: str, query: object) -> Template:
    variable = Template(
        name=name,
        label=label,
        query=query,
        dataSource=dict(config.DATASOURCE),
        includeAll=True,
        multi=True,
        allValue=ALL,
        refresh=_ON_LOAD,
        regex="",
    )
    variable._current = {"selected": True, "text": ["All"], "value": ["$__all"]}  # noqa: SLF001 - no other way to start with "All"
    return variable


def templating() -> Templating:
    """The variables that every dashboard has, so that links between them keep the choice."""
    return Templating(list=[_choice("service", "Service", "services"), _choice("primitive", "Primitive", _OF_SERVICE)])
