"""Verification: read back what runs, measure both arms, judge; the share grows, the change is kept or goes back."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.growth import next_share
from ai_runtime_intelligent.flow.rollout import RUNNING, Event, EventKind, Rollout, advance
from ai_runtime_intelligent.flow.saving import Saving, account
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import Verdict

from airuntime_backend.errors import BackendError, ConflictError
from airuntime_backend.ports import Clock, Ledger, Metrics, Move, Pricing, Progress

from .elapsed import Elapsed
from .fleet import FleetReader, told
from .looking import Looker
from .moves import Moves
from .pace import Pace
from .propose import SELF
from .signals import by_subject, span_of

_log = logging.getLogger(__name__)

_LOOK_BACK: Final = 3600.0
"""Seconds after its end for which it is read back what services make of it."""
_OUTDATED: Final = "it began under a version that compared before and after, and has no control: apply it again"


class Verifier:
    """Moves every rollout as far as the measurements carry it."""

    def __init__(
        self, *, metrics: Metrics, ledger: Ledger, pricing: Pricing, clock: Clock, pace: Pace, moves: Moves
    ) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._pricing = pricing
        self._clock = clock
        self._pace = pace
        self._moves = moves
        self._fleet = FleetReader(metrics)
        self._looker = Looker(metrics, pace)
        self._elapsed = Elapsed(clock)

    def verify(self) -> None:
        """One pass over all rollouts; what cannot be read now is read in the next."""
        seen, rollouts = self._ledger.progress(), self._ledger.rollouts()
        newest = {_target(rollout): rollout.id for rollout in rollouts}
        for rollout in rollouts:
            if rollout.phase not in RUNNING and rollout.share in (0, 1) and newest[_target(rollout)] != rollout.id:
                continue  # a later one has the say
            try:
                move = self._next(rollout, seen.get(rollout.id))
            except BackendError as error:
                _log.warning("rollout %s cannot be looked at now: %s", rollout.id, error)
                move = self._out_of_sight(rollout, seen.get(rollout.id), error.message)
            if move is not None:
                self._write(move)

    def _write(self, move: Move) -> None:
        try:
            self._moves.move(move)
        except ConflictError as error:
            _log.info("rollout %s moved meanwhile: %s", move.before.id, error)

    def _next(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        if rollout.phase not in RUNNING:
            self._look_back(rollout, seen)
            return self._release(rollout)
        if rollout.dealing is None:
            return self._step(rollout, "undo", _OUTDATED)
        if rollout.phase == "watching":
            return self._watch(rollout, seen)
        return self._read_back(rollout, seen)

    def _step(self, rollout: Rollout, kind: EventKind, why: str, share: float | None = None) -> Move:
        event = Event(kind, self._clock.now(), SELF, why, share)
        return Move(rollout, advance(rollout, event), event, "worker")

    def _since(self, rollout: Rollout, at: float) -> float:
        return self._elapsed.since(rollout.id, at)

    # applying, stuck

    def _read_back(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        replicas = self._fleet.read(rollout, self._clock.now(), seen.replicas if seen else None)
        self._ledger.put_progress(self._looker.begun(rollout, replicas, self._clock.now()))
        all_do = not (replicas.lagging or replicas.behind)
        if replicas.obeying and (all_do or rollout.phase == "stuck" or self._waited(rollout)):
            return self._step(rollout, "observed", told(replicas))
        return self._unobserved(rollout, "no replica reports it")

    def _waited(self, rollout: Rollout) -> bool:
        return self._since(rollout, rollout.since) >= self._pace.obey_seconds

    def _unobserved(self, rollout: Rollout, found: str) -> Move | None:
        if rollout.phase == "stuck" or not self._waited(rollout):
            return None
        return self._step(rollout, "unobserved", self._stuck(rollout, found))

    def _stuck(self, rollout: Rollout, found: str) -> str:
        forward = rollout.change.forward
        refused = next((one.refused for one in self._ledger.manifests() if one.service == forward.service), "")
        what = (
            f"after {self._pace.obey_seconds:.0f} s nothing shows that {rollout.change.after:g} is tried out: {found}; "
        )
        if refused:
            return what + f"it refuses its config ({refused}); roll back, or wait for a version of it that does not"
        return what + "check that it runs, polls its config and is scraped, then wait or roll back"

    # watching

    def _watch(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        now = self._clock.now()
        replicas = self._fleet.read(rollout, now, seen.replicas if seen else None)
        look = self._looker.look(rollout, self._suggestion(rollout), replicas, now, seen)
        if not (replicas.obeying or replicas.lagging):
            return self._out_of_sight(rollout, seen, f"no replica reports the experiment ({told(replicas)})")
        if self._since(rollout, look.grew) >= self._pace.quiet_seconds:
            return self._out_of_sight(rollout, seen, "no call of either arm was counted")
        if rollout.held is not None:
            return self._step(rollout, "resumed", told(replicas))
        return self._judge(rollout, look)

    def _judge(self, rollout: Rollout, look: Progress) -> Move | None:
        verdict, dealing = look.verdict, rollout.dealing
        if verdict is None or dealing is None:
            return None
        growth = self._pace.growth_of(dealing.scope)
        step = next_share(growth, verdict, rollout.share, self._since(rollout, rollout.stepped))
        self._ledger.put_progress(self._looker.noted(look, step.why))
        if step.event is None:
            return None
        if step.event == "grown":
            return self._step(rollout, "grown", step.why, step.share)
        return self._conclude(rollout, verdict, step.event, step.why)

    def _conclude(self, rollout: Rollout, verdict: Verdict, kind: EventKind, why: str) -> Move:
        kept = kind == "confirmed"
        share = max(rollout.share, 1 - self._pace.holdout) if kept else None
        event = Event(kind, self._clock.now(), SELF, why, share)
        saving = self._account(rollout, verdict) if kept else None
        return Move(rollout, advance(rollout, event), event, "worker", verdict, saving)

    def _out_of_sight(self, rollout: Rollout, seen: Progress | None, why: str) -> Move | None:
        """Lost evidence: the share stands still, and when it stays lost, the change goes back."""
        if rollout.phase == "applying":
            return self._unobserved(rollout, why)
        if rollout.phase != "watching":
            return None
        if rollout.held is None:
            last = max(rollout.since, seen.at) if seen else rollout.since
            unseen = self._since(rollout, last) >= self._pace.unseen_seconds
            return self._step(rollout, "held", f"the share stays at {rollout.share:g}: {why}") if unseen else None
        if self._since(rollout, rollout.held) < self._pace.lost_seconds:
            return None
        return self._step(rollout, "error", f"for {self._pace.lost_seconds:.0f} s nothing could be measured: {why}")

    # kept, rolled back

    def _look_back(self, rollout: Rollout, seen: Progress | None) -> None:
        """For a while after the end, see whether all replicas obey what holds now."""
        if seen is None or self._since(rollout, rollout.since) > _LOOK_BACK:
            return
        replicas = self._fleet.read(rollout, self._clock.now(), seen.replicas)
        self._ledger.put_progress(replace(seen, replicas=replicas))
        late = (*replicas.lagging, *replicas.behind)
        if late and self._waited(rollout) and replicas != seen.replicas:
            _log.error("rollout %s is %s, but %s", rollout.id, rollout.phase, told(replicas))

    def _release(self, rollout: Rollout) -> Move | None:
        """End a holdout that nobody deals any more, or that is not wanted any more."""
        if rollout.phase != "kept" or rollout.share >= 1:
            return None
        forward = rollout.change.forward
        dealt = {one.rollout for one in self._ledger.config(forward.service).experiments}
        if rollout.id not in dealt:
            return self._step(rollout, "released", "a later change took the place of its holdout")
        if self._pace.holdout <= 0:
            return self._step(rollout, "released", "holdouts are switched off")
        return None

    def _suggestion(self, rollout: Rollout) -> Suggestion:
        return self._ledger.suggestion(rollout.change.suggestion).suggestion

    def _account(self, rollout: Rollout, verdict: Verdict) -> Saving | None:
        subject = self._suggestion(rollout).subject
        rate = self._rate(subject, Window(rollout.baseline.end, self._clock.now()))
        if rate is None:
            return None
        prices = self._pricing.prices()
        return account(verdict, subject, calls_per_hour=3600 * rate, prices=prices, at=self._clock.now())

    def _rate(self, subject: Subject, window: Window) -> float | None:
        try:
            rates = self._metrics.instant(promql.calls_per_second(promql.EVERYTHING, span_of(window)), window.end)
        except BackendError as error:
            _log.warning("%s has no saving, its traffic is unknown: %s", subject.primitive, error)
            return None
        return by_subject(rates).get(subject)


def _target(rollout: Rollout) -> tuple[str, str]:
    forward = rollout.change.forward
    return forward.service, forward.tunable
