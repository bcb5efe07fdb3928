"""What was changed, what came of it, and what the processes obey now."""

from __future__ import annotations

from typing import Any

from airuntime_dashboards import actions, columns, config, panels, queries, style

_BESIDE_THE_CLAIM = (
    "suggestion", "service", "primitive", "change_ratio", "improvement_ratio", "low", "high", "outcome",
)  # fmt: skip
_NO_CHANGE = "No change yet: apply a suggestion, and it shows here"
_NONE_YET = "None yet: apply one"
_NOT_MEASURED = "Nothing measured yet: a change shows here when its control and its candidate have been compared"


def rollout_phases() -> Any:
    """What happened when."""
    return panels.states(
        queries.phases(),
        title="Rollouts",
        description="The phase of each tunable's rollout over time: planned, applying, watching, and how it ended.",
        no_data=_NO_CHANGE,
        mappings=style.mapping(style.TIMELINE_COLOURS),
    )


def kept() -> Any:
    """How much worked."""
    return panels.stat(
        queries.rollouts_kept(),
        title="Changes kept",
        description="Changes whose effect was measured and found good.",
        unit="none",
        no_data=_NONE_YET,
        steps=config.KEPT,
        decimals=0,
    )


def under_way() -> Any:
    """How much is being tried."""
    return panels.stat(
        queries.rollouts_under_way(),
        title="Under way",
        description="Changes that are being applied, or watched until their effect is known.",
        unit="none",
        no_data=_NONE_YET,
        steps=config.UNDER_WAY,
        decimals=0,
    )


def undone() -> Any:
    """How much did not work."""
    return panels.stat(
        queries.rollouts_undone(),
        title="Rolled back or stuck",
        description="Changes that were taken back, and those that neither reached the service nor could be taken back.",
        unit="none",
        no_data=_NONE_YET,
        steps=config.ROLLED_BACK,
        decimals=0,
    )


def generation() -> Any:
    """Whether services have the latest config."""
    return panels.stat(
        queries.config_generation(),
        title="Config generation",
        description="The generation of the remote config that every process of a service has reached; it grows by one "
        "with each change.",
        unit="none",
        no_data="No remote config is read",
        steps=config.PLAIN,
        decimals=0,
        name=True,
    )


def _measured(title: str, description: str) -> Any:
    return panels.table(
        queries.impact(),
        title=title,
        description=description,
        no_data=_NOT_MEASURED,
        columns=[
            columns.word("outcome", "Outcome", style.OUTCOME_COLOURS, width=110),
            columns.text("service", "Service", width=130),
            columns.text("primitive", "Primitive", width=120),
            columns.text("tunable", "Tunable", width=220),
            columns.text("measure", "Measure"),
            columns.number("before", "Control", unit="short", width=90),
            columns.number("after", "Candidate", unit="short", width=90),
            columns.number("change_ratio", "Change", unit="percentunit", decimals=1, width=90),
            columns.hidden("improvement_ratio"),
            columns.number("low", "At least", unit="short", width=90),
            columns.number("high", "At most", unit="short", width=90),
            columns.link("suggestion", "Suggestion", actions.open_suggestion("suggestion")),
            *(columns.hidden(name) for name in ("predicted_low", "predicted_high", "held")),
        ],
    )


def before_and_after() -> Any:
    """What the changes did to the code's performance."""
    return _measured(
        "Before and after",
        "The measure that each change was to move, on the control (the old value) and on the candidate (the new one), "
        "which ran beside each other, with the interval in which the true effect lies. Inconclusive means that the "
        "traffic cannot tell.",
    )


def applied() -> Any:
    """Every change with its verdict."""
    return _measured(
        "Applied changes",
        "Every change that was applied, with its verdict: confirmed, refuted, inconclusive (the traffic cannot tell) "
        "or error (it could not be measured).",
    )


def improvement() -> Any:
    """How much each change moved."""
    return panels.bars(
        queries.impact(),
        title="Improvement by each change",
        description="By how much the measure of each change moved the right way, as a share of its value before: a hit "
        "rate up, a latency down. Below 0 it moved the wrong way; the table says how sure that is.",
        unit="percentunit",
        no_data="Nothing measured yet: apply a suggestion",
        steps=config.PLAIN,
        row_names="tunable",
        values="improvement_ratio",
        name="${__data.fields.tunable}",
        limits=(0, None),
    )


def predicted() -> Any:
    """Whether what was promised came."""
    return panels.table(
        queries.impact(),
        title="Predicted and realised",
        description="What each suggestion foretold of its measure, beside what the candidate then showed. Kept: within "
        "the interval. Short: the right way, and less than promised. Missed: the claim did not hold.",
        no_data="No prediction was put to the test yet: apply a suggestion",
        columns=[
            columns.word("held", "Held", style.HELD_COLOURS, width=90),
            columns.text("tunable", "Tunable", width=200),
            columns.text("measure", "Measure"),
            columns.number("before", "Control", unit="short", width=90),
            columns.number("predicted_low", "Foretold, from", unit="short", width=110),
            columns.number("predicted_high", "to", unit="short", width=80),
            columns.number("after", "Candidate", unit="short", width=90),
            *(columns.hidden(name) for name in _BESIDE_THE_CLAIM),
        ],
    )


def rule_trust() -> Any:
    """Which rules are to be believed."""
    return panels.bars(
        queries.rule_trust(),
        title="How far rules are believed",
        description="How far the predictions of each rule that was tried are believed, by what became of them; those "
        "believed least are shown. A suggestion's rank is multiplied by it, so a rule that misses sinks by itself.",
        unit="percentunit",
        no_data="No rule was tried yet",
        steps=config.TRUST,
        limits=(0, 1),
        name="${__field.labels.rule}",
    )


def verdicts() -> Any:
    """What the judge said so far."""
    return panels.bars(
        queries.verdicts(),
        title="Verdicts by outcome",
        description="How often the judge said what. Its own record in 1,000 experiments that changed nothing, each "
        "looked at 200 times: at most 3.5 in 100 got a verdict where 5 are allowed. benchmarks/experiments.py "
        "measures it again.",
        unit="none",
        no_data="No verdict yet: apply a suggestion, and it is judged",
        steps=config.PLAIN,
        limits=(0, None),
        name="${__field.labels.outcome}",
    )


def tunable_values() -> Any:
    """What the processes obey."""
    return panels.timeseries(
        queries.tunable_values(),
        title="Tunable values",
        description="The value of each tunable that the processes obey, as they report it: a step is a change that has "
        "arrived. The axis is logarithmic, for units differ.",
        unit="short",
        no_data="No primitive with a tunable has run in this time: declare one, and it shows here",
        stepped=True,
        scale="symlog",
        filled=False,
    )


def legend() -> Any:
    """What the words mean."""
    return panels.text(
        title="How to read this",
        description="The words for how far a change is and what its verdict says.",
        markdown="**Phases** planned \u2192 applying \u2192 watching \u2192 **kept** or **rolled back**; *stuck* needs "
        "a person.\n\n"
        "**Outcomes** *confirmed*: the claim held. *refuted*: it did not. *inconclusive*: the traffic cannot tell, and "
        "the change goes back. *error*: it could not be measured.\n\n"
        "Only confirmed changes count as savings.",
    )
