"""Diffs that rules make: deterministic, of the syntax tree, and held to the checks of any other patch."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.context7.source.roots import Place, Roots
from ai_runtime_intelligent.flow.suggestion import Diff, Suggestion

from airuntime_backend.adapters.advisor_llm.code import check_code
from airuntime_backend.adapters.advisor_llm.errors import RefusedError
from airuntime_backend.adapters.advisor_llm.lines import lines_of
from airuntime_backend.adapters.advisor_llm.patch import patched
from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.adapters.rules.together import AT_ONCE, limit_of
from airuntime_backend.manifest import Primitive
from airuntime_backend.patch_ports import Draft
from airuntime_backend.ports import Case

from .declared import with_value
from .together import UnsafeError, callee_at, gathered

_log = logging.getLogger(__name__)
_TOGETHER: Final = (
    "The results keep their order, and at most {at_once} calls run at once for one call of {caller}. On an error the "
    "first to fail is raised, as before; but the others have begun by then, go on to their end, and their results are "
    "dropped, where until now they were never begun."
)
"""What the rewriting means for the program: it belongs to the claim that a person decides on."""


class RuleDrafter:
    """Writes a suggestion's value into the source that declares it, or lets the calls of a caller run together."""

    def __init__(self, folders: Iterable[Path], redact: Redactor) -> None:
        self._roots = Roots(folder for folder in folders if folder.is_dir())
        self._redact = redact

    def draft(self, case: Case, suggestion: Suggestion) -> Draft:
        """A diff of the file that declares the primitive, or of its caller's where nothing is to be set.

        There is none when the file is not there, or no change of it is safe.
        """
        try:
            return self._declared(case, suggestion) if suggestion.step else self._together(case, suggestion)
        except UnsafeError as error:
            _log.info("rule %s makes no patch for %s: %s", suggestion.rule, case.primitive.name, error.reason)
            return Draft(None, error.reason)

    def _declared(self, case: Case, suggestion: Suggestion) -> Draft:
        place, before = self._read(case.primitive)
        after = with_value(before, suggestion)
        if after is None or before == after:
            raise UnsafeError("the value is not declared in one place, or not as a plain value")
        return Draft(self._diff(place, before, after, case.primitive, suggestion))

    def _together(self, case: Case, suggestion: Suggestion) -> Draft:
        caller = next((one for one in case.callers if one.name == suggestion.subject.primitive), None)
        if caller is None:
            raise UnsafeError("its caller is not known")
        (theirs, source), (place, before) = self._read(case.primitive), self._read(caller)
        here, at_once = theirs.path == place.path, limit_of(case.tunables) or AT_ONCE
        callee = callee_at(case.primitive.name, theirs.shown, source, case.primitive.line)
        after = gathered(before, caller.line, callee, here=here, at_once=at_once)
        told = _TOGETHER.format(caller=caller.name, at_once=at_once)
        return Draft(self._diff(place, before, after, caller, suggestion), told)

    def _read(self, primitive: Primitive) -> tuple[Place, str]:
        place = self._roots.find(primitive.file) if primitive.file else None
        if place is None:
            raise UnsafeError(f"the source of {primitive.name} is not in the source folders")
        try:
            return place, place.path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise UnsafeError(f"the source of {primitive.name} cannot be read") from None

    def _diff(self, place: Place, before: str, after: str, primitive: Primitive, suggestion: Suggestion) -> Diff:
        """The diff, if it passes the checks of any other."""
        text = diff_of(place.shown, before, after)
        try:
            for name, (old, new) in patched(text, {place.shown: before}).items():
                check_code(name, old, new, [one.name for one in primitive.libraries], self._redact)
        except RefusedError as error:
            raise UnsafeError(f"the checks refuse it ({error.reason})") from None
        return Diff(f"rule {suggestion.rule}", text)


def diff_of(name: str, before: str, after: str) -> str:
    """A unified diff of a file."""
    lines = difflib.unified_diff(lines_of(before), lines_of(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
