"""The worker's pass: analyse, then verify. Whoever schedules it sees to it that two never run at once."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from .propose import Analyser
from .verify import Verifier

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """One pass of everything that happens without being asked."""

    analyser: Analyser
    verifier: Verifier

    def tick(self) -> None:
        """Run both; a failure of one is logged and does not keep the other from its work."""
        for job in (self.verifier.verify, self.analyser.analyse):
            try:
                job()
            except Exception:  # noqa: BLE001 - a pass must outlive whatever one of its jobs raises
                _log.exception("%s failed; it is tried again in the next pass", job.__qualname__)
