"""Verification: read back what runs, measure before and after, judge, keep or take back."""

from __future__ import annotations

import logging

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.rollout import RUNNING, Event, EventKind, Rollout, advance, event_of
from ai_runtime_intelligent.flow.saving import Saving, account
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import Policy, Verdict, assess

from airuntime_backend.errors import BackendError, ConflictError
from airuntime_backend.ports import Clock, Ledger, Metrics, Move, Pricing

from .blocks import BlockReader, Pace
from .propose import SELF
from .signals import by_subject
from .tunables import Reported, reported

_log = logging.getLogger(__name__)


class Verifier:
    """Moves every running rollout as far as the measurements carry it."""

    def __init__(self, *, metrics: Metrics, ledger: Ledger, pricing: Pricing, clock: Clock, pace: Pace) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._pricing = pricing
        self._clock = clock
        self._pace = pace
        self._reader = BlockReader(metrics, pace)

    def verify(self) -> None:
        """One pass over all running rollouts; what cannot be read now is read in the next."""
        running = [rollout for rollout in self._ledger.rollouts() if rollout.phase in RUNNING]
        if not running:
            return
        try:
            seen = reported(self._metrics)
        except BackendError as error:
            _log.warning("what services obey cannot be read: %s", error)
            seen = {}
        for rollout in running:
            move = self._next(rollout, seen)
            if move is not None:
                self._write(move)

    def _write(self, move: Move) -> None:
        try:
            self._ledger.move(move)
        except ConflictError as error:
            _log.info("rollout %s moved meanwhile: %s", move.before.id, error)

    def _next(self, rollout: Rollout, seen: Reported) -> Move | None:
        if rollout.phase == "watching":
            return self._watch(rollout)
        return self._read_back(rollout, seen)

    def _read_back(self, rollout: Rollout, seen: Reported) -> Move | None:
        forward, now = rollout.change.forward, self._clock.now()
        values = seen.get((forward.service, forward.tunable), frozenset())
        if values == {rollout.change.after}:
            return self._step(rollout, "observed", f"the service obeys {rollout.change.after:g}")
        if rollout.phase == "stuck" or now - rollout.since < self._pace.obey_seconds:
            return None
        told = ", ".join(f"{value:g}" for value in sorted(values)) or "nothing"
        why = (
            f"after {self._pace.obey_seconds:.0f} s the service reports {told} and not {rollout.change.after:g}: "
            f"{self._what_to_do(forward.service)}"
        )
        return self._step(rollout, "unobserved", why)

    def _what_to_do(self, service: str) -> str:
        refused = next((one.refused for one in self._ledger.manifests() if one.service == service), "")
        if refused:
            return f"it refuses its config ({refused}); roll back, or wait for a version of it that does not"
        return "check that it runs and polls its config, then wait or roll back"

    def _step(self, rollout: Rollout, kind: EventKind, why: str) -> Move:
        event = Event(kind, self._clock.now(), SELF, why)
        return Move(rollout, advance(rollout, event), event, "worker")

    def _watch(self, rollout: Rollout) -> Move | None:
        pace, now = self._pace, self._clock.now()
        begun = rollout.since + pace.block_seconds
        done = int((now - begun) // pace.block_seconds)
        if done < 1:
            return None
        after = Window(begun, begun + min(done, pace.blocks) * pace.block_seconds)
        suggestion = self._ledger.suggestion(rollout.change.suggestion).suggestion
        verdict = self._judge(suggestion, rollout.baseline, after)
        if verdict is None:
            return self._give_up(rollout, now, begun)
        if verdict.outcome in ("inconclusive", "error") and done < pace.blocks:
            return None
        return self._conclude(rollout, suggestion, verdict, after)

    def _give_up(self, rollout: Rollout, now: float, begun: float) -> Move | None:
        """Lost sight: wait as long again as the watch takes, then go back."""
        if now - begun < 2 * self._pace.watch_seconds:
            return None
        return self._step(rollout, "error", "nothing could be measured: Prometheus does not answer")

    def _judge(self, suggestion: Suggestion, before: Window, after: Window) -> Verdict | None:
        policy = _policy(suggestion, self._pace)
        measures = (policy.goal, *(rail.measure for rail in policy.guardrails), *policy.also)
        subject = suggestion.subject
        queries = self._reader.queries(subject, measures)
        try:
            control, candidate = (self._reader.read(queries, subject, window) for window in (before, after))
        except BackendError as error:
            _log.warning("suggestion %s cannot be judged now: %s", suggestion.id, error)
            return None
        return assess(policy, control, candidate, tuple(queries.values()))

    def _conclude(self, rollout: Rollout, suggestion: Suggestion, verdict: Verdict, after: Window) -> Move:
        event = Event(event_of(verdict.outcome), self._clock.now(), SELF, verdict.reason)
        saving = self._account(suggestion.subject, verdict, after) if verdict.outcome == "confirmed" else None
        return Move(rollout, advance(rollout, event), event, "worker", verdict, saving)

    def _account(self, subject: Subject, verdict: Verdict, after: Window) -> Saving | None:
        query = promql.calls_per_second(promql.EVERYTHING, f"{max(1, round(after.seconds))}s")
        try:
            rate = by_subject(self._metrics.instant(query, after.end)).get(subject)
        except BackendError as error:
            _log.warning("verdict %s has no saving, its traffic is unknown: %s", verdict.id, error)
            return None
        if rate is None:
            return None
        return account(
            verdict, subject, calls_per_hour=3600 * rate, prices=self._pricing.prices(), at=self._clock.now()
        )


def _policy(suggestion: Suggestion, pace: Pace) -> Policy:
    goal = suggestion.expected.measure
    money = "usd_per_routed_call" if suggestion.subject.kind == "router" else "service_usd_per_call"
    also = tuple(measure for measure in (money, "seconds_mean") if measure != goal)
    return Policy(goal, suggestion.expected.direction, suggestion.guardrails, also, min_n=pace.least_blocks)
