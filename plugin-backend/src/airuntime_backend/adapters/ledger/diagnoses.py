"""The latest analysis on a database."""

from __future__ import annotations

from ai_runtime_intelligent.flow.finding import Diagnosis

from . import bodies
from .models import DiagnosisRow
from .sessions import Sessions


class SqlDiagnoses(Sessions):
    """The latest analysis: one row."""

    def put_diagnosis(self, diagnosis: Diagnosis, problems: tuple[str, ...], at: float) -> None:
        """Keep the latest diagnosis."""
        body = {"diagnosis": bodies.dump(diagnosis), "problems": list(problems)}
        self._keep(DiagnosisRow(id=1, at=at, body=body))

    def diagnosis(self) -> tuple[Diagnosis, tuple[str, ...], float] | None:
        """The latest diagnosis, what could not be read for it, and when it was made."""
        with self._session() as session:
            row = session.get(DiagnosisRow, 1)
        if row is None:
            return None
        return bodies.DIAGNOSIS.validate_python(row.body["diagnosis"]), tuple(row.body["problems"]), row.at
