"""Suggestions: read them, apply, dismiss, roll back; and analyse now."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from airuntime_backend.engine.people import Asker

from .auth import asker, requires
from .detail import detail, finding_view, summary
from .document import ERRORS, GUARDED
from .schemas import AnalysisView, MoveBody, SuggestionDetail, SuggestionList, SuggestionPath, SuggestionsQuery
from .services import services

bp = APIBlueprint(
    "suggestions",
    __name__,
    abp_tags=[Tag(name="suggestions", description="What to change, and why")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)


@bp.get("/suggestions", summary="List suggestions, newest first", responses={200: SuggestionList})
@requires("viewer")
def list_suggestions(query: SuggestionsQuery) -> dict[str, object]:
    """Suggestions, newest first; filtered by service and status if they are given."""
    ledger = services().ledger
    wanted = [
        summary(record, ledger)
        for record in ledger.suggestions()
        if query.service in ("", record.suggestion.subject.service) and query.status in ("", record.status)
    ]
    return SuggestionList(suggestions=wanted).model_dump(mode="json")


@bp.get("/suggestions/<id>", summary="Read one suggestion in full", responses={200: SuggestionDetail})
@requires("viewer")
def get_suggestion(path: SuggestionPath) -> dict[str, object]:
    """Evidence, claim, change, rollout, verdict, saving and history."""
    return detail_of(path.id)


@bp.post("/suggestions/<id>/apply", summary="Apply a suggestion", responses={200: SuggestionDetail})
@requires("operator")
def apply(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Start the change, if the suggestion is still open at the revision that the caller has read.

    What must wait, for changes that are in its way or for a second person, is queued, and starts by itself. To apply
    what another has applied, at the revision at which it waits for a second person, is to approve it.
    """
    services().waiting.apply(path.id, body.revision, acting())
    return detail_of(path.id)


@bp.post("/suggestions/<id>/approve", summary="Approve what somebody else applied", responses={200: SuggestionDetail})
@requires("operator")
def approve(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Approve a change that waits for a second person; it starts when nothing else is in its way."""
    services().waiting.approve(path.id, body.revision, acting(), body.reason)
    return detail_of(path.id)


@bp.post("/suggestions/<id>/cancel", summary="Let a change wait no more", responses={200: SuggestionDetail})
@requires("operator")
def cancel(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Take the change out of the queue; the suggestion is open again."""
    services().waiting.cancel(path.id, body.revision, acting(), body.reason)
    return detail_of(path.id)


@bp.post("/suggestions/<id>/dismiss", summary="Dismiss a suggestion", responses={200: SuggestionDetail})
@requires("operator")
def dismiss(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Put the suggestion away; it stays away until its ground changes."""
    services().changes.dismiss(path.id, body.revision, acting(), body.reason)
    return detail_of(path.id)


@bp.post("/suggestions/<id>/rollback", summary="Restore the old value", responses={200: SuggestionDetail})
@requires("operator")
def rollback(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Apply the stored inverse of the change."""
    services().changes.rollback(path.id, body.revision, acting(), body.reason)
    return detail_of(path.id)


@bp.post("/analyze", summary="Analyse now", responses={200: AnalysisView})
@requires("operator")
def analyze() -> dict[str, object]:
    """Run one analysis and say what it found, or why it found nothing."""
    result = services().analyser.analyse()
    found = result.diagnosis.findings
    return AnalysisView(
        findings=[finding_view(finding) for finding in found],
        suggested=list(result.suggested),
        problems=list(result.problems),
        why_nothing=None if found else "; ".join((*result.problems, result.diagnosis.why_nothing())),
    ).model_dump(mode="json")


def acting() -> Asker:
    """Who asks, as the engine knows people."""
    who = asker()
    return Asker(who.name, who.via)


def detail_of(suggestion_id: str) -> dict[str, object]:
    """The answer that shows a suggestion in full."""
    here = services()
    run = here.patching.latest(suggestion_id)
    return detail(here.ledger, suggestion_id, here.accounts.saved_usd(), run).model_dump(mode="json")
