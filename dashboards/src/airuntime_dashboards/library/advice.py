"""What was found, what to do about it, and what supports that."""

from __future__ import annotations

from typing import Any

from ai_runtime_intelligent.contract import names

from airuntime_dashboards import actions, columns, config, panels, queries, style

_NO_ANALYSIS = "No analysis yet: the first comes within a minute of the first calls"


def open_findings() -> Any:
    """Whether something is wasteful."""
    return panels.stat(
        queries.open_findings(),
        title="Open findings",
        description="Bottlenecks and wastes that the last analysis found. The table of findings names them, or says "
        "why there is none.",
        unit="none",
        no_data="None on record",
        steps=config.FINDINGS,
        decimals=0,
        links=actions.open_dashboard("code", names.DASHBOARD_UIDS["code"]),
    )


def open_suggestions() -> Any:
    """Whether a decision waits."""
    return panels.stat(
        queries.open_suggestions(),
        title="Open suggestions",
        description="Suggestions that wait for someone to apply or dismiss them.",
        unit="none",
        no_data="None on record",
        steps=config.SUGGESTIONS,
        decimals=0,
    )


def findings() -> Any:
    """What is wasteful, or why nothing is."""
    return panels.table(
        queries.findings(),
        title="Findings",
        description="What the last analysis found in each primitive, how much of its work is wasted (score) and how "
        "sure that is. Checks that found nothing say why.",
        no_data=_NO_ANALYSIS,
        sort_by="Score",
        links=actions.open_dashboard("code", names.DASHBOARD_UIDS["code"]),
        columns=[
            columns.word("state", "State", style.STATE_COLOURS, width=80),
            columns.bar("score", "Score", unit="percentunit", steps=config.SCORE, width=110),
            columns.text("finding", "Finding", width=150),
            columns.text("service", "Service", width=130),
            columns.text("primitive", "Primitive", width=120),
            columns.hidden("kind"),
            columns.text("summary", "Summary", wrap=True),
            columns.number("confidence", "How sure", unit="percentunit", width=90, decimals=0),
            columns.link("suggestion", "Suggestion", actions.open_suggestion("suggestion")),
            columns.text("causes", "Caused by", width=130),
            columns.text("what_to_do", "What to do", wrap=True),
            columns.hidden("time"),
        ],
    )


def _suggestion_columns(*beside: columns.Override) -> list[columns.Override]:
    return [
        columns.word("status", "Status", style.STATUS_COLOURS, width=100),
        columns.text("title", "Suggestion", wrap=True, links=actions.open_suggestion("id")),
        *beside,
        columns.text("service", "Service", width=150),
        columns.text("primitive", "Primitive", width=130),
        columns.text("tunable", "Tunable", width=220),
        columns.number("from", "From", unit="none", width=80),
        columns.number("to", "To", unit="none", width=80),
        columns.text("expected", "Expected effect", wrap=True, width=240),
        columns.word("risk", "Risk", style.RISK_COLOURS, width=80),
        columns.hidden("id"),
        columns.hidden("revision"),
    ]


def suggestions() -> Any:
    """What to change, with the button that does."""
    return panels.table(
        queries.open_suggestion_rows(),
        title="Suggestions",
        description="What to change, and the effect to expect. Apply changes the value in the running service and "
        "measures the effect; the title opens evidence, source, documentation and the way back. Applying needs the "
        "role Editor.",
        no_data="Nothing waits for a decision: what was applied is in the table below, and the table of findings says "
        "what was looked for",
        columns=[
            # Beside the title: the end of the row may be out of sight in a narrow window.
            *_suggestion_columns(columns.button("actions", "Action", actions.apply(), width=90)),
            columns.number("rank", "Rank", unit="percentunit", width=80, decimals=0),
        ],
    )


def code_suggestions() -> Any:
    """What to change in the code, where no value can be set."""
    return panels.table(
        queries.code_suggestion_rows(),
        title="Suggestions for the code",
        description="What no value can change while the service runs. The page of the suggestion has a patch of your "
        "code, if there is one, and buttons to try it, prove it and publish it.",
        no_data="No suggestion is about the code alone",
        columns=[
            columns.word("status", "Status", style.STATUS_COLOURS, width=100),
            columns.text("title", "Suggestion", wrap=True, links=actions.open_suggestion("id")),
            columns.link("id", "Action", actions.open_suggestion("id"), shown="Open the patch", width=130),
            columns.text("service", "Service", width=150),
            columns.text("primitive", "Primitive", width=130),
            columns.text("expected", "Expected effect", wrap=True, width=280),
            columns.word("risk", "Risk", style.RISK_COLOURS, width=80),
            columns.number("rank", "Rank", unit="percentunit", width=80, decimals=0),
            *(columns.hidden(name) for name in ("tunable", "from", "to", "revision", "actions")),
        ],
    )


def decided() -> Any:
    """What became of the suggestions that were applied."""
    return panels.table(
        queries.decided_suggestion_rows(),
        title="Applied suggestions",
        description="Suggestions that were applied: queued behind another change, applied and watched, kept, or stuck "
        "on the way. The title opens the progress, the verdict and the way back.",
        no_data="Nothing was applied, or all of it was taken back: the timeline tells of each change",
        columns=[*_suggestion_columns(), columns.hidden("rank"), columns.hidden("actions")],
    )


def snippets() -> Any:
    """What supports the suggestions."""
    return panels.table(
        queries.snippets(),
        title="Source lines and documentation",
        description="The lines of your source that a suggestion is about, and what the documentation of the libraries "
        "there says, each with its source and version.",
        no_data="No evidence yet: it is gathered with the first suggestion",
        columns=[
            columns.text("kind", "Kind", width=70),
            columns.text("title", "Title", width=150, wrap=True),
            columns.text("text", "Text", wrap=True),
            columns.text("source", "Source", width=230, wrap=True),
            columns.text("version", "Version", width=80),
            columns.text("primitive", "Primitive", width=120),
            columns.link("suggestion", "Suggestion", actions.open_suggestion("suggestion")),
            columns.link("url", "Link", actions.open_source("url")),
        ],
    )
