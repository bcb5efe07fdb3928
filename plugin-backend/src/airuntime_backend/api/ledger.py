"""The ledger: what each change saved, as JSON and as CSV."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from airuntime_backend.engine.accounts import Account
from airuntime_backend.errors import BadRequestError

from .auth import requires
from .document import ERRORS, GUARDED
from .ledger_schemas import LedgerQuery, LedgerView
from .ledger_views import ledger_csv, ledger_view
from .services import services
from .times import milliseconds

bp = APIBlueprint(
    "ledger",
    __name__,
    abp_tags=[Tag(name="ledger", description="What changes saved")],
    abp_responses=ERRORS,
    abp_security=GUARDED,
)

_SPAN_SECONDS: Final = 30 * 86_400.0
_LAST: Final = 253_402_300_800.0
"""The end of the year 9999: later moments have no name."""


@bp.get("/ledger", summary="Tell what each change saved", responses={200: LedgerView})
@requires("viewer")
def get_ledger(query: LedgerQuery) -> dict[str, object]:
    """Every change with its saving as an interval, the optimiser's own cost, and the bill without each change."""
    return ledger_view(_account(query)).model_dump(mode="json")


@bp.get(
    "/ledger.csv",
    summary="Every entry of the books as CSV",
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
@requires("viewer")
def get_csv(query: LedgerQuery) -> Response:
    """One line for each entry; corrections are lines of their own, so that columns add up."""
    headers = {"Content-Disposition": 'attachment; filename="ledger.csv"'}
    return Response(ledger_csv(_account(query)), mimetype="text/csv", headers=headers)


def _account(query: LedgerQuery) -> Account:
    here = services()
    end = _moment(query.to, "to") if query.to else here.clock.now()
    start = _moment(query.from_, "from") if query.from_ else end - _SPAN_SECONDS
    if not start < end:
        raise BadRequestError(
            f"from ({query.from_}) must be before to ({query.to or 'now'})", field="from", value=query.from_
        )
    return here.accounts.read(start, end, query.service)


def _moment(text: str, field: str) -> float:
    at = milliseconds(text, field) / 1000
    if not 0 <= at < _LAST:
        expected = "a moment from 1970 to 9999"
        raise BadRequestError(f"{field}: {text!r} is not {expected}", field=field, value=text, expected=expected)
    return at
