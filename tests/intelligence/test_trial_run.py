"""Trials: how the calls of a tunable are dealt and judged follows from whose calls its value touches."""

from __future__ import annotations

import pytest
from ai_runtime_intelligent import Apm, CachePrimitive
from ai_runtime_intelligent.flow.growth import Growth
from ai_runtime_intelligent.intelligence.trial_run import Pace, TrialRun
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from support.flow import suggestion

PACE = Pace(Growth(), block_seconds=60.0)


@pytest.mark.asyncio
async def test_keys_are_dealt_anew_in_each_block_and_judged_in_pairs(apm: Apm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A popular key would speak for its arm for ever: one look is one pair, however many calls there were."""
    # In the middle of a block: at its beginning nothing is counted.
    monkeypatch.setattr("ai_runtime_intelligent.runtime.trial.time", lambda: 60.0 * 20_000_000 + 30.0)
    assert apm.recorder is not None
    cache = CachePrimitive("answers", lambda key: key, ttl_seconds=2.0)
    trial = TrialRun(apm.recorder, suggestion(), cache.ttl_seconds.spec, PACE, held=None, at=0.0)
    assert (trial.experiment.mode, trial.experiment.block_seconds, trial.experiment.share) == ("call", 60.0, 0.5)
    TUNABLES.apply({}, [trial.experiment])
    trial.observed(0.0)

    for look in range(1, 4):
        for key in range(50):
            await cache.execute(key)
        control, candidate = trial._arms(60.0 * look)

    one, two = control.estimate("seconds_mean"), candidate.estimate("seconds_mean")
    assert one is not None
    assert two is not None
    assert (one.n, two.n) == (3, 3)
