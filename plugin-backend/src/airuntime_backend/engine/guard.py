"""The guard before every start: the policy, a second person, and changes that are in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout
from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.errors import BeyondPolicyError, ForbiddenError
from airuntime_backend.patch_ports import Patches
from airuntime_backend.policy import Policy
from airuntime_backend.ports import AuditEntry, Ledger, Metrics, Policies, SuggestionRecord, Ticket, WaitsFor

from .autonomy import standing
from .elapsed import is_fresh
from .graph import graph_of
from .overlap import in_the_way
from .people import ITSELF, Asker, is_person, same
from .policy import limits_radius, refusal
from .predictions import by_rule, predictions
from .radius import RadiusReader

BEGIN: Final = "begin"
QUEUE: Final = "queue"
APPROVE: Final = "approve"
CANCEL: Final = "cancel"
PATCH: Final = "patch"
APPROVE_PATCH: Final = "patch_approve"
"""Actions in the audit trail."""
PLANNED: Final = "planned"
"""What a patch is once it may be tried."""


@dataclass(frozen=True)
class Wait:
    """For what a change must wait, and why."""

    waits_for: WaitsFor
    why: str


class Guard:
    """Says of a change whether it may start now."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        ledger: Ledger,
        policies: Policies,
        window_seconds: float,
        settle_seconds: float,
        patches: Patches | None = None,
    ) -> None:
        """``patches`` are those of the code: while a merged one is compared with the time before, it is in the way."""
        self._ledger = ledger
        self._patches = patches
        self._policies = policies
        self._radius = RadiusReader(metrics, ledger, window_seconds)
        self._settle_seconds = settle_seconds

    def admit(self, record: SuggestionRecord, asker: Asker, now: float) -> Wait | None:
        """None when the change may start now, or what it has to wait for.

        Raises:
            BeyondPolicyError: the policy forbids it, or who asks is not told by name where it wants a second person.
            NotNowError: the policy forbids it now.
            PolicyUnreadableError: nobody knows what the policy says.
            UpstreamError: the policy limits what a change may reach, and that cannot be measured.
        """
        policy, suggestion = self._policies.policy(), record.suggestion
        self._allowed(policy, suggestion, now)
        return self._person(policy, suggestion, asker) or self._way(suggestion, now)

    def admit_patch(self, record: SuggestionRecord, asker: Asker, now: float) -> Wait | None:
        """The same of its code patch. What runs is not in the way of one: nothing runs by it until a person merges it.

        Raises what :meth:`admit` does.
        """
        policy, suggestion = self._policies.policy(), record.suggestion
        self._allowed(policy, suggestion, now)
        if not _wanted(policy, suggestion):
            return None
        if not is_person(asker.name):
            raise BeyondPolicyError(_nameless(asker), field="policy.second_person")
        return Wait("person", f"somebody else than {asker.name} must approve it (policy.second_person)")

    def readmit_patch(self, record: SuggestionRecord, now: float) -> None:
        """Nothing when what was begun before may go on now. Raises what :meth:`admit` does."""
        self._allowed(self._policies.policy(), record.suggestion, now, counted=True)

    def _allowed(self, policy: Policy, suggestion: Suggestion, now: float, *, counted: bool = False) -> None:
        """Nothing when the policy allows it now; ``counted`` is what was begun already. Raises its refusal."""
        limit = None if counted else policy.changes_per_day
        radius = self._radius.of(suggestion.subject) if limits_radius(policy) else None
        starts = begun(self._ledger.audit()) if limit is not None else ()
        found = refusal(policy.model_copy(update={"changes_per_day": limit}), suggestion, radius, starts, now)
        if found is not None:
            raise found.error(policy.time_zone)

    def may_approve(self, record: SuggestionRecord, asked_by: str, asker: Asker) -> None:
        """Nothing when somebody may approve what another asked for. Raises ``ForbiddenError``."""
        if same(asker.name, asked_by):
            raise ForbiddenError(f"{asker.name} asked for it: somebody else must approve")
        if _wanted(self._policies.policy(), record.suggestion) and not is_person(asker.name):
            raise ForbiddenError(_nameless(asker))

    def _person(self, policy: Policy, suggestion: Suggestion, asker: Asker) -> Wait | None:
        wanted, alone = _wanted(policy, suggestion), asker == ITSELF
        if wanted and not alone and not is_person(asker.name):
            raise BeyondPolicyError(_nameless(asker), field="policy.second_person")
        why = self._not_by_itself(policy, suggestion) if alone else ""
        if not wanted and not why:
            return None
        for name in approvals(self._ledger.audit(suggestion.id)):
            if not same(name, asker.name) and (is_person(name) or not wanted):
                return None
        if wanted and not alone:
            return Wait("person", f"somebody else than {asker.name} must approve it (policy.second_person)")
        return Wait("person", why or "somebody must approve what a rule starts by itself (policy.second_person)")

    def _not_by_itself(self, policy: Policy, suggestion: Suggestion) -> str:
        """Why the rule may not start a change by itself; empty when it may."""
        tried = by_rule(predictions(self._ledger)).get(suggestion.rule, ())
        found = standing(suggestion.rule, policy.autonomy, tried)
        return (
            ""
            if found.level == "auto"
            else f"somebody must approve it: rule {found.rule} is {found.level}, {found.why}"
        )

    def _way(self, suggestion: Suggestion, now: float) -> Wait | None:
        known = {record.suggestion.id: record.suggestion for record in self._ledger.suggestions()}
        running = [known[one.change.suggestion] for one in self._ledger.rollouts() if self._holds(one, now)]
        patches = self._patches.patches() if self._patches else ()
        running += [known[run.suggestion] for run in patches if run.phase == "watching"]
        earlier = [known[one.suggestion] for one in before(self._ledger.tickets(), suggestion.id)]
        why = in_the_way(suggestion, (*running, *earlier), graph_of(self._ledger.manifests()))
        return Wait("way", why) if why else None

    def _holds(self, rollout: Rollout, now: float) -> bool:
        """Whether it runs, or has just ended: what is measured now is still partly of its time."""
        return rollout.phase in RUNNING or is_fresh(rollout.since, now, self._settle_seconds)


