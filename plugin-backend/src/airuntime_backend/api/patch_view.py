"""Code patches as the API shows them."""

from __future__ import annotations

from ai_runtime_intelligent.flow.patch import PatchRun
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import Verdict

from . import schemas
from .verdict_view import verdict_view


def patch_view(suggestion: Suggestion, run: PatchRun | None) -> schemas.PatchView | None:
    """The patch that was asked for, else the one on offer; None when there is neither."""
    diff = run.diff if run else suggestion.code
    if diff is None:
        return None
    return schemas.PatchView(author=diff.author, text=diff.text, run=_run(run) if run else None)


def _run(run: PatchRun) -> schemas.PatchRunView:
    return schemas.PatchRunView(
        id=run.id,
        phase=run.phase,
        revision=run.revision,
        since=run.since,
        why=run.why,
        asked_by=run.asked_by,
        branches=schemas.BranchesView.model_validate(vars(run.branches)) if run.branches else None,
        ran=[schemas.RanView.model_validate(vars(one)) for one in run.ran],
        bench=_bench(run.bench) if run.bench else None,
        proposing=run.proposing,
        url=run.url,
        merged_commit=run.merged_commit,
        verdict=verdict_view(run.verdict) if run.verdict else None,
    )


def _bench(verdict: Verdict) -> schemas.BenchView:
    goal = verdict.goal
    return schemas.BenchView(
        outcome=verdict.outcome,
        reason=verdict.reason,
        before=goal.before if goal else None,
        after=goal.after if goal else None,
        low=goal.low if goal else None,
        high=goal.high if goal else None,
        runs=goal.n_after if goal else 0,
    )
