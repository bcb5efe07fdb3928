"""Accounts: what the books say of a span of time, with the life of each change that is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ai_runtime_intelligent.flow.booking import Booking
from ai_runtime_intelligent.flow.statement import Statement, state

from airuntime_backend.ports import Books, Entry, Ledger

from .bookkeeper import effective
from .lives import Life, lives


@dataclass(frozen=True)
class Account:
    """What is booked between two moments (Unix seconds); ``lives`` are the changes, in the order of application."""

    start: float
    end: float
    statement: Statement
    entries: tuple[Entry, ...]
    lives: Mapping[str, Life]
    booked_until: Mapping[str, float]

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """What holds after all corrections, oldest window first."""
        return tuple(effective(self.entries).values())


class Accounts:
    """Reads the books."""

    def __init__(self, ledger: Ledger, books: Books) -> None:
        self._ledger = ledger
        self._books = books

    def read(self, start: float, end: float, service: str = "") -> Account:
        """The windows that begin from start to before end, of one service or of all.

        What the optimiser's own models cost belongs to no service: it is in the account of all.
        """
        entries = self._books.entries(start, end, service)
        found = {life.rollout.id: life for life in lives(self._ledger)}
        own = 0.0 if service else self._books.model_usd(start, end)
        statement = state(effective(entries).values(), tuple(found), own)
        until = self._books.booked_until()
        kept = {name: at for name, at in until.items() if service in ("", name)}
        return Account(start, end, statement, entries, found, kept)

    def saved_usd(self) -> Mapping[str, float]:
        """All that was ever booked, by rollout: the best guess in USD."""
        return self._books.saved_usd()
