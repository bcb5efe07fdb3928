"""Causes: the deepest node that explains the alarm comes first, and nobody is named when nothing has moved."""

import math
import random

import pytest
from ai_runtime_intelligent.flow.finding import rank_causes
from hypothesis import given
from hypothesis import strategies as st

SHOP = {"web": ["cart", "search", "pay"], "cart": ["db"], "search": ["db", "index"], "pay": ["bank"], "db": []}
USUAL = {"web": 0.4, "cart": 0.1, "search": 0.15, "pay": 0.3, "db": 0.01, "index": 0.05, "bank": 0.2}
Window = dict[str, dict[str, list[float]]]


def window(seed: int, length: int, extra: dict[str, float] | None = None, metric: str = "seconds_mean") -> Window:
    """Numbers of the shop: noise of 5 % about the usual, with so much added at some nodes."""
    dice = random.Random(seed)
    return {
        node: {
            metric: [usual * dice.gauss(1, 0.05) + (extra or {}).get(node, 0.0) for _ in range(length)],
            "calls": [dice.gauss(100, 3) for _ in range(length)],
        }
        for node, usual in USUAL.items()
    }


BEFORE = window(1, 200)


@pytest.mark.parametrize(
    ("cause", "extra"),
    [
        ("db", {"db": 0.5, "cart": 0.5, "search": 0.5, "web": 1.0}),
        ("search", {"search": 0.5, "web": 0.5}),
        ("bank", {"bank": 0.9, "pay": 0.9, "web": 0.9}),
        ("web", {"web": 0.6}),
    ],
)
def test_the_deepest_node_that_explains_the_alarm_is_first(cause: str, extra: dict[str, float]) -> None:
    """A slow callee makes its callers slow; they are named after it, and healthy nodes are not named."""
    ranked = rank_causes(SHOP, "web", BEFORE, window(2, 10, extra), "seconds_mean")

    assert ranked[0][0] == cause
    assert {node for node, _ in ranked} <= set(extra)


def test_a_callee_that_explains_little_does_not_take_the_blame() -> None:
    """One that is clearly slower by a hundredth of the trouble stays behind."""
    extra = {"search": 1.0, "index": 0.02, "web": 1.0}

    assert rank_causes(SHOP, "web", BEFORE, window(2, 10, extra), "latency")[0][0] == "search"


def test_seldom_called_nodes_explain_little() -> None:
    """A slow node that is called once in a hundred calls did not slow every one of them."""
    after = window(2, 10, {"bank": 1.0, "search": 0.8, "web": 0.8})
    after["bank"]["calls"] = [1.0] * 10

    assert rank_causes(SHOP, "web", BEFORE, after, "seconds_mean")[0][0] == "search"


def test_what_is_high_all_the_while_is_not_the_cause_of_what_came_later() -> None:
    """Of two slow callees the one that became slow with the target is first."""
    after = window(2, 10)
    for node, start in (("web", 5), ("cart", 5), ("search", 0)):
        seconds = after[node]["seconds_mean"]
        seconds[start:] = [value + 0.5 for value in seconds[start:]]

    assert rank_causes(SHOP, "web", BEFORE, after, "seconds_mean")[0][0] == "cart"


def test_errors_are_followed_like_seconds() -> None:
    """A ratio of errors that a callee passes on is the callee's."""
    nothing = {node: {"error_ratio": [0.0] * 100} for node in USUAL}
    failing = {**nothing, **{node: {"error_ratio": [0.0, 0.05, 0.06]} for node in ("web", "pay")}}

    assert rank_causes(SHOP, "web", nothing, failing, "error_ratio")[0][0] == "pay"
    assert rank_causes(SHOP, "web", nothing, failing)[0][0] == "pay"


@pytest.mark.parametrize("factor", [0.1, 5.0])
def test_changed_calls_must_be_asked_for_and_lead_to_the_caller(factor: float) -> None:
    """Traffic swings; who asks why it did is led to who makes the calls, for a rise and for a fall."""
    after = window(2, 10)
    for node in ("web", "search", "db"):
        after[node]["calls"] = [calls * factor for calls in after[node]["calls"]]

    assert rank_causes(SHOP, "db", BEFORE, after, "calls")[0][0] == "web"
    assert rank_causes(SHOP, "db", BEFORE, after) == []


def test_the_way_may_lead_through_nodes_that_nobody_measured() -> None:
    """A gateway without numbers does not hide what is behind it."""
    before, after = window(1, 200), window(2, 10, {"db": 0.5, "web": 0.5})
    for numbers in (before, after):
        del numbers["cart"], numbers["search"]

    assert rank_causes(SHOP, "web", before, after, "seconds_mean")[0][0] == "db"


