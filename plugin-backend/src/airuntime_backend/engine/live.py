"""A merged patch on the live service: blocks of time before and after it began to run."""

from __future__ import annotations

import logging

from ai_runtime_intelligent.flow.patch import PatchEventKind, PatchRun, patch_event_of
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import Policy, Verdict, assess

from airuntime_backend.errors import BackendError
from airuntime_backend.ports import Clock, Metrics

from .spans import SpanReader, Spans

_log = logging.getLogger(__name__)
Judged = tuple[PatchEventKind, str, Verdict | None]


class LiveWatch:
    """Judges a merged patch by the claim of its suggestion."""

    def __init__(self, metrics: Metrics, clock: Clock, spans: Spans) -> None:
        self._clock = clock
        self._spans = spans
        self._reader = SpanReader(metrics, spans)

    def baseline(self, at: float) -> Window:
        """The window before a patch was seen to run; the last block is left out, in which it may have begun."""
        end = at - self._spans.block_seconds
        return Window(end - self._spans.watch_seconds, end)

    def judge(self, run: PatchRun, suggestion: Suggestion) -> Judged | None:
        """The event that the measurements are to a run that is watched; None while it is too early to tell."""
        spans, now = self._spans, self._clock.now()
        begun = run.since + spans.block_seconds
        done = int((now - begun) // spans.block_seconds)
        if run.baseline is None or done < 1:
            return None
        after = Window(begun, begun + min(done, spans.blocks) * spans.block_seconds)
        verdict = self._verdict(suggestion, run.baseline, after)
        if verdict is None:
            lost = now - begun >= 2 * spans.watch_seconds
            return ("error", "nothing could be measured: Prometheus does not answer", None) if lost else None
        if verdict.outcome in ("inconclusive", "error") and done < spans.blocks:
            return None
        return patch_event_of(verdict.outcome), _told(run, verdict), verdict

    def _verdict(self, suggestion: Suggestion, before: Window, after: Window) -> Verdict | None:
        expected, subject = suggestion.expected, suggestion.subject
        policy = Policy(expected.measure, expected.direction, suggestion.guardrails, min_n=self._spans.least_blocks)
        queries = self._reader.queries(subject, (policy.goal, *(rail.measure for rail in policy.guardrails)))
        try:
            control, candidate = (self._reader.read(queries, subject, window) for window in (before, after))
        except BackendError as error:
            _log.warning("patch of %s cannot be judged now: %s", suggestion.id, error)
            return None
        return assess(policy, control, candidate, tuple(queries.values()))


def _told(run: PatchRun, verdict: Verdict) -> str:
    if verdict.outcome == "confirmed" or run.branches is None:
        return verdict.reason
    return f"{verdict.reason}; to take it back, merge {run.branches.revert_branch}"
