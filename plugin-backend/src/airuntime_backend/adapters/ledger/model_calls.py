"""Calls of the model that words suggestions, in the ledger's database: each method is one transaction."""

from __future__ import annotations

from sqlalchemy import Engine, func, or_, select, update
from sqlalchemy.orm import sessionmaker

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
            total = session.scalar(select(func.sum(ModelCallRow.usd)).where(ModelCallRow.at >= since))
        return float(total or 0.0)

    def begin(self, key: str, model: str, at: float, usd: float) -> int:
        """Set USD aside for a call that begins; gives its number."""
        row = ModelCallRow(key=key, model=model, at=at, usd=usd)
        with self._session.begin() as session:
            session.add(row)
        return row.id

    def end(self, number: int, usd: float, answer: str, refusal: str) -> None:
        """Put down what it cost and what came of it."""
        done = update(ModelCallRow).where(ModelCallRow.id == number)
        with self._session.begin() as session:
            session.execute(done.values(usd=usd, answer=answer, refusal=refusal))
