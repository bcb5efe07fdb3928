"""Ghosts: what the old time to live would have fetched, told while both values run."""

from __future__ import annotations

import pytest
from ai_runtime_intelligent.primitives.ghosts import KEYS_KEPT, Ghosts
from ai_runtime_intelligent.primitives.store import Entry, Store
from hypothesis import given, settings
from hypothesis import strategies as st

TTL, LONG = 3.0, 50.0

REQUESTS = st.lists(st.tuples(st.integers(0, 3), st.floats(0.0, 6.0), st.booleans()), max_size=60)
"""Key, seconds since the one before, and whether the request obeys the long time to live."""


@settings(deadline=None)
@given(REQUESTS)
def test_property_the_ghost_fetches_when_a_cache_of_the_old_value_would(asked: list[tuple[int, float, bool]]) -> None:
    """Whichever arms the requests were in, and whatever is held because of them."""
    now, expected, fetched = 0.0, 0.0, 0
    real, plain, ghosts = Store(lambda: now), Store(lambda: now), Ghosts()
    for key, pause, long in asked:
        now += pause
        found = real.find(key, LONG if long else TTL, 0.0)
        if found.held is not None:
            expected += ghosts.expected_usd("rollout_1", key, found.held, TTL, now)
        if found.entry is None:
            real.keep(key, key, 10, 1e6)
            ghosts.fetched(key, 1.0)
        old = plain.find(key, TTL, 0.0)
        if old.entry is None:
            fetched += old.held is not None  # what was never held is fetched under both values
            plain.keep(key, key, 10, 1e6)

    assert expected == fetched


def test_a_fetch_is_expected_to_cost_and_last_what_fetches_did() -> None:
    """Fetches of 1 and 3 USD: the next is expected to cost 2, and its answer is fresh 5 s after it was asked for."""
    ghosts, held = Ghosts(), Entry("a", stored=10.0, size=1, seconds=2.0)
    ghosts.fetched("k", 1.0)
    ghosts.fetched("k", 3.0)

    found = [ghosts.expected_usd("rollout_1", "k", held, TTL, at) for at in (12.9, 13.0, 17.9, 18.0)]

    assert found == [0.0, 2.0, 0.0, 2.0]


def test_old_prices_are_forgotten() -> None:
    """After a hundred fetches at the new one nothing is left of a hundred at the old one."""
    ghosts, held = Ghosts(), Entry("a", stored=0.0, size=1)
    for usd in [16.0] * 100 + [1.0] * 100:
        ghosts.fetched("k", usd)

    assert ghosts.expected_usd("rollout_1", "k", held, TTL, 4.0) == pytest.approx(1.0, abs=0.6)


def test_what_costs_nothing_is_expected_to_cost_nothing() -> None:
    """Most caches are of no models."""
    ghosts, held = Ghosts(), Entry("a", stored=0.0, size=1)
    ghosts.fetched("k", 0.0)

    assert ghosts.expected_usd("rollout_1", "k", held, TTL, 4.0) == 0.0


def test_each_experiment_begins_with_what_is_held() -> None:
    """What an earlier one would have fetched is no matter."""
    ghosts, held = Ghosts(), Entry("a", stored=0.0, size=1)
    ghosts.fetched("k", 1.0)

    found = [ghosts.expected_usd(name, "k", held, TTL, 4.0) for name in ("rollout_1", "rollout_1", "rollout_2")]

    assert found == [1.0, 0.0, 1.0]


def test_no_more_keys_are_followed_than_may_be() -> None:
    """The least recently asked for goes."""
    ghosts, held = Ghosts(), Entry("a", stored=0.0, size=1)
    for key in range(KEYS_KEPT + 1):
        ghosts.fetched(key, 1.0)

    found = [ghosts.expected_usd("rollout_1", key, held, TTL, 4.0) for key in (0, KEYS_KEPT)]

    assert found == [0.0, 1.0]
