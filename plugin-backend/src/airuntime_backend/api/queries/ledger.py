"""Query types ``ledger``, ``earnings``, ``roi`` and ``bill``: what the books say of a span of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from ai_runtime_intelligent.flow.interval import NOTHING, Interval
from ai_runtime_intelligent.flow.statement import Line, Statement, state

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.engine.accounts import Account, Accounts

from .table import Column, concerns, number, table, wanted

_NAMES: Final = (Column("suggestion"), Column("service"), Column("primitive"), Column("tunable"))


def _names(line: Line, account: Account) -> tuple[str, str, str, str]:
    suggestion = account.lives[line.rollout].rollout.change.suggestion
    return suggestion, line.subject.service, line.subject.primitive, line.tunable


def _lines(account: Account, spec: QuerySpec) -> Iterator[Line]:
    for line in account.statement.lines:
        if concerns(spec, line.subject.service, line.subject.primitive):
            yield line


def _ends(interval: Interval | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if interval is None else (interval.low, interval.mid, interval.high)


def _usd(name: str) -> tuple[Column, Column, Column]:
    return number(f"{name}_low", "currencyUSD"), number(name, "currencyUSD"), number(f"{name}_high", "currencyUSD")


class Books:
    """One row for each change that is in the books."""

    _COLUMNS: Final = (
        Column("time", "time"),
        *_NAMES,
        Column("phase"),
        Column("basis"),
        Column("ageing_since", "time"),
        *_usd("usd"),
        number("seconds", "s"),
        number("errors"),
        number("holdout_usd", "currencyUSD"),
        number("net_usd", "currencyUSD"),
        number("priced_ratio", "percentunit"),
    )

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """What each change saved in the span, the first applied first."""
        account = self._accounts.read(span.start, span.end)
        return (table("ledger", self._COLUMNS, [self._row(line, account) for line in _lines(account, spec)]),)

    def _row(self, line: Line, account: Account) -> tuple[object, ...]:
        life, last = account.lives[line.rollout], line.bookings[-1]
        seconds, errors, net = line.saved.seconds, line.saved.errors, line.net_usd
        return (
            round(life.began * 1000),
            *_names(line, account),
            life.rollout.phase,
            last.basis,
            None if line.ageing_since is None else round(line.ageing_since * 1000),
            *_ends(line.saved.usd),
            None if seconds is None else seconds.mid,
            None if errors is None else errors.mid,
            line.holdout_usd,
            None if net is None else net.mid,
            last.priced_ratio,
        )


class Earnings:
    """What was saved up to each moment of the span."""

    _COLUMNS: Final = (Column("time", "time"), *_usd("usd"))

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row at the end of each booked window: the sum since the start of the span, with its interval."""
        account = self._accounts.read(span.start, span.end)
        booked = [one for one in account.bookings if concerns(spec, one.subject.service, one.subject.primitive)]
        rows: list[tuple[object, ...]] = []
        total = NOTHING
        for end, group in groupby(sorted(booked, key=lambda one: one.window.end), key=lambda one: one.window.end):
            total = sum((one.saved.usd for one in group if one.saved.usd is not None), total)
            rows.append((round(end * 1000), *_ends(total)))
        return (table("earnings", self._COLUMNS, rows),)


class Roi:
    """What was saved for each USD that the optimiser cost."""

    _COLUMNS: Final = (
        Column("service"),
        number("saved_usd", "currencyUSD"),
        number("holdout_usd", "currencyUSD"),
        number("model_usd", "currencyUSD"),
        number("net_usd", "currencyUSD"),
        number("roi"),
    )

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for all services together, whose models' cost belongs to none of them, then one for each."""
        account = self._accounts.read(span.start, span.end)
        services = sorted({line.subject.service for line in account.statement.lines})
        rows = [_return("all", account.statement)] if services or account.statement.model_usd else []
        for service in services:
            if wanted(spec.service, service):
                own = (one for one in account.bookings if one.subject.service == service)
                rows.append(_return(service, state(own, tuple(account.lives), 0.0)))
        return (table("roi", self._COLUMNS, rows),)


def _return(name: str, statement: Statement) -> tuple[object, ...]:
    saved, net = statement.saved.usd, statement.net_usd
    return (
        name,
        None if saved is None else saved.mid,
        statement.own_usd - statement.model_usd,
        statement.model_usd,
        None if net is None else net.mid,
        statement.roi,
    )


class Bill:
    """The bill of each service as it was, and as it would have been without a change."""

    _COLUMNS: Final = (*_NAMES, number("bill_usd", "currencyUSD"), *_usd("without_usd"))

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each change, over the windows of the span in which it ran."""
        account = self._accounts.read(span.start, span.end)
        rows: Iterable[tuple[object, ...]] = (
            (*_names(line, account), line.bill_usd, *_ends(line.without_usd)) for line in _lines(account, spec)
        )
        return (table("bill", self._COLUMNS, rows),)
