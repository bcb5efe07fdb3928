"""Everything goes to the premium route: send what is more likely than not easy to the cheap one.

The threshold on a predicted need, with 0.5 as the point where both are equally likely: Ong et al., *RouteLLM:
Learning to Route LLMs with Preference Data* (2024), section 3.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_EVEN: Final = 0.5
_LEAST_DISCOUNT, _MOST_DISCOUNT = 0.3, 0.98
"""Between these the cheap model undercuts the premium one; the claim must hold at both ends."""


def _advise(case: Case) -> Advice | None:
    threshold = case.tunables.get("threshold")
    easy, usd = measured(case.finding, "router_easy_ratio"), measured(case.finding, "usd_per_routed_call")
    if threshold is None or easy is None or usd is None or threshold.value >= _EVEN:
        return None
    n = min(signal.n for signal in case.finding.signals if signal.measure == "router_easy_ratio")
    margin = 2 * sqrt(easy * (1 - easy) / n)
    low = usd * (1 - min(1.0, easy + margin) * _MOST_DISCOUNT)
    high = usd * (1 - max(0.0, easy - margin) * _LEAST_DISCOUNT)
    claim = (
        f"{easy:.0%} of requests score 0.5 or less: the cheap route will more likely do than not, yet they go to the "
        f"premium one. A threshold of {_EVEN:g} sends them to the cheap route."
    )
    return Advice(
        rule=RULE.id,
        tunable=threshold,
        to=_EVEN,
        title=f"Let {case.primitive.name} send easy requests to the cheap route (threshold {_EVEN:g})",
        claim=claim,
        expected=Expected("usd_per_routed_call", "USD", "lower", usd, low, high),
        guardrails=(ERRORS,),
        risk="medium",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'router_easy_ratio', '.0%')} of requests are easy: raise the score from which the dear "
        "route is "
        "taken, and rate some answers of the cheap one to see whether they will do."
    )


RULE: Final = Rule(
    id="premium_routing",
    finding="premium_routing",
    needs=("router_premium_ratio", "router_easy_ratio", "usd_per_routed_call"),
    questions=(Question("openai", "Which model should answer simple requests to lower cost and latency?"),),
    remedy=_remedy,
    advise=_advise,
)
