"""The catalogue: every primitive with what it does, where it is, what it calls and uses, and how it does now.

It is made from what services say of themselves and from what is measured, each time that it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.suggestion import Tunable

from airuntime_backend.errors import BackendError
from airuntime_backend.manifest import Manifest, Primitive
from airuntime_backend.ports import Libraries, Metrics, Services

from .signals import by_subject
from .tunables import Reported, declared, reported

Link = tuple[str, str]
Query = Callable[[promql.Scope, str], str]

NUMBERS: Final[Mapping[str, Query]] = {
    "calls_per_second": promql.calls_per_second,
    "seconds_mean": promql.seconds_mean,
    "seconds_p95": promql.seconds_p95,
    "self_share": promql.self_share,
    "error_ratio": promql.error_ratio,
}
"""What is told of how a primitive does now; one query each, however many primitives there are."""


@dataclass(frozen=True)
class Used:
    """A library that a primitive uses, with the project's own links."""

    name: str
    version: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Entry:
    """One primitive; a number that nobody measured is missing."""

    service: str
    primitive: Primitive
    libraries: tuple[Used, ...]
    tunables: tuple[Tunable, ...]
    numbers: Mapping[str, float]


class Catalogue:
    """Reads the catalogue: the manifests of the services, the numbers of the metrics, the links of the libraries."""

    def __init__(self, metrics: Metrics, services: Services, libraries: Libraries) -> None:
        self._metrics = metrics
        self._services = services
        self._libraries = libraries

    def read(self, seconds: float, at: float) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
        """Every primitive by service and name, over the ``seconds`` up to ``at``; and what could not be read for it."""
        problems = list[str]()
        numbers = {name: self._numbers(query, seconds, at, problems) for name, query in NUMBERS.items()}
        seen = self._reported(problems)
        links = dict[str, tuple[Link, ...]]()
        entries = [
            entry for manifest in self._services.manifests() for entry in self._entries(manifest, numbers, seen, links)
        ]
        entries.sort(key=lambda one: (one.service, one.primitive.name))
        return tuple(entries), tuple(dict.fromkeys(problems))

    def _numbers(self, query: Query, seconds: float, at: float, problems: list[str]) -> Mapping[Subject, float]:
        if problems:
            return {}  # who did not answer is not asked five times more
        try:
            return by_subject(self._metrics.instant(query(promql.EVERYTHING, f"{max(1, round(seconds))}s"), at))
        except BackendError as error:
            problems.append(error.message)
            return {}

    def _reported(self, problems: list[str]) -> Reported:
        if problems:
            return {}
        try:
            return reported(self._metrics)
        except BackendError as error:
            problems.append(error.message)
            return {}

    def _entries(
        self,
        manifest: Manifest,
        numbers: Mapping[str, Mapping[Subject, float]],
        seen: Reported,
        links: dict[str, tuple[Link, ...]],
    ) -> Iterator[Entry]:
        tunables = declared(manifest, self._services.config(manifest.service), seen)
        for primitive in manifest.primitives:
            subject = Subject(manifest.service, primitive.name, primitive.kind)
            yield Entry(
                manifest.service,
                primitive,
                tuple(self._used(one.name, one.version, links) for one in primitive.libraries),
                tuple(one for one in tunables.values() if one.primitive == primitive.name),
                {name: values[subject] for name, values in numbers.items() if subject in values},
            )

    def _used(self, name: str, version: str, links: dict[str, tuple[Link, ...]]) -> Used:
        if name not in links:
            links[name] = self._libraries.links(name)
        return Used(name, version, links[name])
