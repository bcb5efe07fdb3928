"""The engine of code patches, before fakes: every stage, every way out, killed and begun again."""

from __future__ import annotations

from pathlib import Path

import pytest
from ai_runtime_intelligent.flow.patch import PATCH_TRANSITIONS, PatchRun
from airuntime_backend.adapters.ledger import SqlPatches
from airuntime_backend.errors import ConflictError, NotFoundError, UpstreamError
from airuntime_backend.patch_ports import BrokenError, RefusedError
from support.shopfloor import EVE, SLOW, Floor, Stand, engine, stand
from support.yard import STAGE, yard

SAME = (SLOW, SLOW[::-1])
TURNED = "1a2b3c4d5e6f"


def test_a_good_patch_goes_all_the_way_to_a_branch(tmp_path: Path) -> None:
    """Each stage once and in its order; every step is in the audit, with who did it."""
    with stand(tmp_path) as here:
        run = here.tried()

        assert run.phase == "branched"
        assert here.floor.did == ["prepare", "check", "bench", "publish"]
        assert here.history() == ["patch", "patch_begin", "patch_prepared", "patch_passed", "patch_improved"]
        first, *others = here.yard.ledger.audit(here.yard.suggestion.id)
        assert (first.who, first.via, first.after) == ("eve", "token", "planned")
        assert {(entry.who, entry.via) for entry in others} == {("airuntime", "worker")}


@pytest.mark.parametrize("stage", ["prepare", "check", "bench", "publish"])
@pytest.mark.parametrize(("error", "phase"), [(RefusedError("no good"), "refused"), (BrokenError("no git"), "failed")])
def test_each_stage_tells_what_is_the_patchs_fault_from_what_is_not(
    tmp_path: Path, stage: str, error: Exception, phase: str
) -> None:
    """Refused says something of the patch, failed does not; no branch is left either way, and it may be asked anew."""
    with stand(tmp_path, Floor(fails={stage: error})) as here:
        run = here.tried()

        assert (run.phase, run.why) == (phase, str(error))
        assert here.floor.branches == set()
        here.floor.fails.clear()
        here.yard.clock.at += 1
        assert here.tried().phase == "branched"


def test_an_error_that_nobody_thought_of_ends_the_run_and_not_the_worker(tmp_path: Path) -> None:
    """It is told by its name only, since its words may hold anything."""
    with stand(tmp_path, Floor(fails={"check": ValueError("secret")})) as here:
        run = here.tried()

        assert (run.phase, run.why) == ("failed", "it could not be gone on with (ValueError): see the log")


def test_a_benchmark_within_its_noise_is_no_improvement(tmp_path: Path) -> None:
    """The patch is refused with the interval, and nothing is published."""
    with stand(tmp_path, Floor(numbers=SAME)) as here:
        run = here.tried()

        assert run.phase == "refused"
        assert run.why.startswith("the benchmark is not better beyond its own noise: bench went from")
        assert "publish" not in here.floor.did
        assert run.bench is not None
        assert run.bench.outcome == "inconclusive"


def test_a_slower_patch_is_refused(tmp_path: Path) -> None:
    """The wrong way is told as such."""
    with stand(tmp_path, Floor(numbers=((0.5, 0.51, 0.5, 0.52, 0.5, 0.5), SLOW))) as here:
        assert here.tried().why.endswith("the wrong way")


@pytest.mark.parametrize("stage", ["prepare", "check", "bench", "publish", "propose"])
def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(tmp_path: Path, stage: str) -> None:
    """The stage in which it died is begun again; there are two branches and one pull request."""

    class Killed(BaseException):
        """As if the process were gone."""

    with stand(tmp_path, Floor(forged=True, fails={stage: Killed()})) as here:
        here.ask()
        with pytest.raises(Killed):
            here.patching.work()
        here.floor.fails.clear()
        engine(here.yard, here.floor).work()

        assert here.run.phase == "proposed"
        assert (len(here.floor.branches), here.floor.pulls) == (2, 1)
        assert here.floor.did.count(stage) == 2


def test_killed_between_branch_and_record_a_bench_that_now_says_no_leaves_no_branch(tmp_path: Path) -> None:
    """What was published and never written down is taken away again."""
    with stand(tmp_path) as here:
        here.ask()
        here.floor.branches = {"airuntime/s"}
        here.floor.numbers = SAME
        here.patching.work()

        assert (here.run.phase, here.floor.branches) == ("refused", set())


