"""Words that a person will read beside a button: plain, about the matter, and about nothing that is not there."""

from __future__ import annotations

import re
from typing import Final

from ai_runtime_intelligent.context7.text import plain

from .errors import RefusedError

_MARKUP: Final = re.compile(r"<[^>\s][^>]*>|&#?\w+;|`{3}|!?\[[^\]]*\]\([^)]*\)|javascript:|data:\w+/", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"\b[a-z][a-z+.-]{1,10}://|\bwww\.|\bmailto:|\b[\w-]+\.(?:com|net|org|io|dev|ai|example)\b", re.IGNORECASE
)
_VERDICT: Final = re.compile(
    r"\b(?:guardrails?|verdicts?|(?:was|were|is|are|been|already|be) (?:proven|proved|confirmed|verified|approved|"
    r"guaranteed)|(?:has|have) been (?:applied|tested)|already applied|(?:has|have|already) saved|guarantee[sd]?|"
    r"without (?:any )?(?:risk|review|approval)|risk[- ]free|no (?:risk|review|approval))\b",
    re.IGNORECASE,
)
_ORDER: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override) (?:all|any|the|your|previous|prior|every|these|those)\b|"
    r"\b(?:curl|wget|sudo|chmod|powershell|bash|rm -\w+|pip3? install|npm (?:i|install))\b|"
    r"\b(?:passwords?|api[ _-]?keys?|secret[ _-]?keys?|credentials?|bearer|private keys?|access tokens?|"
    r"operator[ _-]tokens?)\b|"
    r"\b(?:disable|turn off|switch off|bypass|skip|remove)\b[^.]{0,40}\b(?:auth\w*|security|verification|checks?|"
    r"tests?|limits?|bounds?|monitoring|alerts?|logging|tls|rollback)\b|"
    r"\b(?:click|press|approve|apply|accept)\b[^.]{0,20}\b(?:now|immediately|at once|right away|everything|all)\b|"
    r"\burgent\w*|"
    r"\bsystem prompt\b|\bmy instructions\b|\bas an? (?:ai|language model)\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"[\w./-]+\.(?:pyi?|toml|cfg|ini|ya?ml|json|sh|jsx?|tsx?|md|txt|lock)\b|[A-Za-z_]\w+(?:\.[A-Za-z_]\w+)+|"
    r"\b[A-Za-z]+(?:_[A-Za-z0-9]+)+\b|\b[A-Z]?[a-z]+[A-Z]\w+\b|\b\w+(?=\()"
)
_UP: Final = re.compile(r"^\W*(?:raise|increase|extend|lengthen|enlarge|grow|more|double)\b", re.IGNORECASE)
_DOWN: Final = re.compile(r"^\W*(?:lower|reduce|decrease|shorten|shrink|cut|fewer|less|halve|drop)\b", re.IGNORECASE)

_COMMON: Final = frozenset(
    """a about after again all also although an and any are as asked at be because been before but by can do each
    for from get had has have if in instead is it its kept may more most no not of on one only or other out over should
    so than that the their them then there they this to under up was were when which while who will with within would
    """.split()  # noqa: SIM905 - read as a text
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_LEAST_COMMON: Final = 0.2

_CHECKS: Final = (
    (_MARKUP, "holds markup"),
    (_ADDRESS, "holds an address"),
    (_ORDER, "gives orders that have nothing to do with the change"),
    (_VERDICT, "says what only a measurement or a person may say"),
)


def check_words(field: str, text: str, shown: str) -> None:
    """Refuse what is not plain text about what was shown. Raises ``RefusedError``."""
    if plain(text, len(text)) != text:
        raise RefusedError(f"{field} holds characters that cannot be seen")
    if not any(one.isalpha() for one in text):
        raise RefusedError(f"{field} holds no words")
    for pattern, why in _CHECKS:
        if pattern.search(text):
            raise RefusedError(f"{field} {why}")
    name = next((one for one in _NAME.findall(text) if one not in shown), None)
    if name is not None:
        raise RefusedError(f"{field} names {name[:60]!r}, which is not in the evidence")


def check_language(text: str) -> None:
    """Refuse a claim that is not in English, which is what the other checks read. Raises ``RefusedError``."""
    words = [one.lower() for one in _WORD.findall(text)]
    if sum(one in _COMMON for one in words) < _LEAST_COMMON * len(words):
        raise RefusedError("claim is not in English")


def check_way(title: str, *, up: bool) -> None:
    """Refuse a title that begins with the opposite of the change. Raises ``RefusedError``."""
    if (_DOWN if up else _UP).search(title):
        raise RefusedError(f"title says the opposite of the change, which goes {'up' if up else 'down'}")
