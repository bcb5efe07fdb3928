"""The worker's passes: verify often, analyse and book now and then. Two of a kind never run at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from airuntime_backend.errors import StateError

from .bookkeeper import Bookkeeper
from .propose import Analyser
from .verify import Verifier

_log = logging.getLogger(__name__)
Job = Callable[[], object]


@dataclass(frozen=True)
class Worker:
    """One pass of everything that happens without being asked. A failure is logged, and the next pass tries again.

    ``then`` is what follows from an analysis; ``rounds`` tell others of what happened, each of them by its name.
    """

    analyser: Analyser
    verifier: Verifier
    bookkeeper: Bookkeeper
    then: tuple[Job, ...] = ()
    rounds: Mapping[str, Job] = field(default_factory=dict)

    def tick(self) -> None:
        """Run all; a failure of one does not keep the others from their work."""
        self.verify()
        self.analyse()
        for name in self.rounds:
            self.deliver(name)

    def verify(self) -> None:
        """Look at the rollouts."""
        _tried(self.verifier.verify)

    def analyse(self) -> None:
        """Look for what is worth a change, book what is over, and do what follows."""
        for job in (self.analyser.analyse, self.bookkeeper.book, *self.then):
            _tried(job)

    def deliver(self, name: str) -> None:
        """Tell one of the others."""
        _tried(self.rounds[name])


def _tried(job: Job) -> None:
    try:
        job()
    except StateError as error:
        _log.error("%s was not done; it is tried again in the next pass: %s", _name(job), error.message)
    except Exception:  # noqa: BLE001 - a pass must outlive whatever its job raises
        _log.exception("%s failed; it is tried again in the next pass", _name(job))


def _name(job: Job) -> str:
    return str(getattr(getattr(job, "func", job), "__qualname__", job))
