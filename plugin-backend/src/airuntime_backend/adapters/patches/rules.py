"""Diffs that rules make: deterministic, of the syntax tree, and held to the checks of any other patch."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable
from pathlib import Path

from ai_runtime_intelligent.context7.source.roots import Place, Roots
from ai_runtime_intelligent.flow.suggestion import Diff, Suggestion

from airuntime_backend.adapters.advisor_llm.code import check_code
from airuntime_backend.adapters.advisor_llm.errors import RefusedError
from airuntime_backend.adapters.advisor_llm.patch import patched
from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.ports import Case

from .declared import with_value

_log = logging.getLogger(__name__)


class RuleDrafter:
    """Writes a suggestion's value into the source that declares it."""

    def __init__(self, folders: Iterable[Path], redact: Redactor) -> None:
        self._roots = Roots(folder for folder in folders if folder.is_dir())
        self._redact = redact

    def draft(self, case: Case, suggestion: Suggestion) -> Diff | None:
        """A diff of the file that declares the primitive; None when it is not there, or no change of it is safe."""
        place = self._roots.find(case.primitive.file) if case.primitive.file else None
        before = _read(place) if place else None
        after = None if before is None else with_value(before, suggestion)
        if place is None or before is None or after is None or before == after:
            return None
        text = _diff(place.shown, before, after)
        try:
            for name, (old, new) in patched(text, {place.shown: before}).items():
                check_code(name, old, new, [one.name for one in case.primitive.libraries], self._redact)
        except RefusedError as error:
            _log.info("the patch of rule %s for %s is not offered: %s", suggestion.rule, place.shown, error.reason)
            return None
        return Diff(f"rule {suggestion.rule}", text)


def _read(place: Place) -> str | None:
    try:
        return place.path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _diff(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
