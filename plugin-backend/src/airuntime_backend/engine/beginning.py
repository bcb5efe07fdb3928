"""Beginning: a rollout that was told to the service, until the service is seen to obey; or stuck, while it is not."""

from __future__ import annotations

from ai_runtime_intelligent.flow.rollout import Rollout

from airuntime_backend.ports import Ledger, Move, Progress

from .fleet import FleetReader, told
from .looking import Looker
from .pace import Pace
from .steps import Steps


class Beginning:
    """Reads back whether it is tried out. Raises ``UpstreamError`` or ``BadRequestError`` when nobody can tell."""

    def __init__(self, *, ledger: Ledger, pace: Pace, fleet: FleetReader, looker: Looker, steps: Steps) -> None:
        self._ledger = ledger
        self._pace = pace
        self._fleet = fleet
        self._looker = looker
        self._steps = steps

    def read_back(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        """Watch it once all replicas obey, or after a while those that do."""
        now = self._steps.now()
        replicas = self._fleet.read(rollout, now, seen.replicas if seen else None)
        self._ledger.put_progress(self._looker.begun(rollout, replicas, now))
        if replicas.obeying and (not replicas.late or rollout.phase == "stuck" or self._waited(rollout)):
            return self._steps.move(rollout, "observed", told(replicas))
        return self.unobserved(rollout, "no replica reports it")

    def unobserved(self, rollout: Rollout, found: str) -> Move | None:
        """It is stuck, once it was waited for long enough; it says what a person must do."""
        if rollout.phase == "stuck" or not self._waited(rollout):
            return None
        return self._steps.move(rollout, "unobserved", self._stuck(rollout, found))

    def _waited(self, rollout: Rollout) -> bool:
        return self._steps.since(rollout, rollout.since) >= self._pace.obey_seconds

    def _stuck(self, rollout: Rollout, found: str) -> str:
        service, seconds = rollout.change.forward.service, self._pace.obey_seconds
        refused = next((one.refused for one in self._ledger.manifests() if one.service == service), "")
        what = f"after {seconds:.0f} s nothing shows that {rollout.change.after:g} is tried out: {found}; "
        if refused:
            return what + f"it refuses its config ({refused}); roll back, or wait for a version of it that does not"
        return what + "check that it runs, polls its config and is scraped, then wait or roll back"
