"""What the commits of a patch say."""

from __future__ import annotations

import textwrap

from ai_runtime_intelligent.context7.text import line
from ai_runtime_intelligent.flow.patch import PatchRun
from ai_runtime_intelligent.flow.suggestion import Suggestion

_TITLE = 72
_WIDTH = 76


def messages(run: PatchRun, suggestion: Suggestion) -> tuple[str, str]:
    """The messages of the patch and of its revert. A run's are the same each time: the commits depend on them."""
    title, claim = line(suggestion.title, 200), line(suggestion.claim, 1_000)
    expected = suggestion.expected
    numbers = f"{expected.measure} is expected to go from {expected.now:.3g} to {expected.low:.3g}..{expected.high:.3g}"
    trailers = (
        f"Suggestion: {suggestion.id}\nRule: {suggestion.rule}\nPatch-By: {line(run.diff.author, 100)}\n"
        f"Asked-By: {line(run.asked_by, 100)}\n"
    )
    why = "\n\n".join(textwrap.fill(text, _WIDTH) for text in (claim, f"{numbers} {expected.unit}."))
    subject = textwrap.shorten(title, _TITLE, placeholder=" ...")
    short = textwrap.shorten(title, _TITLE - len('Revert ""'), placeholder=" ...")
    back = textwrap.fill(f"The code as it was before the patch of {suggestion.id}.", _WIDTH)
    return f"{subject}\n\n{why}\n\n{trailers}", f'Revert "{short}"\n\n{back}\n\nSuggestion: {suggestion.id}\n'
