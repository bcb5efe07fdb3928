"""The audit of a real house: what the records say, what the replicas do, and what the books hold."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import requests
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.flow.rollout import Rollout
from airuntime_backend.adapters.ledger import SqlBooks, SqlLedger
from prometheus_client.parser import text_string_to_metric_families

from .house import REPLICAS, House
from .shop import KNOBS, OLD, SERVICE

Calls = Counter[float | None]
_TRIES: Final = 40


def settled(ledger: SqlLedger, check: Callable[[SqlLedger], None]) -> None:
    """Check what is on record, again where somebody wrote meanwhile. Raises AssertionError."""
    for _ in range(_TRIES):
        before = ledger.audit()
        try:
            check(ledger)
        except AssertionError:
            if ledger.audit() == before:
                check(ledger)  # nobody is writing: it is wrong, unless it is put right now
                return
        else:
            return
    raise AssertionError(f"somebody has written {_TRIES} times in a row")


def check_counts(ledger: SqlLedger, rollout: Rollout, after: Calls, before: Calls) -> None:
    """No call was counted twice, nor in the arm whose value it did not obey."""
    look = ledger.progress().get(rollout.id)
    if look is None:
        return
    made = after - before
    for arm, value in ((look.control, OLD), (look.candidate, rollout.change.after)):
        assert arm.calls <= made[value], f"{arm.calls} calls are counted, {made[value]} were made: {rollout}"


def check_values(house: House) -> None:
    """No call of any replica ever obeyed a value that was never told."""
    for knob in KNOBS:
        assert not house.calls(knob)[None], f"calls of {knob.tunable} obeyed a value of nobody's"


def check_fleet(ledger: SqlLedger, house: House) -> None:
    """Every replica obeys what the ledger tells: values, shares and generation, as it says itself."""
    config = ledger.config(SERVICE)
    told = {one.rollout: one.share for one in config.experiments}
    obeyed = config.obeyed()
    for name in REPLICAS:
        values, shares, generation = _exposed(house, name)
        for knob in KNOBS:
            value, _ = obeyed.get(knob.tunable, (OLD, ""))
            assert values[knob.tunable] == value, f"{name} has {values}, told was {value} of {knob.tunable}"
        assert {rollout: share for rollout, share in shares.items() if share} == told, f"{name} deals {shares}"
        assert generation == config.generation, f"{name} is at generation {generation}, told was {config.generation}"


def _exposed(house: House, name: str) -> tuple[dict[str, float], dict[str, float], float]:
    """Values by tunable, candidates' shares by rollout, and the generation."""
    text = requests.get(f"{house.url(name)}/metrics", timeout=5).text
    values, shares, generation = {}, {}, 0.0
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == metrics.TUNABLE_VALUE.name:
                values[sample.labels["tunable"]] = sample.value
            elif sample.name == metrics.ARM_SHARE.name and sample.labels["arm"] == "candidate":
                shares[sample.labels["rollout"]] = sample.value
            elif sample.name == metrics.CONFIG_GENERATION.name:
                generation = sample.value
    return values, shares, generation


def check_books(ledger: SqlLedger) -> int:
    """No window is booked twice, nor before it is over; gives how many entries there are."""
    entries = SqlBooks(ledger.engine).entries(0.0, 1e12)
    now = time.time()
    seen = Counter((one.booking.rollout, one.booking.window.start, one.number) for one in entries)
    assert all(count == 1 for count in seen.values()), seen
    for one in entries:
        assert one.booking.window.end <= now, f"{one.booking.window} is booked, it is {now}"
    ends: dict[str, float] = {}
    for one in sorted((one for one in entries if one.number == 0), key=lambda one: one.booking.window.start):
        assert one.booking.window.start >= ends.get(one.booking.rollout, 0.0), one
        ends[one.booking.rollout] = one.booking.window.end
    return len(entries)
