"""The worker's passes: verify often, analyse and book now and then. Two of a kind never run at once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from .bookkeeper import Bookkeeper
from .propose import Analyser
from .verify import Verifier

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """One pass of everything that happens without being asked. A failure is logged, and the next pass tries again."""

    analyser: Analyser
    verifier: Verifier
    bookkeeper: Bookkeeper

    def tick(self) -> None:
        """Run all; a failure of one does not keep the others from their work."""
        self.verify()
        self.analyse()

    def verify(self) -> None:
        """Look at the rollouts."""
        _tried(self.verifier.verify)

    def analyse(self) -> None:
        """Look for what is worth a change, and book what is over."""
        _tried(self.analyser.analyse)
        _tried(self.bookkeeper.book)


def _tried(job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - a pass must outlive whatever its job raises
        _log.exception("%s failed; it is tried again in the next pass", getattr(job, "__qualname__", job))
