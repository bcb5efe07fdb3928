"""A Prometheus in memory: it holds what was scraped and answers the few forms of query that a rollout asks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final

from airuntime_backend.errors import UpstreamError
from airuntime_backend.ports import Sample, Series

Labels = frozenset[tuple[str, str]]

STALE_SECONDS: Final = 300.0
"""How long the last sample of a series stands for the present, unless its target is gone."""

_FORM: Final = re.compile(r"(?:(\w+)\()?(\w*)\{(.*)\}(?:\[(\d+)s\]\))?( > 0)?")
_MATCHER: Final = re.compile(r'(\w+)(=~|=)"((?:[^"\\]|\\.)*)"')


@dataclass
class Scraped:
    """Samples by series. ``down`` lets every question fail."""

    held: dict[Labels, tuple[list[float], list[float]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Instances that are no targets any more: their series end at once."""
    down: bool = False
    _found: dict[tuple[str, str], tuple[int, list[Labels]]] = field(default_factory=dict, repr=False)

    def scrape(self, at: float, name: str, value: float, labels: Mapping[str, str]) -> None:
        """Keep one sample."""
        times, values = self.held.setdefault(frozenset({"__name__": name, **labels}.items()), ([], []))
        times.append(at)
        values.append(value)

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """The last values, those within a window, or the number of resets within one."""
        function, selected, window = self._parsed(query)
        now = float("inf") if at is None else at
        return tuple(self._instant(function, selected, window, now))

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """The same at every step."""
        found: dict[Labels, list[tuple[float, float]]] = {}
        for index in range(int((end - start) // step) + 1):
            at = start + index * step
            for sample in self.instant(query, at):
                found.setdefault(frozenset(sample.labels.items()), []).append((at, sample.value))
        return tuple(Series(dict(labels), tuple(points)) for labels, points in found.items())

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples themselves."""
        _, selected, _ = self._parsed(selector)
        found = ((labels, _between(*self.held[labels], start, end)) for labels in selected)
        return tuple(Series(dict(labels), tuple(points)) for labels, points in found if points)

    def _parsed(self, query: str) -> tuple[str | None, list[Labels], float]:
        if self.down:
            raise UpstreamError("Prometheus cannot be reached: check that it runs")
        form = _FORM.fullmatch(query)
        if form is None:
            raise ValueError(f"a query of another form than a rollout asks: {query}")
        function, name, matchers, window, _ = form.groups()
        return function, self._selected(name, matchers), float(window or 0)

    def _selected(self, name: str, matchers: str) -> list[Labels]:
        """The series that fit; series are never taken away, so only new ones are asked."""
        asked, found = self._found.get((name, matchers), (0, []))
        if asked < len(self.held):
            wanted = _MATCHER.findall(matchers) + ([("__name__", "=", name)] if name else [])
            found = found + [one for one in islice(self.held, asked, None) if _fits(dict(one), wanted)]
            self._found[name, matchers] = len(self.held), found
        return found

    def _instant(self, function: str | None, selected: list[Labels], window: float, now: float) -> Iterator[Sample]:
        for labels in selected:
            named = dict(labels)
            if function is None:
                times, values = self.held[labels]
                fresh = named.get("instance") not in self.gone and (now == float("inf") or _fresh(times, now))
                if fresh:
                    yield Sample(named, values[bisect_right(times, now) - 1])
                continue
            if function == "last_over_time":
                times, values = self.held[labels]
                index = bisect_right(times, now)
                if index and times[index - 1] > now - window:
                    yield Sample(named, values[index - 1])
                continue
            points = _between(*self.held[labels], now - window, now)
            resets = sum(two[1] < one[1] for one, two in pairwise(points))
            if resets:
                del named["__name__"]
                yield Sample(named, float(resets))


def _fresh(times: list[float], now: float) -> bool:
    index = bisect_right(times, now)
    return index > 0 and now - times[index - 1] < STALE_SECONDS


def _between(times: list[float], values: list[float], start: float, end: float) -> list[tuple[float, float]]:
    low, high = bisect_right(times, start), bisect_right(times, end)
    return list(zip(times[low:high], values[low:high], strict=True))


def _fits(labels: Mapping[str, str], wanted: list[tuple[str, str, str]]) -> bool:
    return all(
        re.fullmatch(value, labels.get(name, "")) is not None if kind == "=~" else labels.get(name, "") == value
        for name, kind, value in wanted
    )
