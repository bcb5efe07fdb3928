"""QueryData: every query type of the contract comes back in Arrow frames that Grafana can draw and alert on."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator
from typing import Any, Final

import pytest
from ai_runtime_intelligent.contract.names import QUERY_TYPES
from airuntime_backend.grafana import pluginv2_pb2 as pb
from support.grafana import Grafana, Person, query, table
from support.shop import UP, busy, keep
from support.stage import Stage, staged

SPAN: Final = {"start": 9_900_000, "end": 10_300_000}
KEPT_AT: Final = dt.datetime(1970, 1, 1, 2, 50, 5)  # noqa: DTZ001 - Arrow's plain timestamps
ANSWERS: Final = {"service": "shop", "primitive": "answers"}

EXPECTED: Final[dict[str, tuple[dict[str, object], dict[str, str]]]] = {
    "primitives": (
        {
            **ANSWERS,
            "kind": "cache",
            "calls_per_second": 8.0,
            "seconds_mean": 0.4,
            "seconds_p95": None,
            "self_share": 0.75,
            "error_ratio": 0.0,
            "file": "shop.py:2",
            "libraries": "cachetools 7.1.0",
        },
        {
            "calls_per_second": "reqps",
            "seconds_mean": "s",
            "seconds_p95": "s",
            "self_share": "percentunit",
            "error_ratio": "percentunit",
            "critical_share": "percentunit",
        },
    ),
    "findings": (
        {**ANSWERS, "kind": "cache", "finding": "cold_cache", "score": None, "suggestion": "", "state": "clear"},
        {"score": "percentunit", "confidence": "percentunit"},
    ),
    "cost": (
        {
            "service": "shop",
            "model": "m-premium",
            "route": "premium",
            "usd_per_hour": 6.0,
            "baseline_usd_per_hour": None,
            "saved_usd_per_hour": None,
            "usd": pytest.approx(6.0 * 400 / 3600),  # in the span
            "baseline_usd": None,
            "saved_usd": None,
        },
        dict.fromkeys(
            (f"{of}usd{rate}" for of in ("", "baseline_", "saved_") for rate in ("", "_per_hour")), "currencyUSD"
        ),
    ),
    "routing": (
        {
            "service": "shop",
            "primitive": "routes",
            "route": "premium",
            "reason": "score_above_threshold",
            "per_second": 6.0,
            "share": 0.75,
        },
        {"per_second": "reqps", "share": "percentunit"},
    ),
    "cache": (
        {
            **ANSWERS,
            "hit_ratio": 0.75,
            "expired_ratio": 0.02,
            "entries": 40.0,
            "ttl_seconds": 2.0,
            "reuse_seconds_p90": 12.0,
        },
        {"hit_ratio": "percentunit", "expired_ratio": "percentunit", "ttl_seconds": "s", "reuse_seconds_p90": "s"},
    ),
    "catalog": (
        {
            **ANSWERS,
            "kind": "cache",
            "doc": "Answers.",
            "place": "shop.py:2",
            "libraries": "cachetools 7.1.0",
            "tunables": "answers.ttl_seconds = 60 s",
            "seconds_p95": None,
        },
        {
            "calls_per_second": "reqps",
            "seconds_mean": "s",
            "seconds_p95": "s",
            "self_share": "percentunit",
            "error_ratio": "percentunit",
        },
    ),
    "snippets": (
        {
            "primitive": "answers",
            "kind": "code",
            "title": "answers",
            "source": "shop.py:2",
            "version": "",
            "text": "def build():\n    return CachePrimitive()",
            "url": "",
        },
        {},
    ),
    "suggestions": (
        {
            **ANSWERS,
            "title": "Keep entries of answers for 60 s instead of 2 s",
            "tunable": "answers.ttl_seconds",
            "from": 2.0,
            "to": 60.0,
            "expected": "cache_hit_ratio 0.2 to 0.44..0.8",
            "risk": "low",
            "status": "kept",
            "revision": 3.0,
        },
        {"rank": "percentunit"},
    ),
    "impact": (
        {
            **ANSWERS,
            "tunable": "answers.ttl_seconds",
            "measure": "cache_hit_ratio",
            "before": pytest.approx(0.2, abs=0.05),
            "after": pytest.approx(0.75, abs=0.05),
            "outcome": "confirmed",
        },
        {"change_ratio": "percentunit", "improvement_ratio": "percentunit"},
    ),
    "savings": (
        {
            **ANSWERS,
            "time": KEPT_AT,
            "tunable": "answers.ttl_seconds",
            "usd_per_hour": pytest.approx(8 * 3600 * 0.00055, rel=0.1),
        },
        dict.fromkeys(("usd_per_hour_low", "usd_per_hour", "usd_per_hour_high", "total_usd"), "currencyUSD"),
    ),
    "ledger": (
        {**ANSWERS, "tunable": "answers.ttl_seconds", "phase": "kept", "basis": "estimate"},
        dict.fromkeys(("usd_low", "usd", "usd_high", "holdout_usd", "net_usd"), "currencyUSD")
        | {"seconds": "s", "priced_ratio": "percentunit"},
    ),
    "earnings": ({}, dict.fromkeys(("usd_low", "usd", "usd_high"), "currencyUSD")),
    "roi": (
        {"service": "all", "model_usd": 0.0, "roi": None},
        dict.fromkeys(("saved_usd", "holdout_usd", "model_usd", "net_usd"), "currencyUSD"),
    ),
    "bill": (
        {**ANSWERS, "tunable": "answers.ttl_seconds"},
        dict.fromkeys(("bill_usd", "without_usd_low", "without_usd", "without_usd_high"), "currencyUSD"),
    ),
    "annotations": (
        {"title": "applying: answers.ttl_seconds", "tags": "applying,shop,answers"},
        {},
    ),
}
"""For each query type that gives a table: what its first row says at least, and the units of its columns."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """Grafana before a shop whose cold cache was found, mended and kept."""
    with staged(tmp_path_factory.mktemp("kept"), busy()) as stage:
        keep(stage.backend)
        yield stage.grafana


def answered(grafana: Grafana, type_: str, **fields: object) -> list[Any]:
    """The frames of one query, as Arrow tables."""
    response = grafana.query(Person(), query("A", type_, start=SPAN["start"], end=SPAN["end"], **fields))["A"]
    assert (response.error, response.status) == ("", 200)
    return [table(frame) for frame in response.frames]


def config(frame: Any, column: str) -> Any:
    """A column's field config, as Grafana reads it."""
    return json.loads(frame.schema.field(column).metadata[b"config"])