def test_a_patch_that_is_cancelled_while_it_is_tried_leaves_nothing(tmp_path: Path) -> None:
    """The worker finds out when it writes, and takes the branches away that it has just made."""

    class Cancelling(Floor):
        """Somebody cancels while the branches are made."""

        def publish(self, *args: object) -> None:
            super().publish(*args)  # type: ignore[arg-type] # passed on
            here.revert("changed my mind")

    with stand(tmp_path, Cancelling()) as here:
        run = here.tried()

        assert (run.phase, run.why, here.floor.branches) == ("reverted", "changed my mind", set())


def test_of_two_workers_one_writes(tmp_path: Path) -> None:
    """The other finds the run moved, and stops without a word in the audit."""
    with stand(tmp_path) as here:
        here.ask()
        other = engine(here.yard, Floor())

        class Racing(Floor):
            """Another worker does it all meanwhile."""

            def check(self, *args: object) -> object:  # type: ignore[override] # passed on
                other.work()
                return super().check(*args)  # type: ignore[arg-type] # the same

        engine(here.yard, Racing()).work()

        assert here.run.phase == "branched"
        assert here.history().count("patch_passed") == 1


def test_a_pull_request_is_opened_where_a_forge_is_configured(tmp_path: Path) -> None:
    """Its address is on record."""
    with stand(tmp_path, Floor(forged=True)) as here:
        run = here.tried()

        assert (run.phase, run.url, run.proposing) == ("proposed", "https://forge.example/1", False)


def test_a_forge_that_fails_leaves_the_branch_and_is_asked_again_when_a_person_says_so(tmp_path: Path) -> None:
    """The worker does not hammer it; the second try goes on from the branch."""
    with stand(tmp_path, Floor(forged=True, fails={"propose": BrokenError("GitHub answers 500")})) as here:
        run = here.tried()
        here.patching.work()

        assert (run.phase, run.why) == ("branched", "GitHub answers 500")
        assert here.floor.did.count("propose") == 1
        here.floor.fails.clear()
        here.ask()
        here.patching.work()
        assert here.run.phase == "proposed"
        assert here.floor.did.count("bench") == 1


def _watched(here: Stand, revision: str = TURNED) -> PatchRun:
    here.floor.has[revision] = True
    here.yard.world.n = 500.0
    here.yard.deployed(revision)
    return here.tick(10)


def _measures(here: Stand, after: float) -> None:
    began = here.yard.clock.at
    here.yard.world.measures = lambda at: {STAGE: {"seconds_mean": after if at > began else 0.09, "error_ratio": 0.0}}


@pytest.mark.parametrize(("seconds", "phase", "outcome"), [(0.03, "kept", "confirmed"), (0.2, "failed", "refuted")])
def test_after_the_merge_the_live_service_has_the_last_word(
    tmp_path: Path, seconds: float, phase: str, outcome: str
) -> None:
    """Its commit in the manifest starts the comparison of before and after by the suggestion's own claim."""
    with stand(tmp_path) as here:
        here.tried()
        here.yard.clock.at += 200
        _measures(here, seconds)
        watching = _watched(here)
        for _ in range(12):
            here.tick(10)
        run = here.run

        assert (watching.phase, watching.merged_commit) == ("watching", TURNED)
        assert run.verdict is not None
        assert (run.phase, run.verdict.outcome) == (phase, outcome)
        assert ("to take it back, merge airuntime/revert-s" in run.why) is (phase == "failed")


def test_a_live_service_that_nobody_measures_ends_the_watch_in_time(tmp_path: Path) -> None:
    """Nothing is confirmed without a number."""
    with stand(tmp_path) as here:
        here.tried()
        _watched(here)
        here.yard.world.down = True
        here.tick(400)

        assert (here.run.phase, here.run.why) == (
            "failed", "nothing could be measured: Prometheus does not answer"
        )  # fmt: skip


def test_other_commits_of_the_service_start_nothing(tmp_path: Path) -> None:
    """Neither one without the patch nor one that the repository does not know."""
    with stand(tmp_path) as here:
        here.tried()
        for revision, has in (("aaaaaaa", False), ("bbbbbbb", None)):
            here.floor.has[revision] = has
            here.yard.deployed(revision)
            assert here.tick(10).phase == "branched"
            asked = here.floor.did.count("carries")
            here.tick(10)
            assert here.floor.did.count("carries") == asked, "a revision is looked up once"


