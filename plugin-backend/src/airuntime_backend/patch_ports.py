"""Ports of code patches: what the engine needs of repositories, commands, forges and the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ai_runtime_intelligent.flow.patch import Branches, PatchRun, Ran
from ai_runtime_intelligent.flow.suggestion import Diff, Suggestion

from .ports import AuditEntry, Case


class RefusedError(Exception):
    """The patch, or the repository as it is, does not do: the message says what and what to do. ``ran`` is what ran."""

    def __init__(self, reason: str, ran: tuple[Ran, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ran = ran


class BrokenError(Exception):
    """Something that says nothing of the patch failed: it may be tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Patches(Protocol):
    """Code patches on record."""

    def add_patch(self, run: PatchRun, revision: int, entry: AuditEntry, turn: int | None = None) -> None:
        """Put a new run on record.

        Raises ``ConflictError`` when the suggestion moved or has a live patch already, ``TurnedError`` when the turn is
        no longer the one given.
        """

    def move_patch(self, before: PatchRun, after: PatchRun, entry: AuditEntry, turn: int | None = None) -> None:
        """Write one transition.

        Raises ``ConflictError`` when the run is no longer where ``before`` has it, ``TurnedError`` as above.
        """

    def patches(self) -> tuple[PatchRun, ...]:
        """All patches, oldest first."""


@dataclass(frozen=True)
class Draft:
    """What a rule made of the source: a diff and what it means for the program, or why there is none."""

    diff: Diff | None
    told: str = ""


class Drafter(Protocol):
    """Makes diffs by rule."""

    def draft(self, case: Case, suggestion: Suggestion) -> Draft:
        """A diff that does in the source what the suggestion says, if one is safe."""


class Workbench(Protocol):
    """Where patches are tried, by the operator's commands. Its verbs raise ``RefusedError`` and ``BrokenError``."""

    def serves(self, service: str) -> bool:
        """Whether a repository is configured for the service."""

    def prepare(self, run: PatchRun, suggestion: Suggestion) -> Branches:
        """Check the patch and make it a commit with its revert, beside the user's repository."""

    def check(self, run: PatchRun, suggestion: Suggestion) -> tuple[Ran, ...]:
        """Run the checks on the patched code, and compare the outputs of recorded inputs."""

    def bench(self, run: PatchRun, suggestion: Suggestion) -> tuple[tuple[float, ...], tuple[float, ...], Ran]:
        """Benchmark the old code and the new by turns; gives the numbers of both."""


class Publisher(Protocol):
    """The user's repository, once a patch is proved. Its methods raise ``RefusedError`` and ``BrokenError``."""

    def publish(self, run: PatchRun, suggestion: Suggestion) -> None:
        """Put the branches of a proved run into the repository; doing it twice is doing it once."""

    def withdraw(self, run: PatchRun) -> None:
        """Take the branches of a run away, as far as nobody has built on them."""

    def carries(self, run: PatchRun, revision: str) -> bool | None:
        """Whether the code of that revision has the patch; None when nobody knows the revision."""


@dataclass(frozen=True)
class Proposal:
    """What a pull request says."""

    title: str
    body: str


class Forge(Protocol):
    """Where pull requests are. Its methods raise ``BrokenError``."""

    def serves(self, service: str) -> bool:
        """Whether one is configured for the service."""

    def propose(self, run: PatchRun, suggestion: Suggestion, proposal: Proposal) -> str:
        """Open the pull request of a run, or find the one that is open; gives its address."""

    def close(self, run: PatchRun) -> None:
        """Close the pull request of a run, if it is open."""