def test_every_query_type_of_the_contract_is_held_to_its_answer() -> None:
    """A new type cannot be forgotten here."""
    assert {*EXPECTED, "promql", "timeline", "forecast", "evidence"} == set(QUERY_TYPES)


def test_a_forecast_is_a_band_around_its_middle_and_says_what_it_says(kept: Grafana) -> None:
    """Each row has its measure, and its band in order; the time to a breach is in seconds."""
    (frame,) = answered(kept, "forecast")
    rows = frame.to_pylist()

    assert "cache_hit_ratio" in {row["measure"] for row in rows}
    assert all(row["low"] <= row["middle"] <= row["high"] for row in rows)
    assert {row["service"] for row in rows} == {"shop"}
    assert config(frame, "breach_in")["unit"] == "s"


@pytest.mark.parametrize("type_", sorted(EXPECTED))
def test_a_table_has_its_row_its_units_and_its_names(kept: Grafana, type_: str) -> None:
    """One frame, named as its type, with the refId that was asked, its numbers in Grafana's units."""
    row, units = EXPECTED[type_]

    (frame,) = answered(kept, type_)

    assert (frame.schema.metadata[b"name"], frame.schema.metadata[b"refId"]) == (type_.encode(), b"A")
    assert json.loads(frame.schema.metadata[b"meta"]) == {"preferredVisualisationType": "table"}
    first = frame.to_pylist()[0]
    assert {name: first[name] for name in row} == row
    assert {one.name: told["unit"] for one in frame.schema if "unit" in (told := config(frame, one.name))} == units
    assert {one.metadata[b"name"].decode() for one in frame.schema} == set(first)


def test_a_series_has_its_labels_its_name_and_its_unit(kept: Grafana) -> None:
    """What a legend, an alert rule and an axis need."""
    (frame,) = answered(kept, "promql", expr=UP, legend="{{job}} lives", unit="short")

    field = frame.schema.field("value")
    assert json.loads(field.metadata[b"labels"]) == {"job": "shop"}
    assert config(frame, "value") == {"displayNameFromDS": "shop lives", "unit": "short"}
    assert json.loads(frame.schema.metadata[b"meta"]) == {"executedQueryString": "up"}
    assert [str(one.type) for one in frame.schema] == ["timestamp[ns]", "double"]


def test_numbers_that_are_none_arrive_as_they_are(kept: Grafana) -> None:
    """NaN and infinity are values, and stay apart from no value at all."""
    (series,) = answered(kept, "promql", expr=UP)
    (primitives,) = answered(kept, "primitives")

    one, nan, infinity = series.column("value").to_pylist()
    assert (one, infinity) == (1.0, math.inf)
    assert math.isnan(nan)
    missing, odd = primitives.column("seconds_p95").to_pylist()
    assert missing is None
    assert math.isnan(odd)