def test_a_merged_patch_that_is_gone_again_is_reverted(tmp_path: Path) -> None:
    """The revert branch was merged and deployed: the record follows by itself."""
    with stand(tmp_path) as here:
        here.tried()
        _watched(here)
        here.floor.has["ccccccc"] = False
        here.yard.deployed("ccccccc")

        assert here.tick(10).phase == "reverted"


@pytest.mark.parametrize("forged", [False, True])
def test_a_person_takes_a_branch_or_a_pull_request_back(tmp_path: Path, *, forged: bool) -> None:
    """Branches and pull request go, the reason stays."""
    with stand(tmp_path, Floor(forged=forged)) as here:
        here.tried()
        here.revert("not now")

        assert (here.run.phase, here.run.why) == ("reverted", "not now")
        assert (here.floor.branches, here.floor.pulls) == (set(), 0)
        assert ("close" in here.floor.did) is forged


def test_what_cannot_be_taken_away_stays_on_record(tmp_path: Path) -> None:
    """The forge is down: the patch is still proposed."""
    with stand(tmp_path, Floor(forged=True, fails={"close": BrokenError("GitHub answers 500")})) as here:
        here.tried()

        with pytest.raises(UpstreamError, match="GitHub answers 500"):
            here.revert()

        assert here.run.phase == "proposed"


def test_a_merged_patch_is_taken_back_by_merging_its_revert(tmp_path: Path) -> None:
    """Deleting a branch would change nothing that runs, so it is refused with what to do."""
    with stand(tmp_path) as here:
        here.tried()
        _watched(here)

        with pytest.raises(ConflictError, match="the patch is merged: merge airuntime/revert-s"):
            here.revert()


def test_a_second_patch_is_refused_while_one_lives(tmp_path: Path) -> None:
    """It says what there is instead."""
    with stand(tmp_path) as here:
        here.ask()
        with pytest.raises(ConflictError, match="has a patch already, which is planned"):
            here.ask()
        here.patching.work()
        with pytest.raises(ConflictError, match="has a patch already, which is branched"):
            here.ask()


def test_two_askers_at_once_get_one_patch(tmp_path: Path) -> None:
    """The record holds one living patch for a suggestion, whoever was told that there is none."""
    with stand(tmp_path) as here:
        here.ask()
        first = here.run
        here.yard.clock.at += 1
        twin = engine(here.yard, here.floor)
        twin.latest = lambda suggestion_id: None  # type: ignore[method-assign] # noqa: ARG005 - it looked before

        with pytest.raises(ConflictError, match="has a patch already: revert that one"):
            twin.ask(here.yard.suggestion.id, 1, EVE)

        assert SqlPatches(here.yard.ledger.engine).patches() == (first,)


def test_a_stale_revision_is_refused(tmp_path: Path) -> None:
    """Of the suggestion when the patch is asked for, of the patch when it is taken back."""
    with stand(tmp_path) as here:
        with pytest.raises(ConflictError, match="expected open at revision 7"):
            here.ask(7)
        here.ask()
        with pytest.raises(ConflictError, match="is planned at revision 1, expected revision 9"):
            here.patching.revert(here.yard.suggestion.id, 9, EVE, "")


def test_what_is_not_there_cannot_be_asked_for(tmp_path: Path) -> None:
    """No such suggestion, or none of its patch."""
    with stand(tmp_path) as here:
        with pytest.raises(NotFoundError):
            here.patching.ask("suggestion_0", 1, EVE)
        with pytest.raises(ConflictError, match="was never asked for"):
            here.patching.revert(here.yard.suggestion.id, 1, EVE, "")


def test_a_suggestion_without_a_patch_says_so(tmp_path: Path) -> None:
    """There is only its tunable."""
    with stand(tmp_path, diff=None) as here, pytest.raises(ConflictError, match="offers no patch of the code"):
        here.ask()


def test_without_the_operators_file_patches_are_only_shown(tmp_path: Path) -> None:
    """The answer names the variable; the worker has nothing to do."""
    with yard(tmp_path, patches=None) as here:
        answer = here.ask()
        here.work()

        assert answer.status_code == 400
        assert "AIRUNTIME_PATCHES" in answer.get_json()["error"]["message"]
        assert here.patch()["run"] is None


def test_a_finished_run_moves_no_more() -> None:
    """Refused and reverted are ends; every other phase has a way on."""
    leaving = {phase for phase, _ in PATCH_TRANSITIONS}

    assert {"refused", "reverted"}.isdisjoint(leaving)
    assert set(PATCH_TRANSITIONS.values()) - leaving == {"refused", "reverted"}
