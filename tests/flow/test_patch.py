"""The noun of code patches: one transition table, and a benchmark that is not fooled by noise."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import get_args

import pytest
from ai_runtime_intelligent.contract.kinds import PATCH_PHASES, PatchPhase
from ai_runtime_intelligent.flow.patch import (
    PATCH_LIVE,
    PATCH_TRANSITIONS,
    IllegalPatchMoveError,
    PatchEvent,
    PatchEventKind,
    advance_patch,
    judge_bench,
    plan_patch,
)
from ai_runtime_intelligent.flow.suggestion import Diff, Wording, worded
from support.flow import suggestion

DIFF = Diff("rule", "--- a\n+++ b\n")


@pytest.mark.parametrize("kind", get_args(PatchEventKind))
@pytest.mark.parametrize("phase", PATCH_PHASES)
def test_every_move_is_in_the_table_or_refused(phase: PatchPhase, kind: PatchEventKind) -> None:
    """What is refused names what would have been allowed."""
    run = replace(plan_patch(suggestion(), DIFF, "eve", 1.0), phase=phase)
    event = PatchEvent(kind, 2.0, "eve", "so")
    to = PATCH_TRANSITIONS.get((phase, kind))
    if to is None:
        with pytest.raises(IllegalPatchMoveError, match=f"is {phase}: {kind} is refused, allowed: "):
            advance_patch(run, event)
        return
    after = advance_patch(run, event)
    assert (after.phase, after.since, after.why, after.revision) == (to, 2.0, "so", 2)


def test_every_phase_can_be_reached_from_the_plan() -> None:
    """No phase is a word without a way to it; who needs an approval begins in another than who does not."""
    reached = {plan_patch(suggestion(), DIFF, "eve", 1.0, wait=wait).phase for wait in ("", "somebody must approve")}
    for _ in PATCH_PHASES:
        reached |= {to for (phase, _), to in PATCH_TRANSITIONS.items() if phase in reached}

    assert reached == set(PATCH_PHASES)
    assert set(PATCH_LIVE) < reached


def test_a_rules_patch_is_offered_before_a_models() -> None:
    """What is made of the syntax tree is surer than what is guessed; without either there is none."""
    plain = suggestion()
    by_model = worded(plain, "t", "c", Wording("model", ("s",), "c", patch="--- a\n"))

    assert plain.code is None
    assert by_model.code == Diff("model", "--- a\n")
    assert replace(by_model, patch=DIFF).code == DIFF


@pytest.mark.parametrize("sigma", [0.1, 0.5])
def test_a_patch_that_changes_nothing_is_seldom_called_better(sigma: float) -> None:
    """Of 400 idle patches, looked at after each of 20 turns of log-normal times, at most 5 % get a verdict."""
    draws, wrong = random.Random(7), 0
    for _ in range(400):
        before, after = ([draws.lognormvariate(0, sigma) for _ in range(20)] for _ in range(2))
        wrong += any(judge_bench(before[:n], after[:n]).outcome == "confirmed" for n in range(6, 21))

    assert wrong <= 20


def test_a_true_gain_is_found_within_the_usual_rounds() -> None:
    """A third less time with 10 % noise: 95 of 100 patches are found within 12 turns."""
    draws, found = random.Random(7), 0
    for _ in range(200):
        before = [draws.lognormvariate(0, 0.1) for _ in range(12)]
        after = [draws.lognormvariate(-0.4, 0.1) for _ in range(12)]
        found += any(judge_bench(before[:n], after[:n]).outcome == "confirmed" for n in range(6, 13))

    assert found >= 190


def test_fewer_than_six_turns_say_nothing() -> None:
    """However good they look."""
    assert judge_bench((9.0, 9.1, 9.0, 9.2, 9.1), (1.0, 1.1, 1.0, 1.2, 1.1)).outcome == "inconclusive"
    assert judge_bench((), ()).outcome == "error"
