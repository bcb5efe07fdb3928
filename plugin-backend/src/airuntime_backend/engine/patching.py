"""Code patches: what a person asks for, and the worker's way with each, stage by stage.

Each stage starts from the record alone: killed at any moment, the next pass begins the same stage again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ai_runtime_intelligent.contract.kinds import PatchPhase
from ai_runtime_intelligent.flow.patch import (
    PATCH_LIVE,
    PATCH_WORKING,
    IllegalPatchMoveError,
    PatchEvent,
    PatchEventKind,
    PatchRun,
    advance_patch,
    judge_bench,
    plan_patch,
)
from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.errors import BadRequestError, ConflictError, TurnedError, UpstreamError
from airuntime_backend.patch_ports import BrokenError, Forge, Patches, Proposal, Publisher, RefusedError, Workbench
from airuntime_backend.ports import AuditEntry, Clock, Ledger, SuggestionRecord

from .apply import moved
from .guard import PATCH, Guard
from .live import LiveWatch
from .people import Asker

_log = logging.getLogger(__name__)
_SELF: Final = Asker("airuntime", "worker")
_IN_REPOSITORY: Final[tuple[PatchPhase, ...]] = ("branched", "proposed")
_MERGED: Final[tuple[PatchPhase, ...]] = ("watching", "kept", "failed")
_LOOKS: Final = 20
"""How often it is looked again because others started something meanwhile."""
Moved = tuple[PatchEventKind, str, dict[str, Any]]


@dataclass(frozen=True)
class Shop:
    """All that trying patches needs; without it they are only shown."""

    bench: Workbench
    publisher: Publisher
    forge: Forge


class Patching:
    """Plans, tries, publishes and takes back code patches; each transition is one transaction."""

    def __init__(
        self, *, ledger: Ledger, patches: Patches, clock: Clock, shop: Shop | None, live: LiveWatch, guard: Guard
    ) -> None:
        self._ledger = ledger
        self._patches = patches
        self._clock = clock
        self._shop = shop
        self._live = live
        self._guard = guard
        self._looked: dict[str, str] = {}

    # what a person asks for

    def latest(self, suggestion_id: str) -> PatchRun | None:
        """The latest patch of a suggestion, if there ever was one."""
        return next((run for run in reversed(self._patches.patches()) if run.suggestion == suggestion_id), None)

    def ask(self, suggestion_id: str, revision: int, asker: Asker) -> None:
        """Plan the patch that a suggestion offers; approve one that waits for it; ask the forge again for a branch.

        Raises:
            NotFoundError: there is no such suggestion.
            ConflictError: it offers no patch, has one already, or is not open at that revision.
            BadRequestError: nothing is configured for its service.
            ForbiddenError: who approves is who asked, or is not known by name.
            BeyondPolicyError, NotNowError, PolicyUnreadableError: the policy forbids it, or forbids it now.
            UpstreamError: the policy limits what a change may reach, and that cannot be measured.
        """
        for _ in range(_LOOKS):
            try:
                self._asked(self._ledger.suggestion(suggestion_id), revision, asker)
            except TurnedError:
                continue
            return
        raise TurnedError("too many changes are started at once: try again")

    def _asked(self, record: SuggestionRecord, revision: int, asker: Asker) -> None:
        suggestion, run = record.suggestion, self.latest(record.suggestion.id)
        shop, now = self._configured(suggestion.subject.service), self._clock.now()
        if run is not None and run.phase == "waiting":
            self._approve(record, run, revision, asker, now)
        elif run is not None and run.phase == "branched" and shop.forge.serves(run.service):
            self._guard.readmit_patch(record, now)
            self._write(run, asker, "again", "asked to open the pull request", proposing=True)
        elif run is not None and run.phase in PATCH_LIVE:
            raise ConflictError(f"suggestion {suggestion.id} has a patch already, which is {run.phase}: {run.why}")
        else:
            self._plan(record, revision, asker, now)

    def _plan(self, record: SuggestionRecord, revision: int, asker: Asker, now: float) -> None:
        suggestion, diff = record.suggestion, record.suggestion.code
        if diff is None:
            raise ConflictError(f"suggestion {suggestion.id} offers no patch of the code: apply it, or wait for one")
        turn = self._ledger.turn()
        wait = self._guard.admit_patch(record, asker, now)
        why = wait.why if wait else ""
        libraries = self._libraries(suggestion)
        planned = plan_patch(suggestion, diff, asker.name, now, libraries=libraries, wait=why)
        told = f"patch: {suggestion.title}{f'; {why}' if why else ''}"
        entry = AuditEntry(now, asker.name, asker.via, PATCH, suggestion.id, "", planned.phase, told)
        self._patches.add_patch(planned, revision, entry, turn)

    def _approve(self, record: SuggestionRecord, run: PatchRun, revision: int, asker: Asker, now: float) -> None:
        if (record.status, record.revision) != ("open", revision):
            raise moved(record, revision, "open")
        turn = self._ledger.turn()
        self._guard.may_approve(record, run.asked_by, asker)
        self._guard.admit_patch(record, asker, now)
        self._write(run, asker, "approve", f"asked by {run.asked_by}, approved by {asker.name}", turn)

    def revert(self, suggestion_id: str, revision: int, asker: Asker, reason: str) -> None:
        """Cancel a patch that is being tried, or take its branches and its pull request away.

        Raises:
            NotFoundError: there is no such suggestion.
            ConflictError: it has no patch at that revision of the patch, or the patch is merged.
            UpstreamError: the forge or the repository did not do it.
        """
        self._ledger.suggestion(suggestion_id)
        run = self.latest(suggestion_id)
        if run is None or run.revision != revision:
            found = f"is {run.phase} at revision {run.revision}" if run else "was never asked for"
            raise ConflictError(f"the patch of {suggestion_id} {found}, expected revision {revision}: read it again")
        if run.merged_commit and run.branches:
            raise ConflictError(
                f"the patch is merged: merge {run.branches.revert_branch}, or 'git revert' the commit that a squash "
                "made of it; it counts as reverted once the service runs without it"
            )
        if run.branches is not None:
            self._withdraw(run)
        self._write(run, asker, "undo", reason or "asked to revert")

    def _withdraw(self, run: PatchRun) -> None:
        shop = self._configured(run.service)
        try:
            if run.url:
                shop.forge.close(run)
            shop.publisher.withdraw(run)
        except (BrokenError, RefusedError) as error:
            raise UpstreamError(error.reason) from error

    def _configured(self, service: str) -> Shop:
        if self._shop is None or not self._shop.bench.serves(service):
            raise BadRequestError(
                f"no repository is configured for {service}: name it and its commands in the file of AIRUNTIME_PATCHES",
                field="service",
                value=service,
            )
        return self._shop

    def _libraries(self, suggestion: Suggestion) -> tuple[str, ...]:
        subject = suggestion.subject
        found = (one.primitive(subject.primitive) for one in self._ledger.manifests() if one.service == subject.service)
        return tuple(library.name for primitive in found if primitive for library in primitive.libraries)

    # what the worker does

    def work(self) -> None:
        """One pass over all patches: each goes on as far as it can."""
        if self._shop is None:
            return
        for run in self._patches.patches():
            going: PatchRun | None = run
            while going is not None and (going.phase in PATCH_WORKING or going.proposing):
                going = self._stage(going, self._shop)
            if going is not None:
                self._follow(going, self._shop.publisher)

    def _stage(self, run: PatchRun, shop: Shop) -> PatchRun | None:
        """Do what the phase asks for and write what came of it; None when somebody else moved it meanwhile."""
        suggestion = self._ledger.suggestion(run.suggestion).suggestion
        failed: PatchEventKind = "unproposed" if run.phase == "branched" else "fail"
        try:
            kind, why, facts = _STAGES[run.phase](run, suggestion, shop)
        except RefusedError as error:
            kind = "refuse" if failed == "fail" else failed
            why, facts = error.reason, {"ran": (*run.ran, *error.ran)}
        except BrokenError as error:
            kind, why, facts = failed, error.reason, {}
        except Exception as error:  # noqa: BLE001 - a pass must outlive whatever a stage raises
            _log.exception("patch %s", run.id)
            kind, why, facts = failed, f"it could not be gone on with ({type(error).__name__}): see the log", {}
        moved = self._moved(run, kind, why, proposing=kind == "improved" and shop.forge.serves(run.service), **facts)
        gone = moved is None or kind in {"refuse", "fail"}
        if gone and run.phase == "benching":
            self._clear(run, shop)
        return moved

    def _clear(self, run: PatchRun, shop: Shop) -> None:
        """Take away branches that were made just before the run was cancelled, or before the process was killed."""
        try:
            shop.publisher.withdraw(run)
        except (BrokenError, RefusedError) as error:
            _log.warning("patch %s left branches: %s", run.id, error.reason)

    def _follow(self, run: PatchRun, publisher: Publisher) -> None:
        """See whether the service runs the patch, and what it does there."""
        if run.phase in _IN_REPOSITORY or (run.phase in _MERGED and run.merged_commit):
            revision = self._new_revision(run)
            if revision:
                run = self._seen(run, revision, publisher) or run
        if run.phase == "watching":
            judged = self._live.judge(run, self._ledger.suggestion(run.suggestion).suggestion)
            if judged is not None:
                kind, why, verdict = judged
                self._moved(run, kind, why, verdict=verdict)

    def _new_revision(self, run: PatchRun) -> str:
        """The revision that the service says it runs, if it was not looked at for this run and phase."""
        revision = next((one.revision for one in self._ledger.manifests() if one.service == run.service), "")
        key, state = f"{run.id}", f"{run.phase} {revision}"
        if self._looked.get(key) == state:
            return ""
        self._looked[key] = state
        return revision

    def _seen(self, run: PatchRun, revision: str, publisher: Publisher) -> PatchRun | None:
        try:
            carries = publisher.carries(run, revision)
        except (BrokenError, RefusedError) as error:
            _log.warning("patch %s cannot be looked for: %s", run.id, error.reason)
            return None
        if carries and run.phase in _IN_REPOSITORY:
            now = self._clock.now()
            facts = {"merged_commit": revision, "baseline": self._live.baseline(now), "proposing": False}
            return self._moved(run, "merged", f"the service runs {revision[:12]}, which has the patch", **facts)
        if carries is False and run.merged_commit:
            return self._moved(run, "undo", f"the service runs {revision[:12]}, which has the patch no more")
        return None

    # on record

    def _moved(self, run: PatchRun, kind: PatchEventKind, why: str, **facts: Any) -> PatchRun | None:
        try:
            return self._write(run, _SELF, kind, why, **facts)
        except ConflictError as error:
            _log.info("patch %s moved meanwhile: %s", run.id, error)
            return None

    def _write(
        self, run: PatchRun, asker: Asker, kind: PatchEventKind, why: str, turn: int | None = None, **facts: Any
    ) -> PatchRun:
        now = self._clock.now()
        try:
            after = replace(advance_patch(run, PatchEvent(kind, now, asker.name, why)), **facts)
        except IllegalPatchMoveError as error:
            raise ConflictError(str(error)) from error
        entry = AuditEntry(now, asker.name, asker.via, f"patch_{kind}", run.suggestion, run.phase, after.phase, why)
        self._patches.move_patch(run, after, entry, turn)
        return after


def _begin(_run: PatchRun, _suggestion: Suggestion, _shop: Shop) -> Moved:
    return "begin", "the patch is looked at", {}


def _prepare(run: PatchRun, suggestion: Suggestion, shop: Shop) -> Moved:
    branches = shop.bench.prepare(run, suggestion)
    return (
        "prepared",
        f"commit {branches.commit[:12]} on {branches.base[:12]} of {branches.target}",
        {"branches": branches},
    )


def _check(run: PatchRun, suggestion: Suggestion, shop: Shop) -> Moved:
    ran = shop.bench.check(run, suggestion)
    return "passed", "; ".join(f"{one.name} {one.outcome}" for one in ran), {"ran": (*run.ran, *ran)}


def _bench(run: PatchRun, suggestion: Suggestion, shop: Shop) -> Moved:
    before, after, ran = shop.bench.bench(run, suggestion)
    verdict = judge_bench(before, after)
    facts: dict[str, Any] = {"ran": (*run.ran, ran), "bench": verdict}
    if verdict.outcome != "confirmed":
        return "refuse", f"the benchmark is not better beyond its own noise: {verdict.reason}", facts
    shop.publisher.publish(replace(run, **facts), suggestion)
    return "improved", verdict.reason, facts


def _propose(run: PatchRun, suggestion: Suggestion, shop: Shop) -> Moved:
    url = shop.forge.propose(run, suggestion, proposal(run, suggestion))
    return "propose", f"pull request {url}", {"url": url}


_STAGES: Final[Mapping[PatchPhase, Callable[[PatchRun, Suggestion, Shop], Moved]]] = {
    "planned": _begin,
    "preparing": _prepare,
    "checking": _check,
    "benching": _bench,
    "branched": _propose,
}


def proposal(run: PatchRun, suggestion: Suggestion) -> Proposal:
    """What the pull request says: why, what was proved, and how to take it back."""
    ran = "\n".join(f"- {one.name}: {one.outcome}, {one.seconds:.1f} s" for one in run.ran)
    measured = run.bench.reason if run.bench else "not measured"
    back = run.branches.revert_branch if run.branches else ""
    body = (
        f"{suggestion.claim}\n\nProved before this was opened:\n{ran}\n- benchmark: {measured}\n\n"
        f"Suggestion {suggestion.id}, rule {suggestion.rule}, patch by {run.diff.author}, asked for by {run.asked_by}. "
        f"To take it back, merge `{back}`."
    )
    return Proposal(suggestion.title, body)
