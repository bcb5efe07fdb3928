"""The books as the API shows them, and as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from math import isfinite
from typing import Final

from ai_runtime_intelligent.flow.booking import UNKNOWN, Amounts, Booking
from ai_runtime_intelligent.flow.interval import NOTHING, Interval
from ai_runtime_intelligent.flow.statement import Line

from airuntime_backend.engine.accounts import Account
from airuntime_backend.engine.lives import Life
from airuntime_backend.ports import Entry

from .ledger_schemas import AmountsView, LedgerChange, LedgerView
from .schemas import IntervalView
from .times import iso

CURRENCY: Final = "USD"

COLUMNS: Final = (
    "booked_at", "entry", "service", "primitive", "kind", "tunable", "rollout", "suggestion", "window_start",
    "window_end", "basis", "calls", "control_calls", "saved_usd_low", "saved_usd", "saved_usd_high",
    "saved_seconds_low", "saved_seconds", "saved_seconds_high", "saved_errors_low", "saved_errors",
    "saved_errors_high", "holdout_usd", "model_usd", "net_usd", "service_usd", "priced_ratio", "prices",
    "prices_as_of", "currency", "ageing_since", "behind", "note",
)  # fmt: skip
"""Columns of the CSV file. Amounts of a correction are its differences to the entry before, so that columns add up."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With what a text begins that a spreadsheet may take for a formula (OWASP, *CSV injection*)."""


def ledger_view(account: Account) -> LedgerView:
    """The whole account."""
    statement = account.statement
    return LedgerView(
        start=account.start,
        end=account.end,
        currency=CURRENCY,
        saved=_amounts(statement.saved),
        model_usd=statement.model_usd,
        holdout_usd=statement.own_usd - statement.model_usd,
        own_usd=statement.own_usd,
        net_usd=_interval(statement.net_usd),
        roi=statement.roi,
        priced_ratio=statement.priced_ratio,
        prices=[f"{one.source} of {one.as_of}" for one in statement.prices],
        booked_until=dict(account.booked_until),
        changes=[_change(line, account) for line in statement.lines],
    )


def _change(line: Line, account: Account) -> LedgerChange:
    life, last = account.lives[line.rollout], line.bookings[-1]
    change, subject = life.rollout.change, line.subject
    priced = [one.priced_ratio for one in line.bookings if one.priced_ratio is not None]
    return LedgerChange(
        rollout=line.rollout,
        suggestion=change.suggestion,
        service=subject.service,
        primitive=subject.primitive,
        kind=subject.kind,
        tunable=line.tunable,
        before=change.before,
        after=change.after,
        phase=life.rollout.phase,
        began=life.began,
        kept=_moment(life.kept),
        ended=_moment(life.ended),
        basis=last.basis,
        ageing_since=last.ageing_since,
        behind=last.behind,
        saved=_amounts(line.saved),
        claimed=_amounts(line.claimed),
        holdout_usd=line.holdout_usd,
        net_usd=_interval(line.net_usd),
        roi=line.roi,
        bill_usd=line.bill_usd,
        without_usd=_interval(line.without_usd),
        calls=sum(one.calls for one in line.bookings),
        control_calls=sum(one.control_calls for one in line.bookings),
        priced_ratio=min(priced, default=None),
        windows=len(line.bookings),
        corrections=sum(one.number > 0 and one.booking.rollout == line.rollout for one in account.entries),
    )


def _moment(at: float) -> float | None:
    return at if isfinite(at) else None


def _amounts(amounts: Amounts) -> AmountsView:
    return AmountsView(usd=_interval(amounts.usd), seconds=_interval(amounts.seconds), errors=_interval(amounts.errors))


def _interval(interval: Interval | None) -> IntervalView | None:
    return None if interval is None else IntervalView.model_validate(vars(interval))


def ledger_csv(account: Account) -> str:
    """Every entry as a line of CSV; the last line is what the optimiser's models cost, where that is in the account."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(account):
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> object:
    """The value; a text that a spreadsheet would calculate gets an apostrophe before it."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _rows(account: Account) -> Iterator[dict[str, object]]:
    before: dict[tuple[str, float], Booking] = {}
    for entry in account.entries:
        key = entry.booking.rollout, entry.booking.window.start
        yield _row(entry, before.get(key), account.lives[entry.booking.rollout])
        before[key] = entry.booking
    spent = account.statement.model_usd
    if spent:
        yield {
            "basis": "model_calls",
            "window_start": iso(account.start),
            "window_end": iso(account.end),
            "model_usd": spent,
            "net_usd": -spent,
            "currency": CURRENCY,
            "note": "models that word suggestions",
        }


def _row(entry: Entry, before: Booking | None, life: Life) -> dict[str, object]:
    one = entry.booking
    was = before.saved if before else UNKNOWN
    holdout = one.holdout_usd - (before.holdout_usd if before else 0.0)
    return {
        "booked_at": iso(entry.at),
        "entry": entry.number,
        **vars(one.subject),
        "tunable": one.tunable,
        "rollout": one.rollout,
        "suggestion": life.rollout.change.suggestion,
        "window_start": iso(one.window.start),
        "window_end": iso(one.window.end),
        "basis": one.basis,
        "calls": one.calls - (before.calls if before else 0.0),
        "control_calls": one.control_calls - (before.control_calls if before else 0.0),
        **_cells("saved_usd", one.saved.usd, was.usd),
        **_cells("saved_seconds", one.saved.seconds, was.seconds),
        **_cells("saved_errors", one.saved.errors, was.errors),
        "holdout_usd": holdout,
        "net_usd": None if one.saved.usd is None else entry.usd - holdout,
        "service_usd": None if before else one.service_usd,
        "priced_ratio": one.priced_ratio,
        "prices": one.prices.source,
        "prices_as_of": one.prices.as_of,
        "currency": CURRENCY,
        "ageing_since": None if one.ageing_since is None else iso(one.ageing_since),
        "behind": one.behind,
        "note": entry.why,
    }


def _cells(name: str, now: Interval | None, before: Interval | None) -> dict[str, object]:
    if now is None:
        return {}
    was = before or NOTHING
    return {f"{name}_low": now.low - was.low, name: now.mid - was.mid, f"{name}_high": now.high - was.high}
