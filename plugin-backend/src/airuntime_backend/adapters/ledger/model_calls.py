"""Calls of the model that words suggestions, in the ledger's database: each method is one transaction."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, func, insert, literal, or_, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from .models import ModelCallRow


class SqlCalls:
    """What was asked, what it cost and what came of it."""

    def __init__(self, engine: Engine) -> None:
        self._session = sessionmaker(engine, expire_on_commit=False)

    def answered(self, key: str, model: str, refused_since: float) -> tuple[str, str] | None:
        """Answer and refusal, one of them empty, that this question got last; refusals only since then."""
        came = or_(ModelCallRow.answer != "", (ModelCallRow.refusal != "") & (ModelCallRow.at >= refused_since))
        query = (
            select(ModelCallRow)
            .where(ModelCallRow.key == key, ModelCallRow.model == model, came)
            .order_by(ModelCallRow.id.desc())
            .limit(1)
        )
        with self._session() as session:
            row = session.scalars(query).first()
        return (row.answer, row.refusal) if row else None

    def spent(self, since: float) -> float:
        """USD since then (Unix seconds)."""
        with self._session() as session:
            return float(session.scalar(select(_spent(since))) or 0.0)

    def begin(self, key: str, model: str, at: float, usd: float, *, since: float, limit: float) -> int | None:
        """Set USD aside for a call that begins, and give its number; None when that is beyond the limit."""
        given = {"key": key, "model": model, "at": at, "usd": usd, "answer": "", "refusal": ""}
        values = select(*(literal(value) for value in given.values())).where(_spent(since) + usd <= limit)
        with self._session.begin() as session:
            _alone(session)
            row = session.execute(
                insert(ModelCallRow).from_select(list(given), values).returning(ModelCallRow.id)
            ).first()
        return row[0] if row else None

    def end(self, number: int, usd: float, answer: str, refusal: str) -> None:
        """Put down what it cost and what came of it."""
        done = update(ModelCallRow).where(ModelCallRow.id == number)
        with self._session.begin() as session:
            session.execute(done.values(usd=usd, answer=answer, refusal=refusal))


def _spent(since: float) -> ColumnElement[float]:
    return select(func.coalesce(func.sum(ModelCallRow.usd), 0.0)).where(ModelCallRow.at >= since).scalar_subquery()


def _alone(session: Session) -> None:
    """Keep other writers out. SQLite does for a statement that writes; PostgreSQL lets both see the same sum."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {ModelCallRow.__tablename__} IN EXCLUSIVE MODE"))
