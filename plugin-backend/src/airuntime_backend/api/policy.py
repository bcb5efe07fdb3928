"""The policy as it stands now."""

from __future__ import annotations

from ai_runtime_intelligent.flow.trust import HELD, Prediction, trust, usual_error
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from airuntime_backend.engine.autonomy import Standing
from airuntime_backend.engine.freeze import frozen
from airuntime_backend.engine.guard import begun
from airuntime_backend.engine.policy import begun_today, describe
from airuntime_backend.engine.predictions import by_rule, predictions
from airuntime_backend.policy import Policy
from airuntime_backend.ports import Ledger

from .auth import requires
from .document import ERRORS, GUARDED
from .policy_schemas import FrozenView, LimitsView, PolicyView, StandingView
from .services import services

bp = APIBlueprint(
    "policy",
    __name__,
    abp_tags=[Tag(name="policy", description="What may be changed, when, by whom and how far by itself")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)


@bp.get("/policy", summary="Read the policy as it stands now", responses={200: PolicyView})
@requires("viewer")
def get_policy() -> dict[str, object]:
    """Its limits, whether it freezes now and until when, and how far each rule may go by itself and why."""
    here = services()
    policy, now = here.policies.policy(), here.clock.now()
    tried = by_rule(predictions(here.ledger))
    return PolicyView(
        file=getattr(here.policies, "file", None),
        frozen=_frozen(policy, now),
        limits=_limits(policy, here.ledger, now),
        autonomy=[_standing(one, tried.get(one.rule, ())) for one in here.autopilot.standings()],
    ).model_dump(mode="json")


def _frozen(policy: Policy, now: float) -> FrozenView | None:
    found = frozen(policy.freeze, policy.time_zone, now)
    if found is None:
        return None
    return FrozenView(name=found.window.name, why=describe(found.window, policy.time_zone), until=found.until)


def _limits(policy: Policy, ledger: Ledger, now: float) -> LimitsView:
    return LimitsView(
        services=list(policy.services),
        rules=list(policy.rules),
        freeze=[f"{one.name}: {describe(one, policy.time_zone)}" for one in policy.freeze],
        changes_per_day=policy.changes_per_day,
        changes_today=begun_today(policy, begun(ledger.audit()), now),
        blast_radius_calls=policy.blast_radius.calls,
        blast_radius_spend=policy.blast_radius.spend,
        second_person_risks=list(policy.second_person.risks),
        second_person_services=list(policy.second_person.services),
    )


def _standing(one: Standing, tried: tuple[Prediction, ...]) -> StandingView:
    counts = {held: sum(each.held == held for each in tried) for held in HELD}
    return StandingView(**vars(one), **counts, trust=trust(tried), usual_error=usual_error(tried))
