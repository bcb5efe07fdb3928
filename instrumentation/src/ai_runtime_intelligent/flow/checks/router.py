"""Routers that send to the dear model what the cheap one would do."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above


def _premium_routing(patient: Patient) -> Finding | str:
    premium, easy = patient.value("router_premium_ratio"), patient.value("router_easy_ratio")
    limits = patient.limits
    if premium <= limits.premium_ratio or easy <= limits.easy_ratio:
        return f"{premium:.0%} of requests go to the premium route, {easy:.0%} of requests are easy"
    wasted = premium + easy - 1
    summary = f"{premium:.0%} of requests go to the premium route though {easy:.0%} are easy"
    sure = min(
        sure_above(premium, limits.premium_ratio, patient.n("router_premium_ratio")),
        sure_above(easy, limits.easy_ratio, patient.n("router_easy_ratio")),
    )
    measures = ("router_premium_ratio", "router_easy_ratio", "usd_per_routed_call")
    return patient.found("premium_routing", wasted, sure, summary, *measures)


CHECKS: Final = (Check("premium_routing", "router", ("router_premium_ratio", "router_easy_ratio"), _premium_routing),)
