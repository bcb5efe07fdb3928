"""Tries patches by the operator's commands, and puts what is proved into the repository."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.flow.patch import Branches, PatchRun, Ran, judge_bench
from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.adapters.advisor_llm.redact import Redactor
from airuntime_backend.adapters.git import Repository, Workshop
from airuntime_backend.adapters.git.workshop import Commits
from airuntime_backend.adapters.sandbox import Cage, Limits, Result
from airuntime_backend.patch_ports import BrokenError, RefusedError

from .config import PatchConfig, ServiceConfig
from .judging import judged
from .messages import messages
from .replay import same_outputs

_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
_UNTIL: Final = frozenset({"confirmed", "refuted"})


@dataclass(frozen=True)
class PatchBench:
    """The workbench and the publisher of every configured service. ``folder`` is where patches are tried."""

    config: PatchConfig
    folder: Path
    redact: Redactor
    cage: Cage

    def prepare(self, run: PatchRun, suggestion: Suggestion) -> Branches:
        """Check the patch and make it a commit with its revert, in a workshop beside the user's repository.

        Raises:
            RefusedError: the patch or the repository does not do.
            BrokenError: git could not.
        """
        config = self.service(run.service)
        repository = Repository(config.repository)
        base, target = repository.standing()
        branch, revert = f"airuntime/{suggestion.id}", f"airuntime/revert-{suggestion.id}"
        blobs = judged(run, config, repository, base, self.redact)
        with self._workshop(run, config, base) as workshop:
            commits = workshop.commit(base, blobs, messages(run, suggestion), run.created_at)
        repository.is_free(branch, commits.patch)
        repository.is_free(revert, commits.revert)
        return Branches(base, target, branch, commits.patch, revert, commits.revert)

    def check(self, run: PatchRun, suggestion: Suggestion) -> tuple[Ran, ...]:
        """Run the check command on the patched code, then compare outputs if there is a replay command.

        Raises:
            RefusedError: the check fails or breaks a limit, or an output differs.
            BrokenError: a command cannot be run.
        """
        config, branches = self.service(run.service), _made(run)
        with self._made(run, suggestion) as workshop:
            after = workshop.tree("after", branches.commit)
            done = self._run(config, config.check, after, workshop)
            ran = _ran("check", done)
            if not done.good:
                raise RefusedError(f"the check {done.told}", (ran,))
            if not config.replay:
                return (ran,)
            trees = (workshop.tree("before", branches.base), workshop.tree("replayed", branches.commit))
            replayed = same_outputs(lambda tree: self._run(config, config.replay, tree, workshop), *trees, (ran,))
            return (ran, replayed)

    def bench(self, run: PatchRun, suggestion: Suggestion) -> tuple[tuple[float, ...], tuple[float, ...], Ran]:
        """Benchmark old code and new by turns, after a turn that does not count, until it can be told which is better.

        Raises:
            RefusedError: the benchmark fails, breaks a limit, or prints no number.
            BrokenError: it cannot be run.
        """
        config, branches = self.service(run.service), _made(run)
        numbers: tuple[list[float], list[float]] = ([], [])
        seconds = 0.0
        with self._made(run, suggestion) as workshop:
            trees = (workshop.tree("before", branches.base), workshop.tree("after", branches.commit))
            for turn in range(config.rounds + 1):
                for side in (0, 1) if turn % 2 else (1, 0):
                    done = self._run(config, config.bench, trees[side], workshop)
                    number = _number(done, ("old", "new")[side])
                    seconds += done.seconds
                    if turn:
                        numbers[side].append(number)
                if judge_bench(*numbers).outcome in _UNTIL:
                    break
        told = "\n".join(f"{before:.6g} {after:.6g}" for before, after in zip(*numbers, strict=True))
        return tuple(numbers[0]), tuple(numbers[1]), Ran("bench", f"ran {len(numbers[0])} times each", seconds, told)

    def publish(self, run: PatchRun, suggestion: Suggestion) -> None:
        """Put the branches of a proved run into the repository; doing it twice is doing it once.

        They are made anew: nothing that the commands could have touched is taken over.

        Raises:
            RefusedError: a branch of that name exists and is another.
            BrokenError: git could not, or what is made now is not what was proved.
        """
        with self._made(run, suggestion) as workshop:
            Repository(self.service(run.service).repository).add(workshop.store, _made(run))

    def withdraw(self, run: PatchRun) -> None:
        """Take the branches of a run away, as far as they still are what was made. Raises ``BrokenError``."""
        if run.branches is not None:
            Repository(self.service(run.service).repository).remove(run.branches)

    def carries(self, run: PatchRun, revision: str) -> bool | None:
        """Whether the code of that revision has the patch; None when the repository does not know the revision."""
        return Repository(self.service(run.service).repository).carries(revision, _made(run))

    def serves(self, service: str) -> bool:
        """Whether a repository is configured for the service."""
        return service in self.config.services

    def service(self, name: str) -> ServiceConfig:
        """What is configured of a service. Raises ``RefusedError``."""
        found = self.config.services.get(name)
        if found is None:
            raise RefusedError(f"no repository is configured for {name}: name it in the file of AIRUNTIME_PATCHES")
        return found

    def push(self, run: PatchRun, suggestion: Suggestion, env: Mapping[str, str], seconds: float) -> None:
        """Push the branches of a proved run to the remote of its forge. Raises ``BrokenError``."""
        forge, branches = self.service(run.service).forge, _made(run)
        if forge is None:
            raise BrokenError(f"no forge is configured for {run.service}")
        with self._made(run, suggestion) as workshop:
            refs = {branches.branch: branches.commit, branches.revert_branch: branches.revert_commit}
            workshop.push(forge.remote, refs, env, seconds)

    @contextmanager
    def _workshop(self, run: PatchRun, config: ServiceConfig, base: str) -> Iterator[Workshop]:
        """A workshop with the base commit; what an earlier one left is taken away first, and this one at the end."""
        workshop = Workshop(self.folder.resolve() / run.id)
        try:
            workshop.open(config.repository, base)
            yield workshop
        finally:
            workshop.close()

    @contextmanager
    def _made(self, run: PatchRun, suggestion: Suggestion) -> Iterator[Workshop]:
        """A workshop with the commits of a run that was prepared before."""
        config, branches = self.service(run.service), _made(run)
        repository = Repository(config.repository)
        with self._workshop(run, config, branches.base) as workshop:
            blobs = judged(run, config, repository, branches.base, self.redact)
            commits = workshop.commit(branches.base, blobs, messages(run, suggestion), run.created_at)
            if commits != Commits(branches.commit, branches.revert_commit):
                raise BrokenError(f"patch {run.id} does not give the same commits again: plan it anew")
            yield workshop

    def _run(self, config: ServiceConfig, command: tuple[str, ...], tree: Path, workshop: Workshop) -> Result:
        home = workshop.folder / "home"
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        env = {"PATH": _PATH, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"} | config.env
        env |= {"HOME": str(home), "TMPDIR": str(home / "tmp")}
        limits: Limits = config.limits.limits()
        return self.cage.run(command, folder=tree, env=env, limits=limits, watched=(home,), given=config.inputs)


def _made(run: PatchRun) -> Branches:
    if run.branches is None:
        raise BrokenError(f"patch {run.id} was never prepared")
    return run.branches


def _ran(name: str, done: Result) -> Ran:
    return Ran(name, done.told, done.seconds, done.tail)


def _number(done: Result, side: str) -> float:
    """The number on the last line that a benchmark printed."""
    ran = _ran("bench", done)
    if not done.good:
        raise RefusedError(f"the benchmark of the {side} code {done.told}", (ran,))
    lines = done.stdout.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    try:
        number = float(last)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RefusedError(
            f"the benchmark of the {side} code printed {last[:60]!r} on its last line, expected a number such as 0.25",
            (ran,),
        )
    return number
