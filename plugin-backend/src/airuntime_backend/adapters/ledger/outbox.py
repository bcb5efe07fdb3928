"""The outbox on a database: whoever writes into the audit trail puts the entry there, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, delete, event, func, insert, select, update
from sqlalchemy.orm import Mapper

from airuntime_backend.ports import Delivery

from .audit import audit_entry
from .models import AuditRow, DeliveryRow, OutboxRow
from .sessions import Sessions


@event.listens_for(AuditRow, "after_insert")
def _put_in(_mapper: Mapper[AuditRow], connection: Connection, row: AuditRow) -> None:
    connection.execute(insert(OutboxRow).values(event=row.id))


class SqlOutbox(Sessions):
    """Entries of the audit trail on their way to webhooks."""

    def address(self, endpoints: Sequence[str], at: float) -> None:
        """Give every new entry a delivery to each of the endpoints; without any it is let go."""
        with self._session.begin() as session:
            fresh = session.scalars(select(OutboxRow.event).order_by(OutboxRow.event).with_for_update(skip_locked=True))
            events = list(fresh)
            if not events:
                return
            taken = cast("Any", session.execute(delete(OutboxRow).where(OutboxRow.event.in_(events)))).rowcount
            if taken != len(events):  # another worker addresses them
                session.rollback()
                return
            session.add_all(DeliveryRow(**one) for one in _rows(events, endpoints, at))

    def abandon(self, endpoints: Sequence[str], why: str) -> None:
        """Give up what waits for any other endpoint than these."""
        stray = update(DeliveryRow).where(DeliveryRow.due.is_not(None), DeliveryRow.endpoint.not_in(endpoints))
        with self._session.begin() as session:
            session.execute(stray.values(due=None, why=why))

    def due(self, endpoint: str, now: float, most: int) -> tuple[Delivery, ...]:
        """Deliveries to an endpoint whose time has come, oldest first."""
        query = (
            select(DeliveryRow, AuditRow)
            .join(AuditRow, AuditRow.id == DeliveryRow.event)
            .where(DeliveryRow.endpoint == endpoint, DeliveryRow.due <= now)
            .order_by(DeliveryRow.event)
            .limit(most)
        )
        with self._session() as session:
            return tuple(
                Delivery(row.event, row.endpoint, audit_entry(entry), row.attempts, cast("float", row.due))
                for row, entry in session.execute(query)
            )

    def take(self, delivery: Delivery, until: float) -> bool:
        """Keep others from a delivery until then; whether nobody else was faster."""
        step = update(DeliveryRow).where(*_is(delivery), DeliveryRow.due == delivery.due).values(due=until)
        with self._session.begin() as session:
            return bool(cast("Any", session.execute(step)).rowcount)

    def delivered(self, delivery: Delivery) -> None:
        """Let go of a delivery that was taken in."""
        with self._session.begin() as session:
            session.execute(delete(DeliveryRow).where(*_is(delivery)))

    def failed(self, delivery: Delivery, due: float | None, why: str) -> None:
        """Try it again then, or never."""
        step = update(DeliveryRow).where(*_is(delivery)).values(attempts=delivery.attempts + 1, due=due, why=why)
        with self._session.begin() as session:
            session.execute(step)

    def backlog(self) -> Mapping[tuple[str, str], int]:
        """How many deliveries wait or were given up, by endpoint and state."""
        given_up = DeliveryRow.due.is_(None)
        query = select(DeliveryRow.endpoint, given_up, func.count()).group_by(DeliveryRow.endpoint, given_up)
        with self._session() as session:
            return {
                (endpoint, "given_up" if over else "waiting"): count for endpoint, over, count in session.execute(query)
            }


def _rows(events: Sequence[int], endpoints: Sequence[str], at: float) -> Iterator[dict[str, object]]:
    for one in events:
        for endpoint in endpoints:
            yield {"event": one, "endpoint": endpoint, "attempts": 0, "due": at, "why": ""}


def _is(delivery: Delivery) -> tuple[Any, Any]:
    return DeliveryRow.event == delivery.event, DeliveryRow.endpoint == delivery.endpoint
