"""The books of what changes saved, in the ledger's database: each method is one transaction, rows are only added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

from airuntime_backend.ports import Entry

from . import bodies
from .models import BookingRow, ModelCallRow


class SqlBooks:
    """Bookings with their corrections, on SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._session = sessionmaker(engine, expire_on_commit=False)

    def write(self, entries: Sequence[Entry]) -> bool:
        """Write entries in one transaction; False, and nothing is written, when one of them is there already."""
        try:
            with self._session.begin() as session:
                session.add_all([_row(entry) for entry in entries])
        except IntegrityError:
            return False
        return True

    def entries(self, start: float, end: float, service: str = "") -> tuple[Entry, ...]:
        """The entries of the windows that begin from start to before end (Unix seconds), oldest window first."""
        query = select(BookingRow).where(BookingRow.start >= start, BookingRow.start < end)
        if service:
            query = query.where(BookingRow.service == service)
        with self._session() as session:
            rows = session.scalars(query.order_by(BookingRow.start, BookingRow.rollout, BookingRow.number))
            return tuple(_entry(row) for row in rows)

    def booked_until(self) -> Mapping[str, float]:
        """The end of the last window that is booked, Unix seconds, by service."""
        query = select(BookingRow.service, func.max(BookingRow.end)).group_by(BookingRow.service)
        with self._session() as session:
            return {service: float(end) for service, end in session.execute(query)}

    def saved_usd(self) -> Mapping[str, float]:
        """All that was ever booked, corrections included, by rollout: the best guess in USD."""
        query = select(BookingRow.rollout, func.sum(BookingRow.usd)).group_by(BookingRow.rollout)
        with self._session() as session:
            return {rollout: float(usd) for rollout, usd in session.execute(query)}

    def model_usd(self, start: float, end: float) -> float:
        """What models of the optimiser's own cost from start to before end."""
        query = select(func.sum(ModelCallRow.usd)).where(ModelCallRow.at >= start, ModelCallRow.at < end)
        with self._session() as session:
            return float(session.scalar(query) or 0.0)


def _row(entry: Entry) -> BookingRow:
    booking = entry.booking
    return BookingRow(
        rollout=booking.rollout,
        service=booking.subject.service,
        start=booking.window.start,
        end=booking.window.end,
        number=entry.number,
        at=entry.at,
        why=entry.why,
        usd=entry.usd,
        body=bodies.dump(booking),
    )


def _entry(row: BookingRow) -> Entry:
    return Entry(row.number, bodies.BOOKING.validate_python(row.body), row.at, row.why, row.usd)