def test_a_cycle_ends() -> None:
    """Calls that go round are walked a few times and no more."""
    after = window(2, 10, {"cart": 0.5, "db": 0.5, "web": 0.5})

    ranked = rank_causes({**SHOP, "db": ["cart", "web"]}, "web", BEFORE, after, "seconds_mean")

    assert {node for node, _ in ranked} == {"cart", "db", "web"}
    assert sum(score for _, score in ranked) == pytest.approx(1)


def test_a_target_that_the_graph_does_not_know_may_have_called_anyone() -> None:
    """Without a graph the node that moved is still found."""
    after = window(2, 10, {"db": 0.5})

    assert rank_causes({}, "gateway", BEFORE, after, "seconds_mean")[0][0] == "db"


def test_quantiles_speak_where_no_mean_was_measured() -> None:
    """Any of the quantiles will do."""
    before = window(1, 200, metric="seconds_p95")
    after = window(2, 10, {"index": 0.5, "search": 0.5, "web": 0.5}, metric="seconds_p95")

    assert rank_causes(SHOP, "web", before, after, "seconds_p50")[0][0] == "index"


@pytest.mark.parametrize("windows", [({}, {}), (BEFORE, {}), ({}, BEFORE), (BEFORE, {"db": {"seconds_mean": []}})])
def test_nothing_measured_is_no_cause(windows: tuple[Window, Window]) -> None:
    """Missing numbers are never an accusation."""
    assert rank_causes(SHOP, "web", *windows) == []


def test_missing_values_do_not_hide_a_cause() -> None:
    """NaN stands for a scrape that failed, not for a number."""
    after = window(2, 10, {"db": 0.5, "cart": 0.5, "web": 0.5})
    after["db"]["seconds_mean"][3:5] = [math.nan, math.nan]

    assert rank_causes(SHOP, "web", BEFORE, after, "seconds_mean")[0][0] == "db"


@given(st.integers(0, 10_000), st.integers(5, 40))
def test_noise_alone_names_nobody(seed: int, length: int) -> None:
    """Windows of the same healthy shop differ by chance only."""
    assert rank_causes(SHOP, "web", BEFORE, window(seed, length), "seconds_mean") == []


numbers = st.lists(st.floats(0, 1e6) | st.just(math.nan), max_size=30)


@given(st.dictionaries(st.sampled_from(sorted(USUAL)), st.fixed_dictionaries({"seconds_p90": numbers}), max_size=7))
def test_the_same_before_and_after_names_nobody(same: Window) -> None:
    """Whatever was measured, no change is no cause."""
    assert rank_causes(SHOP, "web", same, same) == []


metrics = st.dictionaries(st.sampled_from(["seconds_mean", "seconds_p99", "calls", "error_ratio"]), numbers, max_size=4)
windows = st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e"]), metrics, max_size=5)
graphs = st.dictionaries(st.sampled_from(["a", "b", "c", "d", "f"]), st.lists(st.sampled_from(["a", "b", "c", "f"])))


@given(graphs, windows, windows, st.sampled_from([None, "latency", "error_ratio", "calls"]))
def test_scores_are_shares_in_order_whatever_is_asked(
    graph: dict[str, list[str]], before: Window, after: Window, metric: str | None
) -> None:
    """Any graph and any numbers give a ranking: scores within 0..1, best first, each node once."""
    ranked = rank_causes(graph, "a", before, after, metric)
    scores = [score for _, score in ranked]

    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) <= 1 + 1e-9
    assert len({node for node, _ in ranked}) == len(ranked)


@given(st.integers(-20, 20), st.integers(0, 100))
def test_the_unit_of_time_does_not_matter(power: int, seed: int) -> None:
    """Seconds or milliseconds: the ranking is the same."""
    after = window(seed, 8, {"db": 0.5, "cart": 0.4, "search": 0.3, "web": 1.0})

    def scaled(numbers: Window) -> Window:
        return {
            node: {**seen, "seconds_mean": [value * 2.0**power for value in seen["seconds_mean"]]}
            for node, seen in numbers.items()
        }

    assert rank_causes(SHOP, "web", scaled(BEFORE), scaled(after), "seconds_mean") == rank_causes(
        SHOP, "web", BEFORE, after, "seconds_mean"
    )


@given(st.permutations(sorted(USUAL)), st.permutations(range(200)))
def test_the_order_in_which_things_are_told_does_not_matter(nodes: list[str], moments: list[int]) -> None:
    """Neither the order of the nodes nor that of the past counts."""
    after = window(3, 8, {"db": 0.5, "cart": 0.4, "search": 0.3, "web": 1.0})
    past = {node: {name: [values[at] for at in moments] for name, values in BEFORE[node].items()} for node in nodes}
    graph = {caller: sorted(SHOP[caller], key=nodes.index) for caller in nodes if caller in SHOP}

    ranked = dict(rank_causes(graph, "web", past, {node: after[node] for node in nodes}, "seconds_mean"))

    assert ranked == pytest.approx(dict(rank_causes(SHOP, "web", BEFORE, after, "seconds_mean")))
