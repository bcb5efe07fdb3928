"""The index of the user's source: read once, read again where a file changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Final

from ai_runtime_intelligent.context7.installed import Libraries

from .blame import changed_lines
from .reading import read
from .records import Function, Primitive, Source
from .roots import Place, Roots

Progress = Callable[[int, int], None]
"""Told how many files of how many are done."""

_DEEPEST: Final = 5


class SourceIndex:
    """What is known of the files below ``roots``. A file is read again when its time or size changed."""

    def __init__(self, roots: Roots, libraries: Libraries | None = None) -> None:
        self.roots = roots
        self._libraries = libraries or Libraries()
        self._kept: dict[Path, tuple[tuple[int, int], Source]] = {}
        self._lock = Lock()

    def sources(self, progress: Progress = lambda _done, _of: None) -> tuple[Source, ...]:
        """Every file as it is now; what is gone is forgotten."""
        places, found = tuple(self.roots.files()), list[Source]()
        for done, place in enumerate(places):
            progress(done, len(places))
            found.append(self.source(place))
        progress(len(places), len(places))
        with self._lock:
            gone = self._kept.keys() - {place.path for place in places}
            for path in gone:
                del self._kept[path]
        return tuple(found)

    def source(self, place: Place) -> Source:
        """One file as it is now."""
        stamp = _stamp(place.path)
        with self._lock:
            kept = self._kept.get(place.path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        source = read(place, self._libraries)
        with self._lock:
            self._kept[place.path] = stamp, source
        return source

    def aged(self, place: Place) -> Source:
        """One file with the age of each function, which asks git."""
        source, times = self.source(place), changed_lines(place.path)
        if len(times) != len(source.lines):
            return source
        aged = tuple(replace(one, changed=_youngest(times[one.line - 1 : one.end_line])) for one in source.functions)
        return replace(source, functions=aged)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _youngest(times: tuple[float, ...]) -> float | None:
    return None if not times or 0.0 in times else max(times)


def named(sources: Iterable[Source], primitive: str) -> tuple[Source, Primitive, Function | None] | None:
    """Where a primitive of that name stands, and the function that it measures or stands in."""
    for source in sources:
        for one in source.primitives:
            if one.name == primitive:
                wanted = next((found for found in source.functions if found.name == one.function), None)
                return source, one, wanted or source.function_at(one.line)
    return None


def reached(sources: Iterable[Source], source: Source, function: Function) -> tuple[tuple[Source, Function], ...]:
    """The function and what it calls in turn, as far as names lead, five calls deep at most."""
    known = {f"{one.module}.{each.name}": (one, each) for one in sources for each in one.functions}
    found = {f"{source.module}.{function.name}": (source, function)}
    ring = [(source, function)]
    for _ in range(_DEEPEST):
        ring = [
            known[path]
            for here, caller in ring
            for path in _called(here, caller)
            if path in known and path not in found
        ]
        found |= {f"{here.module}.{one.name}": (here, one) for here, one in ring}
    return tuple(found.values())


def _called(source: Source, function: Function) -> list[str]:
    paths = list[str]()
    for call in function.calls:
        inner = call.path.removeprefix("<locals>.")
        paths += [call.path, f"{source.module}.{call.path}", f"{source.module}.{function.name}.<locals>.{inner}"]
        around = function.name.rpartition(".<locals>.")[0]
        paths += [f"{source.module}.{around}.<locals>.{inner}"] if around else []
    return paths
