"""Code patches: try the one that a suggestion offers, and take it back."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from .auth import requires
from .document import ERRORS, GUARDED
from .schemas import MoveBody, SuggestionDetail, SuggestionPath
from .services import services
from .suggestions import acting, detail_of

bp = APIBlueprint(
    "patches",
    __name__,
    abp_tags=[Tag(name="patches", description="What to change in the code, proved before it is merged")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)


@bp.post("/suggestions/<id>/patch", summary="Try the patch of a suggestion", responses={200: SuggestionDetail})
@requires("operator")
def try_patch(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Plan it, if the suggestion is open at that revision; of one whose branch stands, open the pull request again."""
    services().patching.ask(path.id, body.revision, acting())
    return detail_of(path.id)


@bp.post("/suggestions/<id>/patch/revert", summary="Take a patch back", responses={200: SuggestionDetail})
@requires("operator")
def revert_patch(path: SuggestionPath, body: MoveBody) -> dict[str, object]:
    """Cancel it, or take its branches and its pull request away; the revision is that of the patch."""
    services().patching.revert(path.id, body.revision, acting(), body.reason)
    return detail_of(path.id)