def test_a_state_timeline_has_a_frame_for_each_tunable(kept: Grafana) -> None:
    """The phases in their order, from the first to the end of the span."""
    (frame,) = answered(kept, "timeline")

    name = "shop/answers.ttl_seconds"
    assert frame.schema.metadata[b"name"] == name.encode()
    assert config(frame, name) == {"displayNameFromDS": f"\u00a0\u00a0{name}"}
    assert frame.column(name).to_pylist() == ["applying", "watching", "kept", "kept"]


def test_variables_choose_the_rows(kept: Grafana) -> None:
    """Dashboard variables come as names joined by a bar."""
    (both,) = answered(kept, "primitives", primitive="(answers|routes)")
    (one,) = answered(kept, "primitives", primitive="routes")
    none = answered(kept, "primitives", service="bakery")

    assert both.column("primitive").to_pylist() == ["answers", "routes"]
    assert one.column("primitive").to_pylist() == ["routes"]
    assert none == []


def test_a_failed_query_says_whose_fault_it_is_and_leaves_the_others_alone(stage: Stage) -> None:
    """The errorSource tells Grafana, and its alert rules, whether to blame the plugin or what stands behind it."""
    stage.backend.world.down = True

    answers = stage.grafana.query(
        Person(),
        query("A", "promql", expr=UP),
        query("B", "teapot"),
        query("C", "promql"),
        query("D", "suggestions"),
    )

    told = {ref: (one.status, one.errorSource, one.error) for ref, one in answers.items()}
    assert told["A"] == (502, "downstream", "Prometheus cannot be reached: check that it runs")
    assert told["B"][:2] == (400, "plugin")
    assert told["B"][2].endswith("'teapot' is not a query type, expected one of " + ", ".join(QUERY_TYPES))
    assert told["C"] == (400, "plugin", "expr is empty: give a PromQL expression")
    assert (told["D"][0], told["D"][2], len(answers["D"].frames)) == (200, "", 0)


BAD_JSON: Final = {
    b"{oops": "the query is not a JSON object",
    b"[]": "the query is not a JSON object: it is a list",
    b"\xff": "the query is not a JSON object",
    b"{}": "queries.0.type: Field required",
    b'{"type": "promql", "expr": 7}': "queries.0.expr: Input should be a valid string",
    b'{"type": ' + b"[" * 100_000: "the query is not a JSON object",
}


@pytest.mark.parametrize("body", sorted(BAD_JSON))
def test_a_malformed_query_is_told_to_its_panel(grafana: Grafana, body: bytes) -> None:
    """What cannot be read is a bad request of that query alone."""
    span = pb.TimeRange(fromEpochMS=1_000, toEpochMS=2_000)

    answers = grafana.query(
        Person(), pb.DataQuery(refId="A", timeRange=span, json=body), query("B", "findings", **SPAN)
    )

    assert answers["A"].error.startswith(BAD_JSON[body])
    assert (answers["A"].status, answers["A"].errorSource) == (400, "plugin")
    assert answers["B"].error == ""


@pytest.mark.parametrize(("start", "end"), [(2_000, 1_000), (1_000, 1_000)])
def test_a_span_that_runs_backwards_is_refused(grafana: Grafana, start: int, end: int) -> None:
    """From must be before to."""
    answer = grafana.query(Person(), query("A", "findings", start=start, end=end))["A"]

    assert answer.error == f"range: from ({start}) must be before to ({end})"
    assert (answer.status, answer.errorSource) == (400, "plugin")


def test_a_time_that_no_frame_can_hold_fails_alone(kept: Grafana) -> None:
    """Nanoseconds end in the year 2262."""
    far = query("A", "timeline", start=0, end=9_223_372_036_855_000)

    answers = kept.query(Person(), far, query("B", "findings", **SPAN))

    assert (answers["A"].status, answers["A"].errorSource) == (400, "plugin")
    assert "cannot be told in nanoseconds" in answers["A"].error
    assert answers["B"].error == ""


def test_alert_rules_may_ask_several_spans_at_once(kept: Grafana) -> None:
    """Each query is answered over its own span."""
    answers = kept.query(
        Person(login="grafana_scheduler", role="Admin"),
        query("A", "annotations", start=9_900_000, end=10_050_000),
        query("B", "annotations", start=9_900_000, end=10_300_000),
    )

    assert [table(answers[ref].frames[0]).num_rows for ref in "AB"] == [1, 2]


def test_an_instant_query_gives_alert_rules_one_number_a_series(kept: Grafana) -> None:
    """The last value, at the end of the span."""
    (frame,) = answered(kept, "promql", expr=UP, instant=True)

    assert frame.column("value").to_pylist() == [math.inf]
    assert frame.column("time").cast("int64").to_pylist() == [10_300_000_000_000]
