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
    shared = (f'__name__=~"{names[1]}"', 'service=""', *matchers)
    named = _with_model(window, *shared, 'service_name!=""', f'service_name=~"{service}"')
    scraped = _with_model(window, *shared, 'service_name=""', f'job=~"{service}"')
    found = f"{_copied(named, 'service_name', 'service')} or {_copied(scraped, 'job', 'service')}"
    return f'label_replace({found}, "gen_ai_token_type", "output", "gen_ai_token_type", "completion")'


def _with_model(window: str, *matchers: str) -> str:
    """The rate of a selection, with the model that answered where the one that was asked for is not named."""
    selection = ",".join(matchers)
    named = f'rate({{{selection},{MODEL}!=""}}[{window}])'
    unnamed = f'rate({{{selection},{MODEL}=""}}[{window}])'
    return f"({named} or {_copied(unnamed, 'gen_ai_response_model', MODEL)})"


def _copied(vector: str, source: str, target: str) -> str:
    """``vector`` with the label ``source`` as ``target`` too, without a ``$1``, which Grafana would read."""
    return f'label_join({vector}, "{target}", "", "{source}")'


def everybodys(names: tuple[str, str], service: str, window: str) -> str:
    """The rate of all, ours first."""
    return f"({ours(names, service, window)} or on (service, {MODEL}) {others(names, service, window)})"
