"""PromQL over OpenTelemetry's gen_ai metrics, whoever emits them.

Ours carry the label ``service``. Those of other instrumentations do not: their service is ``service_name``, where the
resource was made into labels, else the ``job`` that scraped or pushed. Their names may end in the unit that they give
to tokens, and some name only the model that answered. Where the same model of a service has both, ours count alone:
both measured the same calls.
"""

from __future__ import annotations

from typing import Final

from . import metrics

MODEL: Final = "gen_ai_request_model"
"""The label that names the model in every query."""

TOKENS: Final = (f"{metrics.TOKEN_USAGE.name}_sum", f"{metrics.TOKEN_USAGE.name}(_tokens?)?_sum")
"""Tokens used: our name, and a regular expression for everybody's."""


def operations(part: str) -> tuple[str, str]:
    """Operations: our name and everybody's, for the ``part`` of the histogram (``count``, ``sum`` or ``bucket``)."""
    name = f"{metrics.OPERATION_DURATION.name}_{part}"
    return name, name.replace("_seconds_", "(_seconds)?_")


def ours(names: tuple[str, str], service: str, window: str) -> str:
    """The rate of what our instrumentation emitted, ``service`` being a regular expression."""
    return f'rate({names[0]}{{service!="",service=~"{service}"}}[{window}])'


def others(names: tuple[str, str], service: str, window: str, *matchers: str) -> str:
    """The rate of what others emitted, with ``service`` and the model in the labels that ours have."""
    name = f'__name__=~"{names[1]}"'
    named = ",".join((name, 'service=""', f'service_name!="",service_name=~"{service}"', *matchers))
    scraped = ",".join((name, 'service=""', f'service_name="",job=~"{service}"', *matchers))
    rates = f"(rate({{{named}}}[{window}]) or rate({{{scraped}}}[{window}]))"
    typed = f'label_replace({rates}, "gen_ai_token_type", "output", "gen_ai_token_type", "completion")'
    return _first(_first(typed, "service", "service_name", "job"), MODEL, MODEL, "gen_ai_response_model")


def everybodys(names: tuple[str, str], service: str, window: str) -> str:
    """The rate of all, ours first."""
    return f"({ours(names, service, window)} or on (service, {MODEL}) {others(names, service, window)})"


def _first(vector: str, target: str, *sources: str) -> str:
    """``vector`` with the first of the labels ``sources`` that is not empty as ``target``."""
    labels = ", ".join(f'"{source}"' for source in sources)
    joined = f'label_join({vector}, "{target}", ";", {labels})'
    return f'label_replace({joined}, "{target}", "$1", "{target}", ";*([^;]*).*")'
