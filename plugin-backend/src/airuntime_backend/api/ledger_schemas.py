"""The forms of the ledger's routes."""

from __future__ import annotations

from ai_runtime_intelligent.contract.kinds import Phase, SavingBasis
from pydantic import BaseModel, Field

from .schemas import Form, IntervalView


class LedgerQuery(Form):
    """Which part of the books: a service, and a span in epoch milliseconds or ISO 8601; else the last 30 days."""

    service: str = Field("", max_length=200)
    from_: str = Field("", alias="from", max_length=40)
    to: str = Field("", max_length=40)


class AmountsView(BaseModel):
    """What was saved, each as an interval; null where it was not measured. Less than nothing is a loss."""

    usd: IntervalView | None
    seconds: IntervalView | None
    errors: IntervalView | None


class LedgerChange(BaseModel):
    """One change: what it saved in the span. Moments are Unix seconds.

    ``saved`` counts every dollar once, ``claimed`` is what the change's own measurement says with the other changes in
    place. ``basis`` and ``ageing_since`` are of the newest window: ``ageing_since`` is set while an estimate stands.
    ``without_usd`` is the service's bill as it would have been without this change, beside ``bill_usd`` as it was.
    """

    rollout: str
    suggestion: str
    service: str
    primitive: str
    kind: str
    tunable: str
    before: float
    after: float
    phase: Phase
    began: float
    kept: float | None
    ended: float | None
    basis: SavingBasis
    ageing_since: float | None
    behind: str
    saved: AmountsView
    claimed: AmountsView
    holdout_usd: float
    net_usd: IntervalView | None
    roi: float | None
    bill_usd: float | None
    without_usd: IntervalView | None
    calls: float
    control_calls: float
    priced_ratio: float | None
    windows: int
    corrections: int


class LedgerView(BaseModel):
    """What the books say of a span: every change, and the optimiser's own cost. Moments are Unix seconds.

    ``net_usd`` is ``saved.usd`` less ``own_usd``, which is ``model_usd``, what the optimiser's models cost, and
    ``holdout_usd``, what calls kept on old values would have saved. ``prices`` say by which price tables, of which
    date, USD were counted; ``priced_ratio`` is the lowest share of model calls that had a price.
    """

    start: float
    end: float
    currency: str
    saved: AmountsView
    model_usd: float
    holdout_usd: float
    own_usd: float
    net_usd: IntervalView | None
    roi: float | None
    priced_ratio: float | None
    prices: list[str]
    booked_until: dict[str, float]
    changes: list[LedgerChange]