def approvals(entries: Iterable[AuditEntry]) -> tuple[str, ...]:
    """Who has approved a suggestion since it was last asked for, by its entries in the audit trail, oldest first."""
    names: list[str] = []
    for entry in entries:
        if entry.action in (QUEUE, CANCEL):
            names.clear()
        elif entry.action == APPROVE:
            names.append(entry.who)
    return tuple(names)


def begun(entries: Iterable[AuditEntry]) -> tuple[float, ...]:
    """When changes were begun, Unix seconds, by the audit trail; a patch is begun once it may be tried."""
    return tuple(entry.at for entry in entries if entry.action == BEGIN or _begins_patch(entry))


def _begins_patch(entry: AuditEntry) -> bool:
    return entry.action in (PATCH, APPROVE_PATCH) and entry.after == PLANNED


def before(tickets: Iterable[Ticket], suggestion_id: str) -> Iterator[Ticket]:
    """The tickets that go before that of a suggestion, or before its new one: but for those that wait for a person.

    Nobody else is held up by a person who may never come.
    """
    for ticket in tickets:
        if ticket.suggestion == suggestion_id:
            return
        if ticket.waits_for != "person":
            yield ticket


def _wanted(policy: Policy, suggestion: Suggestion) -> bool:
    return policy.second_person.wanted(suggestion.subject.service, suggestion.risk)


def _nameless(asker: Asker) -> str:
    return (
        f"the policy wants a second person here, so each must be known by name, and {asker.name!r} may be anybody: "
        "use Grafana, or a token of your own (AIRUNTIME_OPERATOR_TOKENS)"
    )
