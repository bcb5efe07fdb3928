"""Where there are very many primitives, panels pick the greatest by the recording rules and ask about those alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from ai_runtime_intelligent.contract import colours, promql
from airuntime_backend.api.frames import Field, Frame
from airuntime_backend.api.queries.hindsight import CacheHindsight
from airuntime_backend.api.queries.prometheus import PromQL
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.errors import BadRequestError
from airuntime_backend.ports import Sample, Series

SPAN = Span(1_000.0, 1_900.0, 5.0)
EXPR = promql.seconds_p95(promql.Scope(), promql.RATE_INTERVAL)


def labels(at: int) -> dict[str, str]:
    """Of one primitive of many."""
    return {"service": f"svc{at}", "primitive": f"ask.{at}", "kind": "llm"}


@dataclass
class Recorded:
    """A Prometheus whose rule recorded so many primitives; keeps what it is asked."""

    primitives: int
    ranges: list[tuple[str, float]] = field(default_factory=list)
    instants: list[str] = field(default_factory=list)

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """As many as ``topk`` leaves."""
        del at
        self.instants.append(query)
        most = int(query.removeprefix("topk(").partition(",")[0])
        return tuple(Sample(labels(place), 1.0) for place in range(min(most, self.primitives)))

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """One line that rises."""
        self.ranges.append((query, step))
        points = tuple((start + turn * step, 0.01 * turn) for turn in range(int((end - start) // step) + 1))
        return (Series(labels(0), points),)

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """Nobody asks for these here."""
        raise NotImplementedError(selector, start, end)


def asked(world: Recorded, **more: object) -> tuple[Frame, ...]:
    """What a panel of slow calls gets, scraped each 15 seconds."""
    spec = {"type": "promql", "expr": EXPR, "pick": "seconds_p95", "limit": 2, **more}
    return PromQL(world, 15.0)(QuerySpec.model_validate(spec), SPAN)


def test_of_many_only_the_greatest_are_asked_about_and_that_is_told() -> None:
    """The rule picks, the panel's own measure is asked of those alone, and a notice says that there are more."""
    world = Recorded(10_000)
    (frame,) = asked(world, service="svc0|svc1", primitive="")

    assert world.instants == ['topk(3, primitive:airuntime_seconds_p95:rate5m{service=~"svc0|svc1",primitive=~".*"})']
    scope = promql.Scope("svc0|svc1", promql.any_of(["ask.0", "ask.1"]))
    assert [query for query, _ in world.ranges] == [promql.seconds_p95(scope, "60s")]
    assert r"ask\\.0|ask\\.1" in world.ranges[0][0]
    assert "the 2 primitives with the greatest values" in str(frame.meta["notices"])


@pytest.mark.parametrize("recorded", [0, 2])
def test_of_few_or_without_rules_the_panel_asks_as_it_is_written(recorded: int) -> None:
    """No rule, or no more primitives than lines: the query of the panel is asked as it stands."""
    world = Recorded(recorded)
    (frame,) = asked(world)

    assert [query for query, _ in world.ranges] == [EXPR.replace(promql.RATE_INTERVAL, "60s")]
    assert "notices" not in frame.meta


@pytest.mark.parametrize(("scrape", "window"), [(5.0, "60s"), (60.0, "240s")])
def test_what_is_now_is_of_the_last_minute_whatever_the_time_range(scrape: float, window: str) -> None:
    """Thirty days make long steps; a rate needs four scrapes all the same."""
    world = Recorded(0)
    spec = QuerySpec.model_validate({"type": "promql", "expr": f"rate(up[{promql.RECENT_INTERVAL}])"})

    PromQL(world, scrape)(spec, Span(0.0, 30 * 86_400.0, 10_800.0))

    assert world.ranges == [(f"rate(up[{window}])", 10_800.0)]


def test_lines_that_are_to_be_told_apart_have_colours_of_their_own() -> None:
    """Without being picked by a rule; others are left to the panel."""
    world = Recorded(0)
    spec = {"type": "promql", "expr": "up", "legend": "{{primitive}}"}

    plain, apart = (
        PromQL(world, 15.0)(QuerySpec.model_validate({**spec, "distinct": one}), SPAN)[0] for one in (False, True)
    )

    assert "color" not in plain.fields[1].config
    assert apart.fields[1].config["color"] == {"mode": "fixed", "fixedColor": colours.LINES[0]}


def test_nothing_is_asked_between_two_scrapes() -> None:
    """A panel that could draw a point each five seconds gets one for each scrape."""
    world = Recorded(0)
    asked(world)

    assert [step for _, step in world.ranges] == [15.0]


def test_what_no_rule_records_is_refused() -> None:
    """The answer names what can be picked by."""
    with pytest.raises(BadRequestError, match="seconds_p95"):
        asked(Recorded(0), pick="moods")


def test_every_measure_to_pick_by_is_one_of_the_contract() -> None:
    """What is picked by can be asked about."""
    assert set(promql.PICKED) <= set(promql.MEASURE)


def test_a_cut_table_says_so_and_what_is_no_table_stays_whole() -> None:
    """The first rows are kept, and the notice says how many there are."""
    column = Field("service", "string", tuple(f"svc{at}" for at in range(1_200)))
    told = Frame("findings", (column,), {"preferredVisualisationType": "table"})

    assert told.first(100).fields[0].values == column.values[:100]
    assert "the first 100 of 1,200 rows" in str(told.first(100).meta["notices"])
    assert told.first(0) is told
    assert Frame("lines", (column,)).first(100).fields[0].values == column.values


def test_the_hit_rate_is_shown_as_it_was_foretold() -> None:
    """Over the whole span, with the past error in the name, and a little beyond its end."""
    spec = QuerySpec.model_validate({"type": "forecast", "format": "series"})
    (frame,) = CacheHindsight(Recorded(0), 15.0)(spec, SPAN)
    time, middle, low, high = frame.fields

    assert time.values[0] == 1_000_000 + 5_000
    assert time.values[-1] == 1_890_000 + 60_000
    assert "Foretold 60 s before, usually wrong by 0.0 points" in str(middle.config)
    assert None not in low.values + high.values
